package dbmscloud

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxFailureBody bounds what is read of a refusal's body.
const maxFailureBody = 4 << 10

// remote is Object Storage as the database reaches it: over HTTPS, with the
// rights that the URL carries or, where it carries none, those of a credential.
// Files of the database's own directories are reached through it as well.
type remote struct {
	client      *http.Client
	standIn     string // answers for the service's real host names; "" for nobody
	user, token string // of the credential; "" without
	local       fileAccess
}

func newRemote(cfg Config) remote {
	r := remote{client: cfg.HTTPClient}
	if len(cfg.Hosts) > 0 {
		r.standIn = cfg.Hosts[0]
	}
	return r
}

// request makes a request with the rights there are. The URI in the error's
// text is shown, which may be a pattern rather than the URL requested.
func (r remote) request(ctx context.Context, method, uri, shown string, body []byte) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, uri, bytes.NewReader(body))
	if err != nil {
		return nil, invalidURI(shown)
	}
	if r.standIn != "" && realHosts.MatchString(req.URL.Host) {
		req.URL.Host = r.standIn
	}
	if r.user != "" && !strings.HasPrefix(req.URL.Path, "/p/") {
		req.SetBasicAuth(r.user, r.token)
	}
	// Objects are read as they are stored, also when they are gzip files.
	req.Header.Set("Accept-Encoding", "identity")
	return req, nil
}

// do sends one request. An answer other than success is an error; the URI in
// its text is shown, which may be a pattern rather than the URL requested.
func (r remote) do(ctx context.Context, method, uri, shown string, body []byte) (*http.Response, error) {
	req, err := r.request(ctx, method, uri, shown, body)
	if err != nil {
		return nil, err
	}
	return r.send(req, shown)
}

// send sends a request that is ready.
func (r remote) send(req *http.Request, shown string) (*http.Response, error) {
	resp, err := r.client.Do(req)
	if err != nil {
		return nil, transportError(err)
	}
	if err := req.Context().Err(); err != nil { // an answer that crossed the cancellation
		_ = resp.Body.Close()
		return nil, transportError(err)
	}
	if resp.StatusCode/100 == 2 {
		return resp, nil
	}
	defer func() { _ = resp.Body.Close() }()
	text, _ := io.ReadAll(io.LimitReader(resp.Body, maxFailureBody)) // best effort: the status says enough
	return nil, statusError(resp.StatusCode, shown, string(text))
}

// open starts reading an object. The caller closes the body; a body that ends
// early is a read error, never a short object.
func (r remote) open(ctx context.Context, uri string) (io.ReadCloser, error) {
	if isLocal(uri) {
		return r.local.open(uri)
	}
	resp, err := r.do(ctx, http.MethodGet, uri, uri, nil)
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}

// put writes an object.
func (r remote) put(ctx context.Context, uri string, body []byte) error {
	if isLocal(uri) {
		return r.local.put(uri, body)
	}
	resp, err := r.do(ctx, http.MethodPut, uri, uri, body)
	if err != nil {
		return err
	}
	return drain(resp)
}

// isLocal tells DIRECTORY:file from the URL of an object.
func isLocal(uri string) bool { return !strings.HasPrefix(uri, "https://") }

// drain reads what is left of a response, so that its connection is reused.
func drain(resp *http.Response) error {
	_, err := io.Copy(io.Discard, resp.Body)
	if cerr := resp.Body.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return transportError(err)
	}
	return nil
}

// readable asks whether the URL's rights include reading: an object that is
// missing may be read, one that is hidden behind BucketNotFound may not
// (reference, section 5.6). Other refusals are errors.
func (r remote) readable(ctx context.Context, uri string) (bool, error) {
	if isLocal(uri) {
		_, err := r.local.at(uri, "WRITE")
		return true, err
	}
	req, err := r.request(ctx, http.MethodGet, uri, uri, nil)
	if err != nil {
		return false, err
	}
	req.Header.Set("Range", "bytes=0-0")
	resp, err := r.client.Do(req)
	if err != nil {
		return false, transportError(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, _ := io.ReadAll(io.LimitReader(resp.Body, maxFailureBody)) // best effort: see below
	switch resp.StatusCode {
	case http.StatusOK, http.StatusPartialContent, http.StatusRequestedRangeNotSatisfiable:
		return true, nil
	case http.StatusNotFound:
		var f struct{ Code string }
		return json.Unmarshal(text, &f) == nil && f.Code == "ObjectNotFound", nil
	}
	return false, statusError(resp.StatusCode, uri, string(text))
}

// listed is one object of a listing.
type listed struct {
	Name         string
	Size         int64
	MD5          string // base64; "" for a multipart object
	TimeModified time.Time
}

// list describes the bucket's objects whose names start with the location's
// name, page by page.
func (r remote) list(ctx context.Context, loc location) ([]listed, error) {
	if loc.directory != "" {
		return r.local.list(loc)
	}
	var all []listed
	query := url.Values{"prefix": {loc.name}, "fields": {"name,size,md5,timeModified"}}
	for {
		resp, err := r.do(ctx, http.MethodGet, loc.bucket+"?"+query.Encode(), loc.raw, nil)
		if err != nil {
			return nil, err
		}
		var page struct {
			Objects       []listed
			NextStartWith string
		}
		err = json.NewDecoder(resp.Body).Decode(&page)
		_ = resp.Body.Close()
		if err != nil {
			return nil, transportError(err)
		}
		all = append(all, page.Objects...)
		if page.NextStartWith == "" {
			return all, nil
		}
		query.Set("start", page.NextStartWith)
	}
}
