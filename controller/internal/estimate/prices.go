package estimate

import (
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/cockroachdb/apd/v3"

	"github.com/adbferry/adbferry/pkg/config"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

//go:embed prices.yaml
var builtinPrices []byte

// Prices returns the list that adbferry brings with it.
func Prices() (*pb.PriceList, error) { return ReadPrices("built-in prices", builtinPrices) }

// A priceFile is a price list as people write it.
type priceFile struct {
	Source   string `yaml:"source"`
	Date     string `yaml:"date"`
	Currency string `yaml:"currency"`
	Storage  string `yaml:"storage_per_gb_month"`
	Egress   string `yaml:"egress_per_gb"`
	Requests string `yaml:"requests_per_10000"`
	checked  *pb.PriceList
}

// Validate reports everything that is wrong with the file.
func (f *priceFile) Validate() error {
	f.checked = &pb.PriceList{
		Source: f.Source, Date: f.Date, Currency: f.Currency,
		StoragePerGbMonth: f.Storage, EgressPerGb: f.Egress, RequestsPer_10000: f.Requests,
	}
	return CheckPrices(f.checked)
}

// ReadPrices reads a price list from the text of a file, in strict YAML. All
// problems are in one error, which names the file.
func ReadPrices(name string, text []byte) (*pb.PriceList, error) {
	var f priceFile
	if err := config.Decode(name, text, &f); err != nil {
		return nil, err
	}
	return f.checked, nil
}

var currencies = regexp.MustCompile(`^[A-Z]{3}$`)

// CheckPrices reports everything that is wrong with a price list.
func CheckPrices(l *pb.PriceList) error {
	var wrong []error
	if l.GetSource() == "" {
		wrong = append(wrong, errors.New("source: say where the prices are from"))
	}
	if _, err := time.Parse(time.DateOnly, l.GetDate()); err != nil {
		wrong = append(wrong, fmt.Errorf("date: %q is not a date such as 2026-11-22", l.GetDate()))
	}
	if !currencies.MatchString(l.GetCurrency()) {
		wrong = append(wrong, fmt.Errorf("currency: %q is not a code such as USD", l.GetCurrency()))
	}
	for _, p := range []struct{ key, amount string }{
		{"storage_per_gb_month", l.GetStoragePerGbMonth()},
		{"egress_per_gb", l.GetEgressPerGb()},
		{"requests_per_10000", l.GetRequestsPer_10000()},
	} {
		if _, err := price(p.amount); err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", p.key, err))
		}
	}
	return errors.Join(wrong...)
}

// amounts of money have no exponents: nobody writes prices so.
var amounts = regexp.MustCompile(`^[0-9]{1,12}(\.[0-9]{1,12})?$`)

// price reads an amount of money.
func price(text string) (*apd.Decimal, error) {
	if !amounts.MatchString(text) {
		return nil, fmt.Errorf("%q is not an amount such as 0.0255", text)
	}
	d, _, err := apd.NewFromString(text)
	if err != nil {
		return nil, fmt.Errorf("read amount %q: %w", text, err)
	}
	return d, nil
}
