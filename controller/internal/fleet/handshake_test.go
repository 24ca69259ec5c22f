package fleet_test

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/adbferry/adbferry/controller/internal/agenttest"
	"github.com/adbferry/adbferry/controller/internal/fleet"
	"github.com/adbferry/adbferry/pkg/rpc"
)

// gRPC's own error says only sometimes that a certificate was refused; Handshake
// always does, so it is tried often.
func TestHandshakeAlwaysTellsTheVerdict(t *testing.T) {
	r, stranger := agenttest.Start(t), agenttest.Start(t)
	agentFiles := r.Controller
	agentFiles.Certificate, agentFiles.Key = sibling(r, "phoenix")
	tests := map[string]struct {
		files  rpc.TLSFiles
		expect string
		refuse bool
	}{
		"accepted":                     {r.Controller, rpc.IdentityAgent("sanjose"), false},
		"client of another CA":         {stranger.Controller, rpc.IdentityAgent("sanjose"), true},
		"client in another role":       {agentFiles, rpc.IdentityAgent("sanjose"), true},
		"server under another name":    {r.Controller, rpc.IdentityAgent("phoenix"), true},
		"server that plays controller": {r.Controller, rpc.IdentityController, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			config, err := rpc.ClientTLS(tt.files, tt.expect)
			if err != nil {
				t.Fatal(err)
			}
			for range 50 {
				err := fleet.Handshake(t.Context(), r.Addresses["sanjose"], config)
				if errors.Is(err, fleet.ErrRefused) != tt.refuse || (err == nil) == tt.refuse {
					t.Fatalf("Handshake: %v", err)
				}
			}
		})
	}
}

func sibling(r *agenttest.Running, name string) (certificate, key string) {
	return replaceName(r.Controller.Certificate, name), replaceName(r.Controller.Key, name)
}

// A server that is frozen accepts connections and says nothing.
func TestHandshakeWithAFrozenServerIsNoVerdict(t *testing.T) {
	r := agenttest.Start(t)
	config, err := r.ClientTLS(rpc.IdentityAgent("sanjose"))
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	ctx, cancel := context.WithTimeoutCause(t.Context(), 50*time.Millisecond, errors.New("no answer"))
	defer cancel()
	if err := fleet.Handshake(ctx, listener.Addr().String(), config); err == nil || errors.Is(err, fleet.ErrRefused) {
		t.Errorf("a frozen server: %v", err)
	}
}

func TestHandshakeWithNobodyIsNoVerdict(t *testing.T) {
	r := agenttest.Start(t)
	config, err := r.ClientTLS(rpc.IdentityAgent("sanjose"))
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		if conn, err := listener.Accept(); err == nil {
			_ = conn.Close()
		}
	}()
	if err := fleet.Handshake(t.Context(), listener.Addr().String(), config); err == nil || errors.Is(err, fleet.ErrRefused) {
		t.Errorf("a server that hangs up: %v", err)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	if err := fleet.Handshake(t.Context(), listener.Addr().String(), config); err == nil || errors.Is(err, fleet.ErrRefused) {
		t.Errorf("nobody listens: %v", err)
	}
}

// replaceName turns the controller's file into another holder's beside it.
func replaceName(path, name string) string {
	return filepath.Join(filepath.Dir(path), strings.Replace(filepath.Base(path), "controller", name, 1))
}
