package physics

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

// A Rate is bytes per second; 0 stands for no limit.
type Rate int64

// longest is the longest any transfer takes, in seconds.
const longest = 1e9

// Time returns how long n bytes take at this rate.
func (r Rate) Time(n int64) time.Duration {
	if r <= 0 {
		return 0
	}
	return time.Duration(min(float64(n)/float64(r), longest) * float64(time.Second))
}

// UnmarshalText reads "40MB/s", "40 MiB" or a number of bytes.
func (r *Rate) UnmarshalText(text []byte) error {
	n, err := humanize.ParseBytes(strings.TrimSuffix(string(text), "/s"))
	if err != nil || n > math.MaxInt64 {
		return fmt.Errorf("%q is not a rate: want a number of bytes per second, such as 40MB/s", text)
	}
	*r = Rate(n)
	return nil
}

// String writes the rate as it can be read again.
func (r Rate) String() string { return humanize.Bytes(uint64(max(r, 0))) + "/s" }
