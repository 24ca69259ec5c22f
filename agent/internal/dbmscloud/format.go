package dbmscloud

import (
	"encoding/json"
	"fmt"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// delimiter stands between fields of csv. No encoded value contains it.
const delimiter = ","

// exportOptions is the format argument of EXPORT_DATA. csv has every option that
// matters written out; the other types have none that changes values.
type exportOptions struct {
	Type       string `json:"type"`
	Delimiter  string `json:"delimiter,omitempty"`
	Header     *bool  `json:"header,omitempty"`
	TrimSpaces string `json:"trimspaces,omitempty"`
}

// copyOptions is the format argument of COPY_DATA. What would lose data, such as
// truncatecol or ignoremissingcolumns, is not among the options.
type copyOptions struct {
	Type             string   `json:"type"`
	Delimiter        string   `json:"delimiter,omitempty"`
	SkipHeaders      *int     `json:"skipheaders,omitempty"`
	RejectLimit      int      `json:"rejectlimit"`
	TrimSpaces       string   `json:"trimspaces,omitempty"`
	ConversionErrors string   `json:"conversionerrors,omitempty"`
	ColumnPath       []string `json:"columnpath,omitempty"`
}

// types are the words of DBMS_CLOUD for formats.
var types = map[pb.Format]string{
	pb.Format_FORMAT_CSV: "csv", pb.Format_FORMAT_JSON: "json", pb.Format_FORMAT_PARQUET: "parquet", pb.Format_FORMAT_DATAPUMP: "datapump",
}

// Known reports whether a format can be written and read.
func Known(f pb.Format) bool { return types[f] != "" }

// exportFormat renders the format argument of EXPORT_DATA.
//
// Error: REASON_REQUEST_INVALID for a format that is none.
func exportFormat(f pb.Format) (string, error) {
	o := exportOptions{Type: types[f]}
	if f == pb.Format_FORMAT_CSV {
		o.Delimiter, o.Header, o.TrimSpaces = delimiter, new(false), "notrim"
	}
	return text(f, o)
}

// copyFormat renders the format argument of COPY_DATA. A json document's keys
// are the names of the export's columns; Parquet and Data Pump files match
// columns by name by themselves.
//
// Error: REASON_REQUEST_INVALID for a format that is none.
func copyFormat(f pb.Format, fields []Field) (string, error) {
	o := copyOptions{Type: types[f]}
	switch f {
	case pb.Format_FORMAT_CSV:
		o.Delimiter, o.SkipHeaders, o.TrimSpaces, o.ConversionErrors = delimiter, new(0), "notrim", "reject_record"
	case pb.Format_FORMAT_JSON:
		for _, field := range fields {
			o.ColumnPath = append(o.ColumnPath, "$."+field.Name.Text())
		}
	default:
	}
	return text(f, o)
}

func text(f pb.Format, options any) (string, error) {
	if !Known(f) {
		return "", apierr.New(codes.InvalidArgument, pb.Reason_REASON_REQUEST_INVALID, "%s is not a format of files", f)
	}
	encoded, err := json.Marshal(options)
	if err != nil {
		return "", fmt.Errorf("format of DBMS_CLOUD: %w", err)
	}
	return string(encoded), nil
}
