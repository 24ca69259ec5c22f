package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/brianvoe/gofakeit/v7"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// seed fixes the data; changing it changes every row.
const seed = 20251215

// firstDay is where order dates start; they spread over two years.
var firstDay = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

var (
	statuses = []string{"PENDING", "PROCESSING", "SHIPPED", "DELIVERED", "CANCELLED", "RETURNED", "ON HOLD"}
	payments = []string{"CREDIT CARD", "DEBIT CARD", "PAYPAL", "BANK TRANSFER", "GIFT CARD", "CASH ON DELIVERY"}

	// awkwardNames come up beside the generated ones. None holds a comma: the
	// tutorial moves this column through csv without quotes.
	awkwardNames = []string{
		"Seán O'Brien", "Renée d'Arc-L'Hermite", `Robert "Bob" Müller`, "Zoë Ångström", "Łukasz Żółkiewski",
		"Nguyễn Thị Ánh", "山田 太郎", "Ioan Petrescu; Jr.", `Back\slash Jones`, "O''Neil | Sons",
	}
)

// order is one row, in Go's terms. Amounts are texts, so that no digit is lost;
// "" is NULL.
type order struct {
	id, customer         int
	name, email          string
	placed               time.Time
	total, discount, tax string
	status, payment      string
	address              string
	products, metadata   string
	notes                datum.Value
	created              time.Time
	updated              datum.Value
}

func (o order) row() datum.Row {
	return datum.Row{
		datum.FromInt(int64(o.id)), datum.FromInt(int64(o.customer)), datum.FromText(o.name), datum.FromText(o.email),
		datum.FromTimestamp(o.placed), amount(o.total), amount(o.discount), amount(o.tax),
		datum.FromClob(o.address), datum.FromText(o.status), datum.FromText(o.payment),
		datum.FromClob(o.products), datum.FromClob(o.metadata), o.notes,
		datum.FromTimestamp(o.created), o.updated,
	}
}

// amount reads what cents wrote, which is always a number or nothing.
func amount(text string) datum.Value {
	if text == "" {
		return datum.NULL
	}
	v, err := datum.ParseNumber(text)
	if err != nil {
		panic(err)
	}
	return v
}

func cents(n int) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	return fmt.Sprintf("%s%d.%02d", sign, n/100, n%100)
}

// writer makes orders. Each order reseeds it, so that a row does not depend on
// the rows before it.
type writer struct {
	source *rand.PCG
	fake   *gofakeit.Faker
}

func newWriter() *writer {
	source := rand.NewPCG(seed, 0)
	return &writer{source: source, fake: gofakeit.NewFaker(source, false)}
}

// order makes the order with the given number, from 1.
func (w *writer) order(id int) order {
	w.source.Seed(seed, uint64(id))
	f := w.fake
	placed := firstDay.Add(time.Duration(f.Number(0, 2*365*24*3600-1))*time.Second + time.Duration(f.Number(0, 999_999))*time.Microsecond)
	o := order{
		id:       id,
		customer: 100_000 + f.Number(0, 899_999),
		name:     w.name(id),
		placed:   placed,
		status:   statuses[f.Number(0, len(statuses)-1)],
		payment:  payments[f.Number(0, len(payments)-1)],
		address:  w.address(id),
		products: w.products(),
		metadata: w.metadata(id),
		notes:    w.notes(id),
		created:  placed.Add(time.Duration(f.Number(1, 5_000_000)) * time.Microsecond),
	}
	o.email = w.email(o.name)
	o.updated = datum.FromTimestamp(o.created.Add(time.Duration(f.Number(0, 90*24*3600)) * time.Second))
	o.setAmounts(f)
	o.leaveOut()
	return o
}

func (o *order) setAmounts(f *gofakeit.Faker) {
	total := f.Number(500, 500_000)
	switch o.id % 97 {
	case 0:
		total = 0
	case 1:
		total = -total // a refund
	case 2:
		total = 9_999_999_999 // the largest that fits
	}
	o.total, o.tax = cents(total), cents(total/12)
	o.discount = cents(f.Number(0, 60) * 50)
	if o.id%11 == 0 {
		o.discount = "-1.25"
	}
}

// leaveOut makes NULLs.
func (o *order) leaveOut() {
	if o.id%5 == 3 {
		o.discount = ""
	}
	if o.id%101 == 7 {
		o.payment = ""
	}
	if o.id%89 == 4 {
		o.updated = datum.NULL
	}
}

func (w *writer) name(id int) string {
	if id%13 == 5 {
		return awkwardNames[id/13%len(awkwardNames)]
	}
	f := w.fake
	return f.FirstName() + " " + f.MiddleName() + " " + f.LastName() + "-" + f.LastName()
}

// email is an address that could be the person's. It holds ASCII letters only.
func (w *writer) email(name string) string {
	local := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r == '-':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r == ' ':
			return '.'
		}
		return -1
	}, name)
	return fmt.Sprintf("%s.%d@%s", strings.Trim(local, ".-"), w.fake.Number(10, 9999), w.fake.DomainName())
}
