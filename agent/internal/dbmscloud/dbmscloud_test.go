package dbmscloud

import (
	"errors"
	"fmt"
	"testing"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func field(t *testing.T, name string, bytes int) Field {
	t.Helper()
	n, err := oracle.NewName(name)
	if err != nil {
		t.Fatal(err)
	}
	return Field{n, bytes}
}

func TestFormatsSayEverythingAndNothingThatLosesData(t *testing.T) {
	fields := []Field{field(t, "C1", 64), field(t, "CEND", 1)}
	for format, want := range map[pb.Format][2]string{
		pb.Format_FORMAT_CSV: {
			`{"type":"csv","delimiter":",","header":false,"trimspaces":"notrim"}`,
			`{"type":"csv","delimiter":",","skipheaders":0,"rejectlimit":0,"trimspaces":"notrim","conversionerrors":"reject_record"}`,
		},
		pb.Format_FORMAT_JSON:     {`{"type":"json"}`, `{"type":"json","rejectlimit":0,"columnpath":["$.C1","$.CEND"]}`},
		pb.Format_FORMAT_PARQUET:  {`{"type":"parquet"}`, `{"type":"parquet","rejectlimit":0}`},
		pb.Format_FORMAT_DATAPUMP: {`{"type":"datapump"}`, `{"type":"datapump","rejectlimit":0}`},
	} {
		if got, err := exportFormat(format); err != nil || got != want[0] {
			t.Errorf("%s: %v\ngot  %s\nwant %s", format, err, got, want[0])
		}
		if got, err := copyFormat(format, fields); err != nil || got != want[1] {
			t.Errorf("%s: %v\ngot  %s\nwant %s", format, err, got, want[1])
		}
	}
	if _, err := exportFormat(pb.Format_FORMAT_UNSPECIFIED); apierr.ReasonOf(err) != pb.Reason_REASON_REQUEST_INVALID {
		t.Errorf("no format gave %v", err)
	}
}

func TestFieldsHaveTheirLength(t *testing.T) {
	if got := fieldList([]Field{field(t, "C1", 64), field(t, "CEND", 1)}); got != `"C1" CHAR(64), "CEND" CHAR(1)` {
		t.Errorf("got %s", got)
	}
}

func TestARefusedDumpSaysWhatToDo(t *testing.T) {
	refused := func(code int) error {
		return fmt.Errorf("call: %w", apierr.New(codes.Internal, pb.Reason_REASON_DATABASE_ERROR, "refused").WithCause(&oracle.ServerError{Codes: []int{code, 6512}}))
	}
	for _, code := range notThroughPAR {
		f := apierr.FailureOf(explain(pb.Format_FORMAT_DATAPUMP, refused(code)))
		if f.GetReason() != pb.Reason_REASON_TABLE_UNSUPPORTED || f.GetHint() == "" {
			t.Errorf("%d: %v", code, f)
		}
	}
	for _, err := range []error{explain(pb.Format_FORMAT_CSV, refused(20000)), explain(pb.Format_FORMAT_DATAPUMP, refused(942))} {
		if apierr.ReasonOf(err) != pb.Reason_REASON_DATABASE_ERROR {
			t.Errorf("another failure became %v", err)
		}
	}
	if err := explain(pb.Format_FORMAT_DATAPUMP, nil); err != nil {
		t.Error(errors.Unwrap(err))
	}
}

func TestOnlyNumbersLeaveALog(t *testing.T) {
	got := message.FindAllString(`KUP-04101: record 3 rejected in file https://h/p/t0ken/n/x, value 'secret'`, -1)
	if len(got) != 1 || got[0] != "KUP-04101" {
		t.Errorf("got %v", got)
	}
}
