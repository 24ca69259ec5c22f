package transfer

import (
	"fmt"
	"strings"

	"github.com/adbferry/adbferry/agent/internal/chunk"
	"github.com/adbferry/adbferry/agent/internal/codec"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/agent/internal/table"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// from renders what stands after FROM to select the chunk.
func (j Job) from() (string, error) {
	source, err := oracle.NewTable(j.Plan.GetSource())
	if err != nil {
		return "", err
	}
	return chunk.From(source, j.Chunk)
}

// query renders what a chunk's export selects: every field of every carried
// column under a name of its own, the row's address where values overflow, then
// the marker.
func (j Job) query() (string, error) {
	from, err := j.from()
	if err != nil {
		return "", err
	}
	values, names, err := j.fields()
	if err != nil {
		return "", err
	}
	switch codec.MarkOf(j.Plan.GetFormat(), len(values)) {
	case codec.MarkField:
		values, names = append(values, j.typed(oracle.Literal(codec.Marker), codec.TextType(len(codec.Marker)))), append(names, "CEND")
	case codec.MarkEnd:
		values[len(values)-1] = codec.Ended(values[len(values)-1])
	case codec.MarkNone:
	}
	for i := range values {
		values[i] += " AS " + names[i]
	}
	return fmt.Sprintf("SELECT %s FROM %s", strings.Join(values, ", "), from), nil
}

// fields renders the fields of a row and their names.
func (j Job) fields() (values, names []string, err error) {
	for _, p := range table.InFiles(j.Plan) {
		name, err := oracle.NewName(p.GetColumn().GetName())
		if err != nil {
			return nil, nil, err
		}
		written, err := codec.Write(p, name.String())
		if err != nil {
			return nil, nil, err
		}
		types, err := codec.Types(p)
		if err != nil {
			return nil, nil, err
		}
		for i, w := range written {
			if p.GetEncoding() != pb.Encoding_ENCODING_NATIVE {
				w = j.typed(w, types[i])
			}
			values, names = append(values, w), append(names, fmt.Sprintf("C%d", len(names)+1))
		}
	}
	if codec.AnyOverflow(j.Plan.GetColumns()) {
		values, names = append(values, "ROWIDTOCHAR(ROWID)"), append(names, "CROW")
	}
	return values, names, nil
}

// typed gives a text that goes into a dump the type of its field in staging: a
// dump says of what type its columns are.
func (j Job) typed(text, kept string) string {
	if j.Plan.GetFormat() != pb.Format_FORMAT_DATAPUMP {
		return text
	}
	return fmt.Sprintf("CAST(%s AS %s)", text, kept)
}

// overflowQuery renders what the second export of a chunk selects: a row for
// every piece of every value that overflows. Each column is one
// pass over the rows; a value's pieces are read from it one after the other.
// The text is empty when no column overflows.
func (j Job) overflowQuery() (string, error) {
	from, err := j.from()
	if err != nil {
		return "", err
	}
	var selects []string
	for i, p := range table.InFiles(j.Plan) {
		o, ok, err := codec.OverflowOf(p)
		if err != nil {
			return "", err
		}
		if ok {
			text, err := overflowOf(p, o, i+1, from)
			if err != nil {
				return "", err
			}
			selects = append(selects, text)
		}
	}
	return strings.Join(selects, " UNION ALL "), nil
}

func overflowOf(p *pb.ColumnPlan, o codec.Overflow, ordinal int, from string) (string, error) {
	name, err := oracle.NewName(p.GetColumn().GetName())
	if err != nil {
		return "", err
	}
	object := o.Object(name.String())
	values := fmt.Sprintf("SELECT /*+ NO_MERGE */ ROWIDTOCHAR(ROWID) AS R, %s AS V, DBMS_LOB.GETLENGTH(%s) AS L FROM %s", object, object, from)
	return fmt.Sprintf("SELECT T.R AS CROW, '%d' AS CCOL, TO_CHAR(G.N, 'TM9') AS CNUM, %s AS CHEX, %s AS CEND FROM (%s) T "+
		"CROSS APPLY (SELECT LEVEL AS N FROM DUAL CONNECT BY LEVEL <= %s) G WHERE %s",
		ordinal, o.Piece("T.V", "G.N"), oracle.Literal(codec.Marker), values, o.Pieces("T.L"), o.Overflows("T.L")), nil
}
