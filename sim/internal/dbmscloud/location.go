package dbmscloud

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine"
)

// location is one URI of a file_uri_list, taken apart (reference, section 5.1).
type location struct {
	raw       string         // as given
	bucket    string         // "https://host/p/…/b/{bucket}/o/", or "DIRECTORY:"
	directory string         // of a file; "" for an object
	name      string         // decoded object name, or what precedes the first wildcard
	pattern   *regexp.Regexp // over decoded names; nil without wildcards
	regex     bool           // the pattern is one of regexuri, over what follows name
}

var (
	// realHosts are the service's own host names, which are accepted and
	// then do not resolve where there is no internet.
	realHosts = regexp.MustCompile(`^([a-z0-9-]+\.)?objectstorage\.[a-z0-9-]+\.(oraclecloud\.com|oci\.customer-oci\.com)$`)

	bucketPath = regexp.MustCompile(`(?s)^((?:/p/[^/]+)?/n/[^/]+/b/[^/]+/o/)(.*)$`)
)

// parseLocation takes one URI apart.
//
// Errors: ORA-20006 for a host that is not a known object store, ORA-20011 for a
// URI that is malformed or neither https nor in a directory.
func (c *cloud) parseLocation(raw string) (location, error) {
	loc, encoded, err := c.parseBucket(raw)
	if err == nil {
		err = loc.setName(encoded, c.knobs.WildcardStaysInFolder)
	}
	if err != nil {
		return location{}, err
	}
	return loc, nil
}

// parseBucket takes a URI apart at its bucket; what follows is still encoded.
func (c *cloud) parseBucket(raw string) (loc location, encoded string, err error) {
	rest, ok := cutPrefixFold(raw, "https://")
	if !ok {
		if parts := fileURI.FindStringSubmatch(raw); parts != nil && !strings.HasPrefix(parts[2], "//") {
			directory, _ := foldName(parts[1]) // as the expression has it
			return location{raw: raw, bucket: directory + ":", directory: directory}, strings.ReplaceAll(parts[2], "%", "%25"), nil
		}
		return location{}, "", invalidURI(raw)
	}
	slash := strings.IndexByte(rest, '/')
	if slash < 1 {
		return location{}, "", invalidURI(raw)
	}
	host := strings.ToLower(rest[:slash])
	if !slices.Contains(c.hosts, host) && !realHosts.MatchString(host) {
		return location{}, "", datum.Errorf(20006, "Unsupported object store URI - %s", raw)
	}
	parts := bucketPath.FindStringSubmatch(rest[slash:])
	if parts == nil || strings.ContainsAny(parts[1], "*? #\r\n") {
		return location{}, "", invalidURI(raw)
	}
	return location{raw: raw, bucket: "https://" + host + parts[1]}, parts[2], nil
}

// parseLocations takes apart the URIs that rows are to be read from; with regexes
// their file names are regular expressions.
//
// Errors: those of parseLocation and of the expressions; ORA-20011 for a URI that
// names no object; ORA-20000 when there are no URIs.
func (c *cloud) parseLocations(uris []string, regexes bool) ([]location, error) {
	parse := c.parseLocation
	if regexes {
		parse = c.parseRegexLocation
	}
	var list []location
	for _, uri := range uris {
		loc, err := parse(uri)
		if err != nil {
			return nil, err
		}
		if loc.name == "" && loc.pattern == nil {
			return nil, invalidURI(uri)
		}
		list = append(list, loc)
	}
	if len(list) == 0 {
		return nil, datum.Errorf(20000, "Missing file_uri_list")
	}
	return list, nil
}

// parseRegexLocation takes a URI apart whose file name, which is what follows the
// last slash, is an Oracle regular expression (reference, section 2.1).
func (c *cloud) parseRegexLocation(raw string) (location, error) {
	loc, encoded, err := c.parseBucket(raw)
	if err != nil {
		return location{}, err
	}
	folder, base := path.Split(encoded)
	var source string
	if loc.name, err = url.PathUnescape(folder); err == nil {
		source, err = url.PathUnescape(base)
	}
	if err != nil || source == "" {
		return location{}, invalidURI(raw)
	}
	if c.knobs.RegexURIMatchesWhole {
		source = "^(" + source + ")$"
	}
	loc.regex = true
	loc.pattern, err = engine.CompilePattern(source)
	return loc, err
}

// matches reports whether the location, which has a pattern, means an object.
func (l location) matches(name string) bool {
	if !l.regex {
		return l.pattern.MatchString(name)
	}
	base, below := strings.CutPrefix(name, l.name)
	return below && !strings.Contains(base, "/") && l.pattern.MatchString(base)
}

func invalidURI(raw string) *datum.Error {
	return datum.Errorf(20011, "Invalid object URI - %s", raw)
}

// setName decodes the object part: name is all of it, or what precedes the first
// wildcard, and pattern then matches whole names. With inFolder, wildcards match
// no slash.
func (l *location) setName(encoded string, inFolder bool) error {
	first := strings.IndexAny(encoded, "*?")
	plain := encoded
	if first >= 0 {
		plain = encoded[:first]
	}
	var err error
	if l.name, err = url.PathUnescape(plain); err != nil {
		return invalidURI(l.raw)
	}
	if first < 0 {
		return nil
	}
	source, err := wildcards(encoded, inFolder)
	if err == nil {
		l.pattern, err = regexp.Compile(source)
	}
	if err != nil { // a wrong escape, or a name that is not UTF-8
		return invalidURI(l.raw)
	}
	return nil
}

// wildcards turns an encoded name with * and ? into a regular expression. Each
// piece between wildcards is decoded by itself, so that an encoded wildcard stays
// a plain character.
func wildcards(encoded string, inFolder bool) (string, error) {
	star, one := `.*`, `.`
	if inFolder {
		star, one = `[^/]*`, `[^/]`
	}
	var re strings.Builder
	re.WriteString(`(?s)^`)
	for {
		at := strings.IndexAny(encoded, "*?")
		piece := encoded
		if at >= 0 {
			piece = encoded[:at]
		}
		decoded, err := url.PathUnescape(piece)
		if err != nil {
			return "", err
		}
		re.WriteString(regexp.QuoteMeta(decoded))
		if at < 0 {
			return re.String() + `$`, nil
		}
		if encoded[at] == '*' {
			re.WriteString(star)
		} else {
			re.WriteString(one)
		}
		encoded = encoded[at+1:]
	}
}

// object returns the URL of an object of the location's bucket, or DIRECTORY:file.
func (l location) object(name string) string {
	if l.directory != "" {
		return l.bucket + name
	}
	return l.bucket + escapeObject(name)
}

// par reports whether the URI carries its rights in itself.
func (l location) par() bool { return strings.Contains(l.bucket, "/p/") }

// escapeObject percent-encodes an object name and keeps its slashes.
func escapeObject(name string) string {
	parts := strings.Split(name, "/")
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return strings.Join(parts, "/")
}

// splitURIs cuts a file_uri_list at its commas.
func splitURIs(list string) []string {
	var uris []string
	for uri := range strings.SplitSeq(list, ",") {
		if uri = strings.TrimSpace(uri); uri != "" {
			uris = append(uris, uri)
		}
	}
	return uris
}
