package dbmscloud

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A Field is one field of the files: a column of the table that is loaded.
type Field struct {
	Name  oracle.Name
	Bytes int // longest text; 0 for values of their own types, which only Data Pump has
}

// Copy appends the rows of objects, secret URLs that name one each, to a table
// of the session's own schema. Fields are all columns of the table, in its
// order. The rows are committed on return; on an error assume that some may be.
//
// Error: as Export.
func Copy(ctx context.Context, s *oracle.Session, f pb.Format, table oracle.Name, fields []Field, objects []string) error {
	format, err := copyFormat(f, fields)
	if err != nil {
		return err
	}
	call, binds := "BEGIN DBMS_CLOUD.COPY_DATA(table_name => :name, file_uri_list => :uris, format => :format); END;", []any{
		sql.Named("name", table.String()), sql.Named("uris", oracle.Long(strings.Join(objects, ","))), sql.Named("format", oracle.Long(format)),
	}
	if f == pb.Format_FORMAT_CSV {
		call = "BEGIN DBMS_CLOUD.COPY_DATA(table_name => :name, file_uri_list => :uris, format => :format, field_list => :fields); END;"
		binds = append(binds, sql.Named("fields", oracle.Long(fieldList(fields))))
	}
	return explain(f, s.Call(ctx, copyKind, call, binds...))
}

// fieldList gives every field its length: without one the loader stops at 255 bytes.
func fieldList(fields []Field) string {
	texts := make([]string, len(fields))
	for i, f := range fields {
		texts[i] = fmt.Sprintf("%s CHAR(%d)", f.Name, f.Bytes)
	}
	return strings.Join(texts, ", ")
}
