package datum

// A Type is the declared type of a column, bind or result column.
type Type struct {
	Kind      Kind
	Fixed     bool // CHAR, NCHAR: blank padded
	National  bool // NVARCHAR2, NCHAR, NCLOB
	CharSized bool // declared in CHAR semantics
	Long      bool // LONG, LONG RAW
	Document  Document
	Size      int // text and RAW: bytes
	Chars     int // text: characters
	// Precision and Scale of NUMBER (an unconstrained NUMBER is 0, -127, as on
	// the wire), the fraction digits of a timestamp in Scale, and the leading
	// and fraction digits of an interval.
	Precision, Scale int
}

// Document says of which language the text of a CLOB is a document. Columns
// of JSON and XMLTYPE are kept as that text.
type Document uint8

// The kinds of document.
const (
	NoDocument Document = iota
	JSON
	XML
)

// A Column is one column of a table or a query.
type Column struct {
	Name     string
	Type     Type
	Nullable bool
}

// A Row is the values of one row, in column order.
type Row []Value
