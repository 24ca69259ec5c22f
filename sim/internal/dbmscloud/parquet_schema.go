package dbmscloud

import (
	"fmt"
	"io"
	"strings"

	"github.com/parquet-go/parquet-go"
	pqformat "github.com/parquet-go/parquet-go/format"
)

// parquetColumnList makes the column list of an external table over a Parquet
// object: its columns with the Oracle types of reference, section 2.6, names in
// upper case.
//
// Errors: ORA-20000 for what is no Parquet file, and for columns whose types are
// not in the mapping or not simulated.
func parquetColumnList(in io.Reader, uri string) (_ string, err error) {
	defer recoverDamage(uri, &err)
	file, err := openParquet(in, uri)
	if err != nil {
		return "", err
	}
	var list []string
	for _, column := range file.Root().Columns() {
		oracle := parquetOracleType(column)
		name := strings.ToUpper(column.Name())
		if oracle == "" || strings.ContainsAny(name, "\"\x00") {
			return "", notSimulated("parquet column " + column.Name() + " in an external table without column_list")
		}
		list = append(list, quoted(name)+" "+oracle)
	}
	if len(list) == 0 {
		return "", errParquet(uri)
	}
	return strings.Join(list, ", "), nil
}

// parquetOracleType is the type of the column that a leaf becomes; "" for none.
func parquetOracleType(column *parquet.Column) string {
	if !column.Leaf() || column.MaxRepetitionLevel() > 0 {
		return ""
	}
	if logical := column.Type().LogicalType(); logical != nil {
		return logicalOracleType(logical.Value)
	}
	switch column.Type().Kind() {
	case parquet.Boolean:
		return "NUMBER(1)"
	case parquet.Int32:
		return "NUMBER(10)"
	case parquet.Int64:
		return "NUMBER(19)"
	case parquet.Float:
		return "BINARY_FLOAT"
	case parquet.Double:
		return "BINARY_DOUBLE"
	default:
		return ""
	}
}

// logicalOracleType is the column type of a logical type, "" for one that is not
// mapped.
func logicalOracleType(logical pqformat.LogicalTypeValue) string {
	switch t := logical.(type) {
	case *pqformat.StringType:
		return "VARCHAR2(4000)"
	case *pqformat.DecimalType:
		return fmt.Sprintf("NUMBER(%d,%d)", t.Precision, t.Scale)
	case *pqformat.DateType:
		return "DATE"
	case *pqformat.TimeType:
		return "VARCHAR2(20 BYTE)"
	case *pqformat.TimestampType:
		switch t.Unit.Value.(type) {
		case *pqformat.MilliSeconds:
			return "TIMESTAMP(3)"
		case *pqformat.MicroSeconds:
			return "TIMESTAMP(6)"
		}
		return "TIMESTAMP(9)"
	case *pqformat.IntType:
		digits := map[int8]int{8: 3, 16: 5, 32: 10, 64: 19}[t.BitWidth]
		if t.BitWidth == 64 && !t.IsSigned {
			digits = 20
		}
		return fmt.Sprintf("NUMBER(%d)", digits)
	}
	return ""
}
