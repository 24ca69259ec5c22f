package agent_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/adbferry/adbferry/sim"
)

// alphabets are what random texts are made of.
var alphabets = []string{
	"abcXYZ019 -_", ",\"'\\|;\t\n\r ", "äöü€ß", "😀🚀𝄞", "e\u0301a\u0308", "שלוםمرحبا", "\x00\x01\x7f",
}

// randomText returns n characters of one or two alphabets, as a literal that
// needs no escaping.
func randomText(r *rand.Rand, n int) string {
	letters := []rune(alphabets[r.IntN(len(alphabets))] + alphabets[r.IntN(len(alphabets))])
	var b strings.Builder
	for range n {
		b.WriteRune(letters[r.IntN(len(letters))])
	}
	return fmt.Sprintf("UTL_RAW.CAST_TO_VARCHAR2(HEXTORAW('%X'))", b.String())
}

// TestRandomRowsArriveUnchanged draws rows around the borders between pieces.
// A failure prints the seed, which repeats it.
func TestRandomRowsArriveUnchanged(t *testing.T) {
	for i, size := range []sim.MaxStringSize{sim.Extended, sim.Standard, sim.Standard} {
		seed := uint64(20251215 + i)
		t.Run(fmt.Sprintf("%s, seed %d", size, seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 0))
			p := newPair(t, sim.Config{Knobs: sim.Knobs{MaxStringSize: size}})
			p.exec(sim.SanJose, "CREATE TABLE R (id NUMBER, v VARCHAR2(2000), n NVARCHAR2(500), c CLOB, nc NCLOB, b BLOB, w RAW(1000))")
			units := map[sim.MaxStringSize]int{sim.Extended: 4095, sim.Standard: 500}[size]
			for id := range 40 {
				pieces := r.IntN(4)
				if id%10 == 9 {
					pieces = 14 // beyond what stands in a row
				}
				steps := fmt.Sprintf("c := TO_CLOB(%s);", randomText(r, 1+r.IntN(200)))
				steps += fmt.Sprintf(" WHILE DBMS_LOB.GETLENGTH(c) < %d LOOP c := c || c; END LOOP;", pieces*units)
				steps += fmt.Sprintf(" c := SUBSTR(c, 1, %d); b := TO_BLOB(HEXTORAW('%X'));", max(pieces*units+r.IntN(3)-1, 1), randomText(r, 1+r.IntN(50)))
				steps += fmt.Sprintf(" FOR i IN 1 .. %d LOOP DBMS_LOB.APPEND(b, b); END LOOP;", r.IntN(10))
				p.exec(sim.SanJose, fmt.Sprintf("DECLARE c CLOB; b BLOB; BEGIN %s INSERT INTO R VALUES (%d, %s, %s, c, TO_NCLOB(c), b, HEXTORAW('%X')); END;",
					steps, id, randomText(r, 1+r.IntN(400)), randomText(r, 1+r.IntN(100)), randomText(r, r.IntN(8))))
			}
			p.move("m1", "R")
			p.checkEqual("R")
		})
	}
}
