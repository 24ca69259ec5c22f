package control

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/adbferry/adbferry/sim"
	"github.com/adbferry/adbferry/sim/internal/objectstore"
)

const (
	maxRequest    = 64 << 10 // bytes; requests are a few hundred
	headerTimeout = 10 * time.Second
)

// A Server takes orders for one simulation.
type Server struct {
	simulation *sim.Simulation
	token      string
	file       string
	http       *http.Server
	serving    errgroup.Group
}

// Serve starts a server and writes its address into dir, which has to exist.
// Close it when done.
func Serve(ctx context.Context, s *sim.Simulation, dir string) (*Server, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for control: %w", err)
	}
	srv := &Server{simulation: s, token: rand.Text(), file: filepath.Join(dir, fileName)}
	srv.http = &http.Server{Handler: srv.handler(), ReadHeaderTimeout: headerTimeout}
	text, err := json.Marshal(endpoint{Address: listener.Addr().String(), Token: srv.token})
	if err == nil {
		err = os.WriteFile(srv.file, append(text, '\n'), 0o600)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("write %s: %w", srv.file, err), listener.Close())
	}
	srv.serving.Go(func() error { return srv.http.Serve(listener) })
	return srv, nil
}

// Close stops the server and removes its file.
func (s *Server) Close() error {
	err := errors.Join(s.http.Close(), os.Remove(s.file))
	if served := s.serving.Wait(); !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// errUnknownPAR is the answer to an End of a PAR that is not in force.
var errUnknownPAR = errors.New("no such PAR is in force")

func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /faults", s.answer(func(*http.Request) (Answer, error) {
		return Answer{Faults: s.simulation.Faults()}, nil
	}))
	mux.HandleFunc("DELETE /faults", s.answer(func(*http.Request) (Answer, error) {
		return Answer{Healed: s.simulation.Heal()}, nil
	}))
	mux.HandleFunc("POST /snapshot", s.answer(func(*http.Request) (Answer, error) {
		return Answer{}, s.simulation.Snapshot()
	}))
	mux.HandleFunc("POST /faults/calls", s.answer(s.failCalls))
	mux.HandleFunc("POST /faults/storage", s.answer(s.failStorage))
	mux.HandleFunc("POST /pars", s.answer(s.createPAR))
	mux.HandleFunc("POST /pars/end", s.answer(s.endPAR))
	return mux
}

// answer admits who knows the token and writes what do returns.
func (s *Server) answer(do func(*http.Request) (Answer, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+s.token)) != 1 {
			http.Error(w, "unauthorized", http.StatusUnauthorized)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
		a, err := do(r)
		if err != nil {
			a.Error = err.Error()
			w.WriteHeader(http.StatusBadRequest)
		}
		_ = json.NewEncoder(w).Encode(a) // a client that is gone needs no answer
	}
}

func (s *Server) failCalls(r *http.Request) (Answer, error) {
	var m CallFault
	if err := decode(r, &m); err != nil {
		return Answer{}, err
	}
	if m.Region != sim.SanJose && m.Region != sim.Phoenix {
		return Answer{}, fmt.Errorf("no region %q: there are %s and %s", m.Region, sim.SanJose, sim.Phoenix)
	}
	p, err := s.simulation.Region(m.Region).Fail(m.When, m.What)
	if err != nil {
		return Answer{}, err
	}
	return Answer{Faults: []string{fmt.Sprintf("%s: %v %v", m.Region, p.Trigger, p.Do)}}, nil
}

func (s *Server) failStorage(r *http.Request) (Answer, error) {
	var m StorageFault
	if err := decode(r, &m); err != nil {
		return Answer{}, err
	}
	p, err := s.simulation.Storage().Fail(m.When, m.What)
	if err != nil {
		return Answer{}, err
	}
	return Answer{Faults: []string{fmt.Sprintf("storage: %v %v", p.Trigger, p.Do)}}, nil
}

func (s *Server) createPAR(r *http.Request) (Answer, error) {
	var m PAR
	if err := decode(r, &m); err != nil {
		return Answer{}, err
	}
	p := sim.PAR{Access: objectstore.Access(m.Access), Object: m.Object, List: m.List}
	if m.Lifetime != 0 {
		p.Expires = time.Now().Add(m.Lifetime)
	}
	url, err := s.simulation.Storage().NewPAR(p)
	return Answer{URL: url}, err
}

func (s *Server) endPAR(r *http.Request) (Answer, error) {
	var m End
	if err := decode(r, &m); err != nil {
		return Answer{}, err
	}
	end := s.simulation.Storage().Expire
	if m.Revoked {
		end = s.simulation.Storage().Revoke
	}
	if !end(m.URL) {
		return Answer{}, errUnknownPAR
	}
	return Answer{}, nil
}

// decode reads a request that has no fields but those of m.
func decode(r *http.Request, m any) error {
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	if err := dec.Decode(m); err != nil {
		return fmt.Errorf("read the request: %w", err)
	}
	return nil
}
