// Package par knows pre-authenticated requests (PARs) of OCI Object Storage: a
// URL that is itself the credential. It parses them, never prints the token,
// joins object names to them, and lists, writes and reads through them.
//
// Facts: reference, section 5.
package par

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// redacted stands in for a token.
const redacted = "REDACTED"

// maxURL is the longest URL the store accepts, object name included (5.1).
const maxURL = 3500

var (
	// path is /p/{token}/n/{namespace}/b/{bucket}/o/{prefix or object}.
	path = regexp.MustCompile(`^/p/([^/]+)/n/([^/]+)/b/([^/]+)/o/(.*)$`)

	// secret finds tokens in any text. It is wider than path on purpose: a text
	// cut off behind the token must not leak it.
	secret = regexp.MustCompile(`(/p/)[^/\s"']+`)

	// region is in both forms of the host's name (reference, section 5.1).
	region = regexp.MustCompile(`objectstorage\.([a-z]+-[a-z]+-\d+)\.`)
)

// A URL is a bucket-level or prefix-level PAR. Its String does not show the
// token; Reveal does, for the one who has to use it.
type URL struct {
	base      string // scheme and host
	token     string
	namespace string
	bucket    string
	prefix    string // object name prefix that follows /o/, "" for none
}

// A MalformedError says why a text is no PAR URL, without repeating it.
type MalformedError struct{ Problem string }

func (e *MalformedError) Error() string { return "malformed PAR: " + e.Problem }

// Parse reads a PAR URL, as the console shows it when the PAR is created.
// White space around it is ignored. Its error is a *MalformedError.
func Parse(text string) (URL, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return URL{}, &MalformedError{"it is empty"}
	}
	u, err := url.Parse(text)
	if err != nil {
		return URL{}, &MalformedError{"it is not a URL"}
	}
	switch {
	case u.Scheme != "https":
		return URL{}, &MalformedError{"it must start with https://"}
	case u.Host == "" || u.User != nil:
		return URL{}, &MalformedError{"it must name a host and nothing else before the path"}
	case u.RawQuery != "" || u.Fragment != "":
		return URL{}, &MalformedError{"it must not have a query or a fragment"}
	}
	m := path.FindStringSubmatch(u.EscapedPath())
	if m == nil {
		return URL{}, &MalformedError{"its path must be /p/<token>/n/<namespace>/b/<bucket>/o/"}
	}
	return build(u, m)
}

func build(u *url.URL, m []string) (URL, error) {
	p := URL{base: u.Scheme + "://" + u.Host, token: m[1]}
	for i, into := range []*string{&p.namespace, &p.bucket, &p.prefix} {
		decoded, err := url.PathUnescape(m[i+2])
		if err != nil {
			return URL{}, &MalformedError{"its path is badly escaped"}
		}
		*into = decoded
	}
	if p.prefix != "" && !strings.HasSuffix(p.prefix, "/") {
		return URL{}, &MalformedError{"it names one object; a bucket or prefix PAR ends in /o/ or in a prefix with a final /"}
	}
	return p, nil
}

// IsZero reports whether u is the zero URL.
func (u URL) IsZero() bool { return u.token == "" }

// Namespace returns the Object Storage namespace.
func (u URL) Namespace() string { return u.namespace }

// Bucket returns the bucket's name.
func (u URL) Bucket() string { return u.bucket }

// Region returns the OCI region that the host's name tells, "" when it tells none.
func (u URL) Region() string {
	m := region.FindStringSubmatch(u.base)
	if m == nil {
		return ""
	}
	return m[1]
}

// Prefix returns the object name prefix the URL was given with, "" for none.
func (u URL) Prefix() string { return u.prefix }

// String returns the URL with the token redacted.
func (u URL) String() string { return u.text(redacted) }

// GoString keeps %#v from showing the token.
func (u URL) GoString() string { return fmt.Sprintf("par.URL(%q)", u.String()) }

// MarshalText keeps encoders from showing the token.
func (u URL) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// Reveal returns the URL itself, a bearer secret.
func (u URL) Reveal() string { return u.text(u.token) }

func (u URL) text(token string) string {
	return fmt.Sprintf("%s/p/%s/n/%s/b/%s/o/%s", u.base, token,
		url.PathEscape(u.namespace), url.PathEscape(u.bucket), escapeName(u.prefix))
}

// Native returns the URI of an object by its full name, without the PAR: for
// those who have a credential.
func (u URL) Native(fullName string) string {
	return fmt.Sprintf("%s/n/%s/b/%s/o/%s", u.base, url.PathEscape(u.namespace), url.PathEscape(u.bucket), escapeName(fullName))
}

// FullName returns the name in the bucket of an object named relative to the
// URL's prefix.
func (u URL) FullName(name string) string { return u.prefix + name }

// Object returns the secret URL of an object by its full name in the bucket.
// It fails when the URL would be longer than the store accepts.
func (u URL) Object(fullName string) (string, error) {
	root := u
	root.prefix = fullName
	text := root.Reveal()
	if len(text) > maxURL {
		return "", fmt.Errorf("object name %q makes a URL of %d bytes; the store accepts %d", fullName, len(text), maxURL)
	}
	return text, nil
}

func escapeName(name string) string {
	parts := strings.Split(name, "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return strings.Join(parts, "/")
}

// Redact replaces every PAR token in a text. Database errors print the PAR
// they were called with, so every text from a database goes through here.
func Redact(text string) string {
	return secret.ReplaceAllString(text, "${1}"+redacted)
}
