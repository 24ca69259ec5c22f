// Package quantity writes how many of something there are, for people: the digits
// grouped, and the noun in the right number.
package quantity

import "github.com/dustin/go-humanize"

// Of returns a number and its noun, such as "1 row" and "50,000 rows". The plural
// of the noun must be the noun and an s.
func Of[N int | int32 | int64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return humanize.Comma(int64(n)) + " " + noun + "s"
}
