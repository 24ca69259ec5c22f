package objectstore

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// maxPage is the largest and the default page of a listing.
const maxPage = 1000

// timeLayout is how listings write times: UTC with milliseconds.
const timeLayout = "2006-01-02T15:04:05.000Z"

// listQuery is the parameters of a listing (reference, section 5.5).
type listQuery struct {
	prefix, start, startAfter, end string
	limit                          int
	delimiter                      bool
	fields                         []string // beside name, lower case
}

// listFields are the names that fields= takes.
var listFields = []string{"name", "size", "etag", "md5", "timecreated", "timemodified", "storagetier", "archivalstate"}

// parseListQuery reads the parameters of ListObjects. Unknown ones are refused.
func parseListQuery(values url.Values) (q listQuery, f *failure) {
	q = listQuery{limit: maxPage}
	for key, all := range values {
		value := all[len(all)-1]
		switch key {
		case "prefix":
			q.prefix = value
		case "start":
			q.start = value
		case "startAfter":
			q.startAfter = value
		case "end":
			q.end = value
		case "limit":
			n, err := strconv.Atoi(value)
			if err != nil || n < 1 || n > maxPage {
				return q, invalidParameter("limit must be between 1 and %d", maxPage)
			}
			q.limit = n
		case "delimiter":
			if value != "/" {
				return q, invalidParameter("delimiter must be /")
			}
			q.delimiter = true
		case "fields":
			if q.fields, f = parseFields(value); f != nil {
				return q, f
			}
		default:
			return q, invalidParameter("unknown query parameter %q", key)
		}
	}
	return q, nil
}

func parseFields(list string) ([]string, *failure) {
	fields := []string{}
	for part := range strings.SplitSeq(list, ",") {
		field := strings.ToLower(strings.TrimSpace(part))
		if !slices.Contains(listFields, field) {
			return nil, invalidParameter("unknown field %q", field)
		}
		fields = append(fields, field)
	}
	return fields, nil
}

// listedObject is one object of a listing; only requested fields are set.
type listedObject struct {
	Name         string `json:"name"`
	Size         *int64 `json:"size,omitempty"`
	MD5          string `json:"md5,omitempty"`
	ETag         string `json:"etag,omitempty"`
	TimeCreated  string `json:"timeCreated,omitempty"`
	TimeModified string `json:"timeModified,omitempty"`
	StorageTier  string `json:"storageTier,omitempty"`
}

type listing struct {
	Objects       []listedObject `json:"objects"`
	Prefixes      []string       `json:"prefixes,omitempty"`
	NextStartWith string         `json:"nextStartWith,omitempty"`
}

func (s *Store) serveListing(w http.ResponseWriter, r *http.Request, t target) *failure {
	q, f := parseListQuery(r.URL.Query())
	if f != nil {
		return f
	}
	if f := s.authorize(t, listBucket, q.prefix); f != nil {
		return f
	}
	return writeJSON(w, s.page(t.bucket, q))
}

// page collects one page. Objects and prefixes count alike toward the limit;
// the page names the first object that did not fit.
func (s *Store) page(bucket string, q listQuery) listing {
	s.mu.RLock()
	defer s.mu.RUnlock()
	page := listing{Objects: []listedObject{}}
	b := s.buckets[bucket]
	if b == nil {
		return page
	}
	for _, o := range b.objects[b.position(max(q.prefix, q.start, q.startAfter)):] {
		if !strings.HasPrefix(o.Name, q.prefix) || q.end != "" && o.Name >= q.end {
			break
		}
		if q.startAfter != "" && o.Name <= q.startAfter {
			continue
		}
		folded := q.foldedPrefix(o.Name)
		if n := len(page.Prefixes); folded != "" && n > 0 && page.Prefixes[n-1] == folded {
			continue
		}
		if len(page.Objects)+len(page.Prefixes) == q.limit {
			page.NextStartWith = o.Name
			break
		}
		if folded != "" {
			page.Prefixes = append(page.Prefixes, folded)
			continue
		}
		page.Objects = append(page.Objects, q.describe(o))
	}
	return page
}

// foldedPrefix returns the name up to the first slash after the prefix, "" when
// the object is listed itself.
func (q listQuery) foldedPrefix(name string) string {
	if !q.delimiter {
		return ""
	}
	at := strings.IndexByte(name[len(q.prefix):], '/')
	if at < 0 {
		return ""
	}
	return name[:len(q.prefix)+at+1]
}

// describe returns an object with the fields that were asked for.
func (q listQuery) describe(o *Object) listedObject {
	l := listedObject{Name: o.Name}
	for _, field := range q.fields {
		switch field {
		case "size":
			l.Size = &o.Size
		case "md5":
			l.MD5 = o.MD5
		case "etag":
			l.ETag = o.ETag
		case "timecreated":
			l.TimeCreated = o.Created.Format(timeLayout)
		case "timemodified":
			l.TimeModified = o.Modified.Format(timeLayout)
		case "storagetier":
			l.StorageTier = "Standard"
		}
	}
	return l
}
