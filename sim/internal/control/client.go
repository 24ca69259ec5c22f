package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
)

// ErrNotRunning is returned when no simulation runs in the folder.
var ErrNotRunning = errors.New("no simulation is running there")

// A RefusedError is a request that the simulation could not make sense of.
type RefusedError struct{ Text string }

func (e *RefusedError) Error() string { return e.Text }

// A Client gives orders to the simulation that runs in a folder.
type Client struct {
	endpoint endpoint
}

// Dial finds the simulation whose folder is dir. Error: ErrNotRunning.
func Dial(dir string) (*Client, error) {
	path := filepath.Join(dir, fileName)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", dir, ErrNotRunning)
	}
	var c Client
	if err == nil {
		err = json.Unmarshal(text, &c.endpoint)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return &c, nil
}

// FailCalls sets a fault of calls and returns it in words.
//
// Error: ErrNotRunning, or a RefusedError.
func (c *Client) FailCalls(ctx context.Context, f CallFault) (Answer, error) {
	return c.do(ctx, http.MethodPost, "/faults/calls", f)
}

// FailStorage sets a fault of requests and returns it in words.
//
// Error: ErrNotRunning, or a RefusedError.
func (c *Client) FailStorage(ctx context.Context, f StorageFault) (Answer, error) {
	return c.do(ctx, http.MethodPost, "/faults/storage", f)
}

// Faults returns the pending faults in words.
func (c *Client) Faults(ctx context.Context) (Answer, error) {
	return c.do(ctx, http.MethodGet, "/faults", nil)
}

// Heal takes all pending faults back and returns how many there were.
func (c *Client) Heal(ctx context.Context) (Answer, error) {
	return c.do(ctx, http.MethodDelete, "/faults", nil)
}

// CreatePAR makes a PAR; its URL is in the answer and nowhere else.
//
// Error: ErrNotRunning, or a RefusedError.
func (c *Client) CreatePAR(ctx context.Context, p PAR) (Answer, error) {
	return c.do(ctx, http.MethodPost, "/pars", p)
}

// EndPAR ends a PAR. A RefusedError says that it is not in force.
func (c *Client) EndPAR(ctx context.Context, e End) error {
	_, err := c.do(ctx, http.MethodPost, "/pars/end", e)
	return err
}

// Snapshot saves the simulation's state to its folder; it is durable on return.
func (c *Client) Snapshot(ctx context.Context) error {
	_, err := c.do(ctx, http.MethodPost, "/snapshot", nil)
	return err
}

func (c *Client) do(ctx context.Context, method, path string, body any) (Answer, error) {
	var a Answer
	text, err := json.Marshal(body)
	if err != nil {
		return a, fmt.Errorf("write the request: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://"+c.endpoint.Address+path, bytes.NewReader(text))
	if err != nil {
		return a, fmt.Errorf("make the request: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+c.endpoint.Token)
	req.Close = true // one request per run of the program
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return a, fmt.Errorf("%w: %w", ErrNotRunning, err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode == http.StatusUnauthorized {
		return a, fmt.Errorf("%w: another program has taken its port", ErrNotRunning)
	}
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil {
		return a, fmt.Errorf("read the answer: %w", err)
	}
	if a.Error != "" {
		return a, &RefusedError{a.Error}
	}
	return a, nil
}
