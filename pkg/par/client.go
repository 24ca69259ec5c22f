package par

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

const (
	maxErrorBody = 4 << 10 // bytes read of a failure's body
	maxListBody  = 8 << 20 // bytes read of one listing page of 1000 names
)

// A Client uses PARs over HTTPS. The zero Client uses http.DefaultClient.
type Client struct {
	HTTP *http.Client
}

// An Object is one entry of a listing.
type Object struct {
	Name     string    `json:"name"` // full name in the bucket
	Bytes    int64     `json:"size"`
	MD5      string    `json:"md5"` // base64; empty for multipart objects
	ETag     string    `json:"etag"`
	Modified time.Time `json:"timeModified"`
}

// A StatusError is an answer of the store other than success (reference, section
// 5.6). It holds no URL.
type StatusError struct {
	Op      string // "list", "put", "get"
	Status  int    // HTTP status
	Code    string // "NotAuthenticated", "BucketNotFound", …; may be empty
	Message string
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("%s: object store answered %d %s: %s", e.Op, e.Status, e.Code, e.Message)
}

// List returns all objects whose full names start with prefix, in name order.
// Memory grows with their number; adbferry lists one attempt at a time.
//
// Errors: *StatusError when the store refuses; others when it cannot be reached,
// ctx ends, or the answer is not a listing. None of them holds the URL.
func (c Client) List(ctx context.Context, u URL, prefix string) ([]Object, error) {
	var all []Object
	for start := ""; ; {
		q := url.Values{"prefix": {prefix}, "fields": {"name,size,md5,etag,timeModified"}}
		if start != "" {
			q.Set("start", start)
		}
		root := u
		root.prefix = ""
		var page struct {
			Objects       []Object `json:"objects"`
			NextStartWith string   `json:"nextStartWith"`
		}
		body, err := c.do(ctx, "list", http.MethodGet, root.Reveal()+"?"+q.Encode(), nil, maxListBody)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(body, &page); err != nil {
			return nil, fmt.Errorf("list: object store answered something else than a listing: %w", err)
		}
		all = append(all, page.Objects...)
		if page.NextStartWith == "" {
			return all, nil
		}
		start = page.NextStartWith
	}
}

// Put writes a small object by its full name, over what was there. It may be
// repeated. On return the object is stored.
//
// Errors: *StatusError when the store refuses; others when it cannot be reached,
// ctx ends, or the name is too long for a URL. None of them holds the URL.
func (c Client) Put(ctx context.Context, u URL, fullName string, body []byte) error {
	target, err := u.Object(fullName)
	if err != nil {
		return err
	}
	_, err = c.do(ctx, "put", http.MethodPut, target, body, maxErrorBody)
	return err
}

// Get reads an object by its full name.
//
// Errors: those of Put; a *StatusError with code ObjectNotFound when there is none;
// another one when it is longer than limit bytes.
func (c Client) Get(ctx context.Context, u URL, fullName string, limit int64) ([]byte, error) {
	target, err := u.Object(fullName)
	if err != nil {
		return nil, err
	}
	return c.do(ctx, "get", http.MethodGet, target, nil, limit)
}

func (c Client) do(ctx context.Context, op, method, target string, body []byte, limit int64) (_ []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, method, target, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", op, withoutURL(err))
	}
	resp, err := c.client().Do(req)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", op, withoutURL(err))
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	if resp.StatusCode/100 != 2 {
		return nil, statusError(op, resp)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, fmt.Errorf("%s: read answer: %w", op, err)
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%s: answer is longer than %d bytes", op, limit)
	}
	return data, nil
}

func (c Client) client() *http.Client {
	if c.HTTP != nil {
		return c.HTTP
	}
	return http.DefaultClient
}

// withoutURL takes the URL, and with it the token, out of net/http's errors.
func withoutURL(err error) error {
	if ue, ok := errors.AsType[*url.Error](err); ok {
		return ue.Err
	}
	return errors.New(Redact(err.Error()))
}

func statusError(op string, resp *http.Response) error {
	e := &StatusError{Op: op, Status: resp.StatusCode}
	var body struct{ Code, Message string }
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
	if err == nil && json.Unmarshal(data, &body) == nil {
		e.Code, e.Message = body.Code, Redact(body.Message)
	}
	return e
}
