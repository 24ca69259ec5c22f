package dbmscloud

import (
	"context"
	"database/sql"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Export writes the rows of a query to objects. target is a secret URL: what
// the objects' names start with, or for Data Pump the name of the one file. The
// query is a text without binds.
//
// What was written must be listed: the database picks the names. On an error
// some objects may exist.
//
// Error: REASON_TABLE_UNSUPPORTED when the database does not write Data Pump
// files through a PAR, which is not documented (reference, section 1.6).
func Export(ctx context.Context, s *oracle.Session, f pb.Format, target, query string) error {
	format, err := exportFormat(f)
	if err != nil {
		return err
	}
	err = s.Call(ctx, exportKind, "BEGIN DBMS_CLOUD.EXPORT_DATA(file_uri_list => :uri, query => :query, format => :format); END;",
		sql.Named("uri", target), sql.Named("query", oracle.Long(query)), sql.Named("format", format))
	return explain(f, err)
}

// The numbers of errors that a PAR in the place of a credential may cause: a
// format that is not taken, a credential that is missing.
var notThroughPAR = []int{20000, 20004, 20010, 20013}

// explain says what a refused Data Pump call probably means.
func explain(f pb.Format, err error) error {
	if f != pb.Format_FORMAT_DATAPUMP {
		return err
	}
	for _, code := range notThroughPAR {
		if oracle.HasCode(err, code) {
			return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TABLE_UNSUPPORTED,
				"the database probably takes no Data Pump files through a PAR: %s", apierr.FailureOf(err).GetText()).
				WithHint("choose another format: json, parquet or csv carry the same columns; adbferry doctor finds out which work").WithCause(err)
		}
	}
	return err
}
