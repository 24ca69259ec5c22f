package estimate

import (
	"fmt"

	"github.com/cockroachdb/apd/v3"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// objectBytes is where an export begins another object (reference, section 1.5).
const objectBytes = 10 << 20

// The requests of one attempt beside writing and reading its objects: listing
// until nothing changes any more, on both sides.
const listings = 6

// money calculates with more digits than any amount has.
var money = apd.BaseContext.WithPrecision(60)

// costs of one migration: its objects for a month, which stay since a PAR cannot
// delete, their way into the other region, and the requests.
func costs(p *pb.MigrationPlan, bytes int64, list *pb.PriceList) []*pb.Cost {
	origin := fmt.Sprintf("%s of %s", list.GetSource(), list.GetDate())
	out := []*pb.Cost{cost("storage", bytes, list.GetStoragePerGbMonth(), 1_000_000_000, list.GetCurrency(),
		"one month at "+list.GetStoragePerGbMonth()+" per GB, "+origin)}
	if p.GetSource().GetRegion() != p.GetTarget().GetRegion() {
		out = append(out, cost("egress", bytes, list.GetEgressPerGb(), 1_000_000_000, list.GetCurrency(),
			"once between regions at "+list.GetEgressPerGb()+" per GB, "+origin))
	}
	return append(out, cost("requests", requests(p), list.GetRequestsPer_10000(), 10_000, list.GetCurrency(),
		list.GetRequestsPer_10000()+" per 10,000, "+origin))
}

// requests is how many the object store will see, about.
func requests(p *pb.MigrationPlan) int64 {
	var n int64
	for _, t := range p.GetTables() {
		chunks := int64(len(t.GetChunks()))
		n += listings*chunks + 2*(chunks+t.GetEstimatedBytes()/objectBytes)
	}
	return n
}

// cost is amount units at a price for so many of them, rounded up to the cent.
// The list was checked, so nothing can go wrong with its numbers.
func cost(what string, amount int64, unitPrice string, per int64, currency, source string) *pb.Cost {
	sum, err := price(unitPrice)
	if err == nil {
		_, err = money.Mul(sum, sum, apd.New(amount, 0))
	}
	if err == nil {
		_, err = money.Quo(sum, sum, apd.New(per, 0))
	}
	if err == nil {
		err = ceiling(sum)
	}
	if err != nil {
		return &pb.Cost{What: what, Currency: currency, Source: "unknown: " + err.Error()}
	}
	return &pb.Cost{What: what, Amount: sum.Text('f'), Currency: currency, Source: source}
}

// ceiling rounds an amount up to the cent. Quantize alone would make nothing of
// amounts far below one.
func ceiling(sum *apd.Decimal) error {
	cents := new(apd.Decimal)
	if _, err := money.Quantize(cents, sum, -2); err != nil {
		return err
	}
	if cents.Cmp(sum) < 0 {
		if _, err := money.Add(cents, cents, apd.New(1, -2)); err != nil {
			return err
		}
	}
	sum.Set(cents)
	return nil
}
