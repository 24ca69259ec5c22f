package demo

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// longNote is the size of the rare notes that exceed what a VARCHAR2 holds.
const longNote = 40_000

// remarks are pieces of customer notes that break naive csv.
var remarks = []string{
	`Please ring the bell marked "Smith, J." twice.`,
	"Leave at the back door,\nbehind the blue bin.",
	"Tracking path: C:\\orders\\2025\\new, see attachment.\r\nThanks!",
	"So happy with this \U0001F680\U0001F389 — will order again \U0001F600",
	"He said: \"it's broken\"\n\"again\", she replied.\n\nRefund | replace; whichever is faster.",
	"tab\there, pipe | there, semicolon ; everywhere",
	"Größe passt nicht – bitte umtauschen. ありがとう",
	"ends with a backslash \\",
	"\"starts and ends with a quote\"",
	",leading comma and trailing comma,",
}

// address is a postal address of several lines.
func (w *writer) address(id int) string {
	f := w.fake
	separator := "\n"
	if id%7 == 0 {
		separator = "\r\n"
	}
	lines := []string{f.Street(), f.City() + ", " + f.State() + " " + f.Zip()}
	if id%4 == 1 {
		lines = append([]string{`c/o "` + f.LastName() + ` & Co."`}, lines...)
	}
	return strings.Join(append(lines, "USA"), separator)
}

// products is the JSON of one to three order lines.
func (w *writer) products() string {
	f := w.fake
	var b strings.Builder
	b.WriteString(`{"items": [`)
	for i := range f.Number(1, 3) {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, `{"sku": "SKU-%06d", "name": %s, "quantity": %d, "price": %s}`,
			f.Number(1, 999_999), strconv.Quote(f.Color()+" "+f.Noun()), f.Number(1, 9), cents(f.Number(100, 50_000)))
	}
	b.WriteString("]}")
	return b.String()
}

func (w *writer) metadata(id int) string {
	f := w.fake
	return fmt.Sprintf("{\n  \"source\": \"web\",\n  \"ip\": \"%s\",\n  \"session\": \"%s\",\n  \"tags\": [\"vip, gold\", \"a\\\\b\"],\n  \"seq\": %d\n}",
		f.IPv4Address(), f.UUID(), id)
}

// notes are NULL for every third order, empty for some, and long for a few.
func (w *writer) notes(id int) datum.Value {
	switch {
	case id%3 == 0:
		return datum.NULL
	case id%50 == 11:
		return datum.FromClob("")
	}
	note := remarks[id%len(remarks)]
	if w.fake.Bool() {
		note += "\n" + remarks[w.fake.Number(0, len(remarks)-1)]
	}
	if id%5000 == 1000 {
		note = strings.Repeat(note+"\n", longNote/len(note)+1)
	}
	return datum.FromClob(note)
}
