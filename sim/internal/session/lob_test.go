package session_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	go_ora "github.com/sijms/go-ora/v2"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
)

const selectLobs = "SELECT N, C, B, E FROM LOBS WHERE N >= :1"

var lobSizes = []int{0, 1, 32 << 10, 2 << 20}

// clobText is text of about n bytes in which characters take one to four.
func clobText(n int) string {
	return strings.Repeat("aü€🚢\n", n/11) + strings.Repeat("x", n%11)
}

// onLobs scripts a query whose rows are a number, a CLOB, a BLOB and a NULL,
// one row per size.
func onLobs(s *server) {
	var rows []datum.Row
	for i, n := range lobSizes {
		rows = append(rows, datum.Row{
			datum.FromInt(int64(i)), datum.FromClob(clobText(n)),
			datum.FromBlob(bytes.Repeat([]byte{0, 0xFF}, n)[:n]), datum.NULL,
		})
	}
	s.on(selectLobs, script{
		kind: database.Query, binds: ins("1"),
		columns: []datum.Column{
			{Name: "N", Type: number},
			{Name: "C", Type: datum.Type{Kind: datum.Clob}, Nullable: true},
			{Name: "B", Type: datum.Type{Kind: datum.Blob}, Nullable: true},
			{Name: "E", Type: datum.Type{Kind: datum.Clob}, Nullable: true},
		},
		run: func(context.Context, database.Execution) (*database.Outcome, error) {
			return &database.Outcome{Rows: result(rows...)}, nil
		},
	})
}

// TestLobsReachTheClient reads LOBs both ways that the driver knows: inline,
// as LONG values, and through locators. An empty LOB is NULL inline, because
// the driver does not know the difference.
func TestLobsReachTheClient(t *testing.T) {
	for _, mode := range []string{"PRE", "POST"} {
		t.Run(mode, func(t *testing.T) {
			s := start(t)
			onLobs(s)
			db := s.connect(t, "LOB FETCH", mode)
			for range 2 {
				readLobs(t, db)
			}
			stmt, err := db.PrepareContext(t.Context(), selectLobs)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = stmt.Close() }()
			for range 3 {
				readLobs(t, prepared{stmt})
			}
		})
	}
}

func readLobs(t *testing.T, db queryer) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), selectLobs, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	i := 0
	for ; rows.Next(); i++ {
		var n int
		var clob, empty go_ora.Clob
		var blob go_ora.Blob
		if err := rows.Scan(&n, &clob, &blob, &empty); err != nil {
			t.Fatal(err)
		}
		size := lobSizes[i]
		if n != i || clob.String != clobText(size) || !bytes.Equal(blob.Data, bytes.Repeat([]byte{0, 0xFF}, size)[:size]) {
			t.Errorf("row %d: %d characters and %d bytes came back", n, len(clob.String), len(blob.Data))
		}
		if empty.Valid {
			t.Error("NULL came back as a value")
		}
	}
	if err := rows.Err(); err != nil || i != len(lobSizes) {
		t.Errorf("%d rows: %v", i, err)
	}
}

// TestLobsGoBothWaysThroughABlock sends a CLOB of 2 MB as a temporary LOB and
// takes another as an OUT value, which is one as well.
func TestLobsGoBothWaysThroughABlock(t *testing.T) {
	const block = "BEGIN P(:IN_CLOB, :OUT_CLOB, :OUT_BLOB); END;"
	s := start(t)
	var got datum.Value
	s.on(block, script{
		kind: database.Block,
		binds: []database.Bind{
			{Name: "IN_CLOB", Mode: database.In},
			{Name: "OUT_CLOB", Mode: database.Out},
			{Name: "OUT_BLOB", Mode: database.Out},
		},
		run: func(_ context.Context, e database.Execution) (*database.Outcome, error) {
			got = e.Values[0][0]
			return &database.Outcome{Out: []database.OutValue{
				{}, {Value: got}, {Value: datum.FromBlob([]byte("blob"))},
			}}, nil
		},
	})
	db := s.connect(t)
	for _, size := range []int{1, 2 << 20} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			var clob go_ora.Clob
			var blob go_ora.Blob
			sent := go_ora.Clob{String: clobText(size), Valid: true}
			_, err := db.ExecContext(t.Context(), block, sent,
				go_ora.Out{Dest: &clob, Size: 1 << 22}, go_ora.Out{Dest: &blob, Size: 1 << 22})
			if err != nil {
				t.Fatal(err)
			}
			if got != datum.FromClob(sent.String) {
				t.Errorf("the block got %d bytes", len(got.Bytes()))
			}
			if clob.String != sent.String || string(blob.Data) != "blob" {
				t.Errorf("%d bytes and %q came back", len(clob.String), blob.Data)
			}
		})
	}
}
