package controller

import (
	"fmt"
	"os"

	"github.com/adbferry/adbferry/controller/internal/estimate"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// LoadPrices reads a file with the prices of Object Storage, in the form of the
// list that adbferry brings with it. All problems are reported at once.
func LoadPrices(path string) (*pb.PriceList, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read prices: %w", err)
	}
	return estimate.ReadPrices("prices "+path, text)
}
