// Package probe finds out what a database does where the documentation is open:
// it makes small tables with a column of every type and boundary values, for a
// round trip that others carry out, and asks questions by trying. It leaves
// nothing behind in the database; objects that it wrote stay in the bucket, as
// a PAR cannot delete.
//
// Facts: reference, sections 1.7, 11.4 and 11.5.
package probe

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/adbferry/adbferry/agent/internal/catalog"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// The statements of this package.
var (
	createKind = oracle.Kind{Name: "probe.create", Purpose: "makes a small table to try things with", Privileges: []string{"CREATE TABLE", "quota on the tablespace"}, Optional: true}
	columnKind = oracle.Kind{Name: "probe.column", Purpose: "tries whether the database has a type", Optional: true}
	fillKind   = oracle.Kind{Name: "probe.fill", Purpose: "writes boundary values into the probe's table", Optional: true}
	listKind   = oracle.Kind{Name: "probe.list", Purpose: "finds the tables of a probe", Optional: true}
	dropKind   = oracle.Kind{Name: "probe.drop", Purpose: "drops a table of the probe", Optional: true}
	readKind   = oracle.Kind{Name: "probe.read", Purpose: "looks what a trial left in its table", Optional: true}
	askKind    = oracle.Kind{Name: "probe.ask", Purpose: "loads an object in the middle of a transaction that is rolled back, to see what the load commits", Optional: true}
	statusKind = oracle.Kind{Name: "probe.status", Purpose: "reads how operations are logged in USER_LOAD_OPERATIONS", Optional: true}
)

// Statements returns the kinds of statements that this package sends.
func Statements() []oracle.Kind {
	return []oracle.Kind{createKind, columnKind, fillKind, listKind, dropKind, readKind, askKind, statusKind}
}

// prefix starts the name of every table of a probe.
const prefix = "ADBFERRY$P_"

// tableName names one table of a migration's probe.
func tableName(migration, suffix string) (oracle.Name, error) {
	return oracle.NewName(tablePrefix(migration) + suffix)
}

func tablePrefix(migration string) string {
	sum := sha256.Sum256([]byte(migration))
	return prefix + strings.ToUpper(hex.EncodeToString(sum[:6])) + "_"
}

// Create makes the probe's tables anew, in the schema of the agent's user: one
// with every type that the database has, one for each size of large objects in
// bytes, and one of texts and RAWs beyond 4,000 bytes if both databases have such.
func Create(ctx context.Context, s *oracle.Session, user, migration string, sizes []int64, maxStringBytes int32) ([]*pb.Table, error) {
	if _, err := Drop(ctx, s, user, migration); err != nil {
		return nil, err
	}
	schema, err := oracle.NewName(user)
	if err != nil {
		return nil, err
	}
	var tables []*pb.Table
	describe := func(name oracle.Name, err error) error {
		if err != nil {
			return err
		}
		t, err := catalog.Table(ctx, s, oracle.Table{Schema: schema, Name: name})
		tables = append(tables, t)
		return err
	}
	if err := describe(createTypes(ctx, s, migration, "T", trials)); err != nil {
		return nil, err
	}
	for i, size := range sizes {
		if err := describe(createLarge(ctx, s, migration, i, size)); err != nil {
			return nil, err
		}
	}
	if maxStringBytes >= extendedBytes {
		if err := describe(createTypes(ctx, s, migration, "X", extendedTrials)); err != nil {
			return nil, err
		}
	}
	return tables, nil
}

// Drop drops all tables of a migration's probe and returns their names.
func Drop(ctx context.Context, s *oracle.Session, user, migration string) ([]*pb.TableName, error) {
	names, err := s.DropOwn(ctx, listKind, dropKind, tablePrefix(migration))
	if err != nil {
		return nil, err
	}
	var dropped []*pb.TableName
	for _, name := range names {
		dropped = append(dropped, &pb.TableName{Schema: user, Name: name})
	}
	return dropped, nil
}
