package codec

import (
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

const (
	// jsonField is what stands around a value of a JSON document: key, quotes, colon, comma.
	jsonField = 10
	// Parquet saves what repeats: values, and parts of them. Hex and other text
	// without repetitions stay what they are.
	parquetOf, parquetTo = 10, 9
)

// EstimatedBytes guesses how many bytes a row of the carried columns takes in a
// file of the format. found is what a scan found in columns by name, nil for nothing.
func EstimatedBytes(format pb.Format, columns []*pb.ColumnPlan, found map[string]Found) int64 {
	values, fields := int64(0), int64(1) // the marker
	for _, p := range columns {
		f := familyOf(p.GetColumn())
		if f == nil || p.GetLeftOut() != "" {
			continue
		}
		if f = encoded(f, p.GetEncoding()); f != nil {
			values += f.typical(p, found[p.GetColumn().GetName()].Average)
			fields += int64(p.GetPieces())
		}
	}
	switch format {
	case pb.Format_FORMAT_JSON:
		return values + fields*jsonField
	case pb.Format_FORMAT_PARQUET:
		return (values + fields) * parquetTo / parquetOf
	default:
		return values + fields + int64(len(Marker))
	}
}
