package sim

import (
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/physics"
	"github.com/adbferry/adbferry/sim/internal/session"
	"github.com/adbferry/adbferry/sim/internal/wallet"
)

// Physics says how long things take in each region: statement latency,
// concurrency with queueing, throughput per work unit, the network to Object
// Storage, undo retention. Its zero value has none.
type Physics = physics.World

// The parts of a world.
type (
	// RegionPhysics is what distances and rates a region has.
	RegionPhysics = physics.Region
	// ServicePhysics is what a service level gives its sessions.
	ServicePhysics = physics.Service
	// LinkPhysics is a network path.
	LinkPhysics = physics.Link
)

// PhysicsPreset returns one of the worlds that README.md names.
//
// Error: no preset has that name; the text lists those that do exist.
func PhysicsPreset(name string) (Physics, error) { return physics.Preset(name) }

// client is how the database of a region reaches Object Storage.
func (r *Region) client(storage *Storage) *http.Client {
	client := storage.Client()
	client.Transport = transport{base: client.Transport, region: r}
	return client
}

// level returns the service level of a service name, "" for none.
func (r *Region) level(service string) string {
	for _, level := range wallet.Levels() {
		if strings.EqualFold(service, r.Service(level)) {
			return level
		}
	}
	return ""
}

// workUnits returns how many work units an export of a call's service level is
// split into, 0 when no physics says so.
func (r *Region) workUnits(ctx context.Context) int {
	return r.model.WorkUnits(r.level(session.ServiceOf(ctx)))
}

// transport carries what DBMS_CLOUD sends to Object Storage, in the time it
// takes, unless a fault breaks it.
type transport struct {
	base   http.RoundTripper
	region *Region
}

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := t.send(req); err != nil {
		if req.Body != nil {
			_ = req.Body.Close() // as the interface asks
		}
		return nil, err
	}
	resp, err := t.base.RoundTrip(req)
	if err == nil && movesObject(req) && req.Method == http.MethodGet {
		resp.Body = &pacedBody{ReadCloser: resp.Body, carry: t.region.imports(req.Context())}
	}
	return resp, err
}

// send waits for as long as a request is on its way.
func (t transport) send(req *http.Request) error {
	ctx, r := req.Context(), t.region
	if movesObject(req) {
		if err := r.breakTransfer(ctx, requestEvent(req)); err != nil {
			return err
		}
	}
	if err := r.model.Request(ctx); err != nil {
		return err
	}
	if req.Method != http.MethodPut {
		return nil
	}
	return r.model.Export(ctx, r.level(session.ServiceOf(ctx)), max(req.ContentLength, 0))
}

// imports returns how bytes that are read on behalf of a call take their time.
func (r *Region) imports(ctx context.Context) func(int64) error {
	level := r.level(session.ServiceOf(ctx))
	return func(n int64) error { return r.model.Import(ctx, level, n) }
}

// movesObject tells an object that is written or read from a listing and from
// the one-byte read by which rights are probed.
func movesObject(req *http.Request) bool {
	_, name, found := strings.Cut(req.URL.Path, "/o/")
	return found && name != "" && req.Header.Get("Range") == "" &&
		(req.Method == http.MethodPut || req.Method == http.MethodGet)
}

// requestEvent is the text of a request that triggers match. The PAR is left
// out, so that it can be printed.
func requestEvent(req *http.Request) string {
	path := req.URL.Path
	if after, found := strings.CutPrefix(path, "/p/"); found {
		_, path, _ = strings.Cut(after, "/")
		path = "/" + path
	}
	if req.URL.RawQuery != "" {
		path += "?" + req.URL.RawQuery
	}
	return req.Method + " " + path
}

// breakTransfer applies the fault that strikes at a transfer.
func (r *Region) breakTransfer(ctx context.Context, event string) error {
	for _, p := range r.transferFaults.Matching(event) {
		if !p.Hit() {
			continue
		}
		if err := physics.Wait(ctx, p.Do.Hang); err != nil {
			return err
		}
		if p.Do.Code != 0 {
			return p.Do.error()
		}
	}
	return nil
}

// pacedStep is how many bytes are read before their time is waited for.
const pacedStep = 64 << 10

// A pacedBody is an object that takes its time to arrive.
type pacedBody struct {
	io.ReadCloser
	carry func(int64) error
	owed  int64 // bytes read and not yet waited for
}

// Read implements io.Reader.
func (b *pacedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.owed += int64(n)
	if b.owed < pacedStep && err == nil {
		return n, nil
	}
	if werr := b.carry(b.owed); werr != nil {
		return n, werr
	}
	b.owed = 0
	return n, err
}
