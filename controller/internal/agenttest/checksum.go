package agenttest

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"maps"
	"math/big"
	"math/bits"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/digest"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// content is what tells a table's rows from the ones every table has: keys from
// 1, and in every column the key.
type content struct {
	changed map[int64]map[string]string // values by key and column
	missing map[int64]bool
	extra   map[int64]bool // keys
}

// Change puts a value into a column of the row with a key, behind the controller's back.
func (a *Agent) Change(name *pb.TableName, row int64, column, value string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tables[key(name)].change(row, column, value)
}

func (t *table) change(row int64, column, value string) {
	if t.changed == nil {
		t.changed = map[int64]map[string]string{}
	}
	if t.changed[row] == nil {
		t.changed[row] = map[string]string{}
	}
	t.changed[row][column] = value
}

// Replace takes the row with one key away and puts one with another key there,
// so that the count stays what it was; a zero key does only the other half.
func (a *Agent) Replace(name *pb.TableName, gone, come int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	t := a.tables[key(name)]
	if t.missing == nil {
		t.missing, t.extra = map[int64]bool{}, map[int64]bool{}
	}
	if gone != 0 {
		t.missing[gone] = true
		a.addRows(t, -1)
	}
	if come != 0 {
		t.extra[come] = true
		a.addRows(t, 1)
	}
}

// Refuse makes Checksum leave a column out, as when a privilege is missing.
func (a *Agent) Refuse(column string) {
	a.RefuseBecause(column, "the agent's user may not execute DBMS_CRYPTO")
}

// RefuseBecause makes Checksum leave a column out and say why.
func (a *Agent) RefuseBecause(column, why string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.refused == nil {
		a.refused = map[string]string{}
	}
	a.refused[column] = why
}

// Grant ends what Refuse began.
func (a *Agent) Grant() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.refused = nil
}

// condition is the only one that these agents understand, COLUMN <= NUMBER;
// any other selects all rows.
var condition = regexp.MustCompile(`^(\w+) <= (\d+)$`)

// checkWhere refuses what is more than a condition.
func checkWhere(where string) error {
	if !strings.Contains(where, ";") {
		return nil
	}
	return apierr.New(codes.InvalidArgument, pb.Reason_REASON_REQUEST_INVALID, "the condition %q cannot be used", where).WithFact("field", "where")
}

// selects reports whether a condition selects a row.
func (t *table) selects(where string, row int64) bool {
	m := condition.FindStringSubmatch(where)
	if m == nil {
		return true
	}
	value, err := strconv.ParseInt(t.value(row, m[1]), 10, 64)
	limit, limitErr := strconv.ParseInt(m[2], 10, 64)
	return err == nil && limitErr == nil && value <= limit
}

// count counts the rows that a condition selects as of an SCN.
func (t *table) count(scn int64, where string) (rows int64) {
	if where == "" {
		return t.at(scn)
	}
	for _, row := range t.keys(scn) {
		if t.selects(where, row) {
			rows++
		}
	}
	return rows
}

// keys returns the keys that a table has as of an SCN.
func (t *table) keys(scn int64) []int64 {
	var all []int64
	for k := int64(1); k <= t.at(scn)+int64(len(t.missing)-len(t.extra)); k++ {
		if !t.missing[k] {
			all = append(all, k)
		}
	}
	return append(all, slices.Sorted(maps.Keys(t.extra))...)
}

func (t *table) value(row int64, column string) string {
	if v, ok := t.changed[row][column]; ok {
		return v
	}
	return strconv.FormatInt(row, 10)
}

// hash is a row's over some columns. Rows as they come cost no text. Rows with
// the same values in changed columns have the same hash over these.
func (t *table) hash(row int64, columns []string) uint64 {
	changed := t.changed[row]
	if changed == nil {
		return mix(uint64(row) ^ uint64(len(columns))<<48)
	}
	h := mix(uint64(len(columns)) << 48)
	if slices.ContainsFunc(columns, func(c string) bool { _, ok := changed[c]; return !ok }) || len(columns) == 0 {
		h = mix(uint64(row) ^ uint64(len(columns))<<48)
	}
	for _, c := range columns {
		if v, ok := changed[c]; ok {
			h = mix(h ^ hashText(c+"="+v))
		}
	}
	return h
}

// mix scatters the bits of a number (the finalizer of splitmix64).
func mix(x uint64) uint64 {
	x += 0x9E3779B97F4A7C15
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}

func hashText(text string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(text)) // a hash never fails
	return h.Sum64()
}

// digits writes a hash with as many digits as a SHA-256 has.
func digits(h uint64) string {
	return fmt.Sprintf("%016X%016X%016X%016X", h, mix(h), mix(h+1), mix(h+2))
}

// A total is a digest in the making.
type total struct {
	rows          int64
	first, second sum
}

// A sum has 128 bits: as in a database, it does not overflow.
type sum struct{ high, low uint64 }

func (s *sum) add(n uint64) {
	low, carry := bits.Add64(s.low, n, 0)
	s.high, s.low = s.high+carry, low
}

func (s *sum) big() *big.Int {
	n := new(big.Int).SetUint64(s.high)
	return n.Lsh(n, 64).Or(n, new(big.Int).SetUint64(s.low))
}

func (s *total) add(h uint64) {
	s.rows++
	s.first.add(h)
	s.second.add(mix(h))
}

func (s *total) digest() *pb.Digest {
	return &pb.Digest{Rows: s.rows, Sum: digest.New(s.first.big(), s.second.big()).String()}
}

// Checksum implements AgentService.
func (a *Agent) Checksum(ctx context.Context, req *pb.ChecksumRequest) (*pb.ChecksumResponse, error) {
	f, err := a.enter(ctx, "Checksum", key(req.GetSelection().GetTable()))
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	resp := &pb.ChecksumResponse{}
	columns := slices.DeleteFunc(names(req.GetSelection()), func(c string) bool {
		why, refused := a.refused[c]
		if refused {
			resp.LeftOut = append(resp.LeftOut, &pb.ColumnLeftOut{Name: c, Why: why})
		}
		return refused
	})
	t, err := a.find(req.GetSelection().GetTable())
	if err != nil {
		return nil, err
	}
	var all total
	buckets := map[string]*total{}
	t.each(req.GetSelection(), columns, req.GetParents(), func(_ int64, keyHash func() string, h uint64) {
		all.add(h)
		if req.GetDigits() == 0 {
			return
		}
		name := keyHash()[:req.GetDigits()]
		if buckets[name] == nil {
			buckets[name] = &total{}
		}
		buckets[name].add(h)
	})
	resp.Digest = all.digest()
	for _, name := range slices.Sorted(maps.Keys(buckets)) {
		resp.Buckets = append(resp.Buckets, &pb.Bucket{Name: name, Digest: buckets[name].digest()})
	}
	return resp, f.After
}

// each visits the rows of a selection below some buckets; keyHash has the digits
// of the key's hash, or of the row's when there is no key.
func (t *table) each(s *pb.RowSelection, columns, parents []string, visit func(row int64, keyHash func() string, h uint64)) {
	for _, row := range t.keys(s.GetScn()) {
		if !t.selects(s.GetWhere(), row) {
			continue
		}
		h := t.hash(row, columns)
		keyHash := func() string {
			if len(s.GetKey()) == 0 {
				return digits(h)
			}
			return digits(t.hash(row, s.GetKey()))
		}
		if len(parents) > 0 {
			of := keyHash()
			if !slices.ContainsFunc(parents, func(p string) bool { return strings.HasPrefix(of, p) }) {
				continue
			}
		}
		visit(row, keyHash, h)
	}
}

// ListRowDigests implements AgentService.
func (a *Agent) ListRowDigests(ctx context.Context, req *pb.ListRowDigestsRequest) (*pb.ListRowDigestsResponse, error) {
	f, err := a.enter(ctx, "ListRowDigests", key(req.GetSelection().GetTable()))
	if err != nil {
		return nil, err
	}
	if len(req.GetParents()) == 0 || slices.Contains(req.GetParents(), "") {
		return nil, apierr.New(codes.InvalidArgument, pb.Reason_REASON_REQUEST_INVALID, "no bucket is named").WithFact("field", "parents")
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	t, err := a.find(req.GetSelection().GetTable())
	if err != nil {
		return nil, err
	}
	var rows []*pb.RowDigest
	t.each(req.GetSelection(), names(req.GetSelection()), req.GetParents(), func(row int64, keyHash func() string, h uint64) {
		rows = append(rows, t.listed(req, row, keyHash(), h))
	})
	slices.SortFunc(rows, func(a, b *pb.RowDigest) int {
		return cmp.Or(cmp.Compare(a.GetHash(), b.GetHash()), cmp.Compare(a.GetDigest(), b.GetDigest()))
	})
	limit := int(cmp.Or(req.GetLimit(), 1000))
	return &pb.ListRowDigestsResponse{Rows: rows[:min(len(rows), limit)], Truncated: len(rows) > limit}, f.After
}

// listed is one row of a listing.
func (t *table) listed(req *pb.ListRowDigestsRequest, row int64, keyHash string, h uint64) *pb.RowDigest {
	r := &pb.RowDigest{Hash: keyHash, Digest: digits(h), Address: fmt.Sprintf("AA%d", row)}
	for _, k := range req.GetSelection().GetKey() {
		r.Key = append(r.Key, t.value(row, k))
	}
	if req.GetByColumn() {
		all := names(req.GetSelection())
		for _, c := range all[:min(len(all), 900)] {
			r.Columns = append(r.Columns, fmt.Sprintf("%016X", hashText(t.value(row, c))))
		}
	}
	return r
}

func names(s *pb.RowSelection) []string {
	var all []string
	for _, c := range s.GetColumns() {
		all = append(all, c.GetName())
	}
	return all
}
