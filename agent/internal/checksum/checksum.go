// Package checksum digests rows inside the database: the same statement text on
// both sides, names apart, so that equal answers mean equal rows. A row's digest
// is the SHA-256 of its columns' canonical texts; a table's digest is the sum of
// two slices of the rows' digests, which does not depend on their order. Only
// hashes and key values are fetched.
//
// Facts: reference, sections 6.1 and 6.2.
package checksum

import (
	"context"
	"database/sql"
	"fmt"
	"math/big"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/digest"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// The statements of this package.
var (
	tableKind   = oracle.Kind{Name: "checksum.table", Purpose: "digests the rows of a table, on the source as of an SCN", Privileges: readPrivileges}
	bucketsKind = oracle.Kind{Name: "checksum.buckets", Purpose: "digests rows by the first digits of their key's hash", Privileges: readPrivileges}
	rowsKind    = oracle.Kind{Name: "checksum.rows", Purpose: "lists the keys and hashes of the rows of a few buckets", Privileges: readPrivileges}
	cryptoKind  = oracle.Kind{
		Name: "checksum.crypto", Purpose: "looks whether large objects can be hashed", Privileges: []string{"EXECUTE ON DBMS_CRYPTO"}, Optional: true,
	}
)

var readPrivileges = []string{"SELECT ON table", "FLASHBACK ON table"}

// Statements returns the kinds of statements that this package sends.
func Statements() []oracle.Kind {
	return []oracle.Kind{tableKind, bucketsKind, rowsKind, cryptoKind}
}

// The limits of a request. They bound an answer, and with it everybody's memory.
const (
	maxDeeper  = 3  // digits by which buckets are finer than their parents: 4096 each
	maxParents = 64 // of a request
	hashDigits = 64
	sliceHex   = 14 // hexadecimal digits in a slice: 56 bits, which TO_NUMBER takes exactly
)

// Table digests the rows of a selection. Columns without a digest are left out
// and named in the answer.
//
// Errors: REASON_REQUEST_INVALID, REASON_NAME_INVALID, and what the database reports.
func Table(ctx context.Context, s *oracle.Session, req *pb.ChecksumRequest) (*pb.ChecksumResponse, error) {
	if err := checkBuckets(req); err != nil {
		return nil, err
	}
	from, err := source(req.GetSelection(), req.GetChunk())
	if err != nil {
		return nil, err
	}
	forms, leftOut, err := digestible(ctx, s, req.GetSelection().GetColumns())
	if err != nil {
		return nil, err
	}
	resp := &pb.ChecksumResponse{LeftOut: leftOut}
	if req.GetDigits() == 0 {
		resp.Digest, err = whole(ctx, s, fmt.Sprintf("(SELECT /*+ NO_MERGE */ %s H FROM %s)", rowHash(forms), from))
		return resp, err
	}
	key, err := keyForms(req.GetSelection())
	if err != nil {
		return nil, err
	}
	inner := hashes(key, forms) + " FROM " + from
	resp.Buckets, resp.Digest, err = buckets(ctx, s, inner, keyName(key), int(req.GetDigits()), req.GetParents())
	return resp, err
}

// sums are the two slices of the rows' hashes, added up. TO_CHAR keeps digits
// that a driver's number would lose.
var sums = fmt.Sprintf("TO_CHAR(SUM(TO_NUMBER(SUBSTR(H, 1, %[1]d), '%[2]s')), 'TM9'), TO_CHAR(SUM(TO_NUMBER(SUBSTR(H, %[3]d, %[1]d), '%[2]s')), 'TM9')",
	sliceHex, strings.Repeat("X", sliceHex), sliceHex+1)

func whole(ctx context.Context, s *oracle.Session, view string) (*pb.Digest, error) {
	var a answer
	found, err := s.Row(ctx, tableKind, "SELECT COUNT(*), "+sums+" FROM "+view, nil, &a.rows, &a.first, &a.second)
	if err == nil && !found {
		err = oracle.NotOne(tableKind)
	}
	if err != nil {
		return nil, err
	}
	sum, err := a.sum()
	return &pb.Digest{Rows: a.rows, Sum: sum.String()}, err
}

// buckets digests rows by the beginnings of their keys' hashes, and all of them.
func buckets(ctx context.Context, s *oracle.Session, inner, key string, digits int, parents []string) ([]*pb.Bucket, *pb.Digest, error) {
	name := fmt.Sprintf("SUBSTR(%s, 1, %d)", key, digits)
	query := fmt.Sprintf("SELECT %s, COUNT(*), %s FROM (%s)%s GROUP BY %s ORDER BY 1", name, sums, inner, within(key, parents), name)
	var all []*pb.Bucket
	var rows int64
	var total digest.Sum
	err := s.Query(ctx, bucketsKind, query, func(scan func(...any) error) error {
		var name string
		var a answer
		if err := scan(&name, &a.rows, &a.first, &a.second); err != nil {
			return err
		}
		sum, err := a.sum()
		all = append(all, &pb.Bucket{Name: name, Digest: &pb.Digest{Rows: a.rows, Sum: sum.String()}})
		rows, total = rows+a.rows, total.Add(sum)
		return err
	})
	return all, &pb.Digest{Rows: rows, Sum: total.String()}, err
}

// within restricts rows to those whose key's hash begins with a parent.
func within(key string, parents []string) string {
	if len(parents) == 0 {
		return ""
	}
	quoted := make([]string, len(parents))
	for i, p := range parents {
		quoted[i] = oracle.Literal(p)
	}
	return fmt.Sprintf(" WHERE SUBSTR(%s, 1, %d) IN (%s)", key, len(parents[0]), strings.Join(quoted, ", "))
}

// An answer is what the database says of some rows; the sums are NULL without rows.
type answer struct {
	rows          int64
	first, second sql.NullString
}

// sum is the two sums of an answer, which the database writes in decimal.
func (a *answer) sum() (digest.Sum, error) {
	first, second := new(big.Int), new(big.Int)
	for _, half := range []struct {
		to   *big.Int
		text sql.NullString
	}{{first, a.first}, {second, a.second}} {
		if !half.text.Valid {
			continue
		}
		if _, ok := half.to.SetString(half.text.String, 10); !ok {
			return digest.Sum{}, apierr.New(codes.Internal, pb.Reason_REASON_DATABASE_ERROR, "%s: the database answered %q where a sum was expected", tableKind.Name, half.text.String)
		}
	}
	return digest.New(first, second), nil
}
