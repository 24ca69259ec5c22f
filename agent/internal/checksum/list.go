package checksum

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/adbferry/adbferry/agent/internal/codec"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Limits of an answer of Rows.
const (
	defaultRows = 1000
	maxRows     = 5000
	// maxListed is how many columns get a hash of their own: an inline view has at
	// most 1000 columns, keys and the row's hashes included.
	maxListed = 900
	// shortHex is how much of a column's hash is listed: it only names the
	// columns of a row that is known to differ.
	shortHex = 16
)

// Rows lists the rows of a few buckets by their keys.
//
// Errors: REASON_REQUEST_INVALID, also for a column without a digest;
// REASON_NAME_INVALID, and what the database reports.
func Rows(ctx context.Context, s *oracle.Session, req *pb.ListRowDigestsRequest) (*pb.ListRowDigestsResponse, error) {
	limit := int(cmp.Or(req.GetLimit(), defaultRows))
	if limit < 1 || limit > maxRows {
		return nil, invalid("limit", "limit must be 1 to %d rows, got %d", maxRows, limit)
	}
	query, err := rowsQuery(req, limit+1)
	if err != nil {
		return nil, err
	}
	resp := &pb.ListRowDigestsResponse{}
	err = s.Query(ctx, rowsKind, query, func(scan func(...any) error) error {
		r, err := scanRow(scan, len(req.GetSelection().GetKey()), columnsListed(req))
		resp.Rows = append(resp.Rows, r)
		return err
	})
	if len(resp.GetRows()) > limit {
		resp.Rows, resp.Truncated = resp.GetRows()[:limit], true
	}
	return resp, err
}

func columnsListed(req *pb.ListRowDigestsRequest) int {
	if !req.GetByColumn() {
		return 0
	}
	return min(len(req.GetSelection().GetColumns()), maxListed)
}

// rowsQuery renders the query, for at most limit rows.
func rowsQuery(req *pb.ListRowDigestsRequest, limit int) (string, error) {
	selection := req.GetSelection()
	if parent, err := checkParents(req.GetParents()); err != nil || parent == 0 {
		return "", cmp.Or(err, invalid("parents", "no bucket is named"))
	}
	from, err := source(selection, nil)
	if err != nil {
		return "", err
	}
	forms, err := formsOf(selection.GetColumns())
	if err != nil {
		return "", err
	}
	if i := slices.Index(forms, nil); i >= 0 {
		return "", invalid("selection.columns", "column %q has no digest", selection.GetColumns()[i].GetName())
	}
	key, err := keyForms(selection)
	if err != nil {
		return "", err
	}
	inner, names := listed(key, forms, columnsListed(req))
	return fmt.Sprintf("SELECT %s FROM (%s FROM %s)%s ORDER BY 1, 2, 3 FETCH FIRST %d ROWS ONLY",
		strings.Join(names, ", "), inner, from, within(keyName(key), req.GetParents()), limit), nil
}

// listed renders what is listed of a row, and its names: hashes of key and row,
// address, values of the key, and hashes of so many columns.
func listed(key, forms []*codec.Canonical, columns int) (inner string, names []string) {
	names = []string{keyName(key), "H", "A"}
	parts := []string{hashes(key, forms), "ROWIDTOCHAR(ROWID) A"}
	for i, k := range key {
		names = append(names, fmt.Sprintf("K%d", i+1))
		parts = append(parts, fmt.Sprintf("%s K%d", k.Readable, i+1))
	}
	for i, f := range forms[:columns] {
		names = append(names, fmt.Sprintf("C%d", i+1))
		parts = append(parts, fmt.Sprintf("%s C%d", shortHash(f), i+1))
	}
	return strings.Join(parts, ", "), names
}

func shortHash(f *codec.Canonical) string {
	return fmt.Sprintf("SUBSTR(%s, 1, %d)", codec.Hash(f.Text), shortHex)
}

// scanRow reads one row: two hashes, an address, the key's values, the columns' hashes.
func scanRow(scan func(...any) error, keys, columns int) (*pb.RowDigest, error) {
	r := &pb.RowDigest{}
	values := make([]sql.NullString, keys+columns)
	dest := []any{&r.Hash, &r.Digest, &r.Address}
	for i := range values {
		dest = append(dest, &values[i])
	}
	if err := scan(dest...); err != nil {
		return nil, err
	}
	for i, v := range values {
		if i < keys {
			r.Key = append(r.Key, v.String)
		} else {
			r.Columns = append(r.Columns, v.String)
		}
	}
	return r, nil
}
