package agenttest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
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
	t := a.tables[key(name)]
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
	a.mu.Lock()
	defer a.mu.Unlock()
	a.refused = append(a.refused, column)
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

// hash is the digest of a row over some columns.
func (t *table) hash(row int64, columns []string) string {
	var text strings.Builder
	for _, c := range columns {
		text.WriteString(t.value(row, c) + "|")
	}
	return sum([]byte(text.String()))
}

func sum(text []byte) string { return fmt.Sprintf("%X", sha256.Sum256(text)) }

// digestOf adds hashes up; 64 bits are enough in memory.
func digestOf(hashes []string) *pb.Digest {
	var first, second uint64
	for _, h := range hashes {
		first += binary.BigEndian.Uint64([]byte(h[:8]))
		second += binary.BigEndian.Uint64([]byte(h[8:16]))
	}
	return &pb.Digest{Rows: int64(len(hashes)), Sum: fmt.Sprintf("%x-%x", first, second)}
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
		refused := slices.Contains(a.refused, c)
		if refused {
			resp.LeftOut = append(resp.LeftOut, &pb.ColumnLeftOut{Name: c, Why: "the agent's user may not execute DBMS_CRYPTO"})
		}
		return refused
	})
	rows, err := a.digests(req.GetSelection(), columns, req.GetParents(), false)
	if err != nil {
		return nil, err
	}
	var all []string
	buckets := map[string][]string{}
	for _, r := range rows {
		all = append(all, r.GetDigest())
		if d := req.GetDigits(); d > 0 {
			buckets[r.GetHash()[:d]] = append(buckets[r.GetHash()[:d]], r.GetDigest())
		}
	}
	resp.Digest = digestOf(all)
	for _, name := range slices.Sorted(maps.Keys(buckets)) {
		resp.Buckets = append(resp.Buckets, &pb.Bucket{Name: name, Digest: digestOf(buckets[name])})
	}
	return resp, f.After
}

// ListRowDigests implements AgentService.
func (a *Agent) ListRowDigests(ctx context.Context, req *pb.ListRowDigestsRequest) (*pb.ListRowDigestsResponse, error) {
	f, err := a.enter(ctx, "ListRowDigests", key(req.GetSelection().GetTable()))
	if err != nil {
		return nil, err
	}
	if len(req.GetParents()) == 0 {
		return nil, apierr.New(codes.InvalidArgument, pb.Reason_REASON_REQUEST_INVALID, "no bucket is named").WithFact("field", "parents")
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	rows, err := a.digests(req.GetSelection(), names(req.GetSelection()), req.GetParents(), req.GetByColumn())
	if err != nil {
		return nil, err
	}
	limit := int(cmp.Or(req.GetLimit(), 1000))
	resp := &pb.ListRowDigestsResponse{Rows: rows, Truncated: len(rows) > limit}
	resp.Rows = rows[:min(len(rows), limit)]
	return resp, f.After
}

// digests lists the rows of a selection in order of their hashes; the caller
// holds the lock.
func (a *Agent) digests(s *pb.RowSelection, columns, parents []string, byColumn bool) ([]*pb.RowDigest, error) {
	t, err := a.find(s.GetTable())
	if err != nil {
		return nil, err
	}
	var rows []*pb.RowDigest
	for _, row := range t.keys(s.GetScn()) {
		r := &pb.RowDigest{Digest: t.hash(row, columns), Address: fmt.Sprintf("AA%d", row)}
		r.Hash = r.GetDigest()
		if len(s.GetKey()) > 0 {
			r.Hash = t.hash(row, s.GetKey())
			for _, k := range s.GetKey() {
				r.Key = append(r.Key, t.value(row, k))
			}
		}
		if len(parents) > 0 && !slices.ContainsFunc(parents, func(p string) bool { return strings.HasPrefix(r.GetHash(), p) }) {
			continue
		}
		for _, c := range columns {
			if !byColumn {
				break
			}
			r.Columns = append(r.Columns, sum([]byte(t.value(row, c)))[:16])
		}
		rows = append(rows, r)
	}
	slices.SortFunc(rows, func(a, b *pb.RowDigest) int { return cmp.Compare(a.GetHash(), b.GetHash()) })
	return rows, nil
}

func names(s *pb.RowSelection) []string {
	var all []string
	for _, c := range s.GetColumns() {
		all = append(all, c.GetName())
	}
	return all
}
