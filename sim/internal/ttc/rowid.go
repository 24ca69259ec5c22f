package ttc

import (
	"math"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// Rowid writes the address of a row as a column of type ROWID: not as text, but
// as the numbers that clients make the text of. All four being zero is how
// clients tell that there is none, so what is no address goes out as NULL.
func (w *Writer) Rowid(v datum.Value) {
	text := v.Text()
	if len(text) != datum.RowidLength {
		w.U8(0)
		return
	}
	w.U8(1)
	w.address(text)
}

// address writes the numbers of a ROWID, all zero for what is none.
func (w *Writer) address(text string) {
	if len(text) != datum.RowidLength {
		w.Zeros(5)
		return
	}
	w.UB(rowidPart(text[:6], math.MaxUint32))
	w.UB(rowidPart(text[6:9], math.MaxUint16))
	w.U8(0)
	w.UB(rowidPart(text[9:15], math.MaxUint32))
	w.UB(rowidPart(text[15:], math.MaxUint16))
}

// rowidPart reads digits of a ROWID. Clients refuse numbers above limit, which
// the address of a row here never reaches.
func rowidPart(digits string, limit uint64) (n uint64) {
	for _, d := range digits {
		n = n<<6 | uint64(max(strings.IndexRune(datum.RowidDigits, d), 0))
	}
	return min(n, limit)
}
