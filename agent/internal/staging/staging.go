// Package staging is the tables that chunks are loaded into before their rows
// become rows of the target: one per attempt, in the agent user's
// schema. Their columns are text, or native types for Data Pump. A row that cannot
// be decoded fails in a transaction of ours, not in the loader's.
//
// Facts: reference, section 11.2.
package staging

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/agent/internal/codec"
	"github.com/adbferry/adbferry/agent/internal/dbmscloud"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// The statements of this package.
var (
	createKind = oracle.Kind{Name: "staging.create", Purpose: "creates the staging table of an attempt", Privileges: []string{"CREATE TABLE", "quota on the tablespace"}}
	listKind   = oracle.Kind{Name: "staging.list", Purpose: "finds staging tables of dead attempts"}
	dropKind   = oracle.Kind{Name: "staging.drop", Purpose: "drops a staging table"}
	countKind  = oracle.Kind{Name: "staging.count", Purpose: "counts the rows of a staging table"}
	loadKind   = oracle.Kind{Name: "staging.load", Purpose: "moves the rows of a staging table into the target, in one transaction with the ledger entry", Privileges: []string{"INSERT ON table"}}
)

// Statements returns the kinds of statements that this package sends.
func Statements() []oracle.Kind {
	return []oracle.Kind{createKind, listKind, dropKind, countKind, loadKind, indexKind, assembleKind}
}

// prefix starts the name of every staging table.
const prefix = "ADBFERRY$S_"

// marker is the last column, which holds codec.Marker in every whole row.
const marker = "CEND"

// address is the column before the marker, where values overflow: the row's
// ROWID on the source.
const address = "CROW"

// rowidWidth is the length of a ROWID as text.
const rowidWidth = 18

// A Table is the staging table of one attempt. It may not exist.
type Table struct {
	name   oracle.Name
	format pb.Format
	fields []field // the marker last, if it has one
	mark   codec.Mark
	plans  []*pb.ColumnPlan
	// overflow is the table for the pieces of values that overflow, nil when none can.
	overflow *overflowTable
}

// Create creates the table, and the one for overflow if there can be any.
func (t *Table) Create(ctx context.Context, s *oracle.Session) error {
	if err := create(ctx, s, t.name, t.fields); err != nil || t.overflow == nil {
		return err
	}
	return t.overflow.create(ctx, s)
}

func create(ctx context.Context, s *oracle.Session, name oracle.Name, fields []field) error {
	columns := make([]string, len(fields))
	for i, f := range fields {
		columns[i] = fmt.Sprintf("%s %s", f.Name, f.kept)
	}
	_, err := s.Exec(ctx, createKind, fmt.Sprintf("CREATE TABLE %s (%s)", name, strings.Join(columns, ", ")))
	return err
}

// Fill loads objects, secret URLs that name one each: those with rows, and those
// with overflow.
func (t *Table) Fill(ctx context.Context, s *oracle.Session, rows, overflow []string) error {
	if err := dbmscloud.Copy(ctx, s, t.format, t.name, loaded(t.fields), rows); err != nil || len(overflow) == 0 {
		return err
	}
	if t.overflow == nil {
		return apierr.New(codes.InvalidArgument, pb.Reason_REASON_REQUEST_INVALID, "the manifest has overflow objects, and no column of the plan can overflow")
	}
	return dbmscloud.Copy(ctx, s, t.format, t.overflow.name, loaded(t.overflow.fields), overflow)
}

// Check proves that as many rows arrived as were exported, and all of them to
// their end.
//
// Errors: REASON_ROWS_REJECTED; REASON_OBJECT_CHANGED when more whole rows came than
// were exported, as when another export wrote into the same folder.
func (t *Table) Check(ctx context.Context, s *oracle.Session, want int64) error {
	var rows, whole int64
	query := fmt.Sprintf("SELECT COUNT(*), COUNT(CASE WHEN %s THEN 1 END) FROM %s", t.whole(), t.name)
	_, err := s.Row(ctx, countKind, query, nil, &rows, &whole)
	if oracle.HasCode(err, oracle.TableMissing) {
		return apierr.New(codes.Aborted, pb.Reason_REASON_CANCELLED, "another attempt at the chunk has taken over").WithRetry(0).WithCause(err)
	}
	if err != nil {
		return err
	}
	if rows == want && whole == want {
		return t.checkOverflow(ctx, s)
	}
	if whole > want {
		return apierr.New(codes.DataLoss, pb.Reason_REASON_OBJECT_CHANGED, "the objects hold %d whole rows, and %d were exported", whole, want).
			WithHint("export the chunk again as a new attempt; check that nothing else writes to this prefix")
	}
	return apierr.New(codes.DataLoss, pb.Reason_REASON_ROWS_REJECTED, "the objects hold %d rows, %d of them whole, and %d were exported", rows, whole, want).
		WithHint("export the chunk again as a new attempt")
}

// Load moves the rows into the target within a transaction and returns their number.
func (t *Table) Load(ctx context.Context, tx *oracle.Tx, target oracle.Table) (int64, error) {
	statement, err := t.insert(target)
	if err != nil {
		return 0, err
	}
	rows, err := tx.Exec(ctx, loadKind, statement)
	if err != nil || t.overflow == nil {
		return rows, err
	}
	assembled, err := t.assemble(ctx, tx, target)
	return rows + assembled, err
}

// insert renders INSERT … SELECT with the decoding expression of every column,
// for the rows that are complete by themselves.
func (t *Table) insert(target oracle.Table) (string, error) {
	columns, values, err := t.decoded()
	if err != nil {
		return "", err
	}
	statement := fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s", target, strings.Join(columns, ", "), strings.Join(values, ", "), t.name)
	if t.overflow != nil {
		statement += " WHERE " + t.overflow.none()
	}
	return statement, nil
}

// decoded returns the names of the target's columns and the expressions that
// make their values of the fields.
func (t *Table) decoded() (columns, values []string, err error) {
	next := 0
	for _, p := range t.plans {
		name, err := oracle.NewName(p.GetColumn().GetName())
		if err != nil {
			return nil, nil, err
		}
		var fields []string
		for range p.GetPieces() {
			fields = append(fields, t.value(next))
			next++
		}
		value, err := codec.Read(p, fields)
		if err != nil {
			return nil, nil, err
		}
		columns, values = append(columns, name.String()), append(values, value)
	}
	return columns, values, nil
}

// DropChunk drops the staging tables of all attempts to import a chunk.
func DropChunk(ctx context.Context, s *oracle.Session, migration, chunk string) error {
	_, err := drop(ctx, s, chunkPrefix(migration, chunk))
	return err
}

// DropMigration drops the staging tables of a migration and returns how many there were.
func DropMigration(ctx context.Context, s *oracle.Session, migration string) (int, error) {
	return drop(ctx, s, migrationPrefix(migration))
}

func drop(ctx context.Context, s *oracle.Session, start string) (int, error) {
	dropped, err := s.DropOwn(ctx, listKind, dropKind, start)
	return len(dropped), err
}

// Names are hashes of bounded length, so that every migration and chunk has
// one, and the tables of a migration and of a chunk can be found by prefix.
func migrationPrefix(migration string) string { return prefix + digest(migration) + "_" }

func chunkPrefix(migration, chunk string) string {
	return migrationPrefix(migration) + digest(chunk) + "_"
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return strings.ToUpper(hex.EncodeToString(sum[:6]))
}
