package engine

import (
	"fmt"
	"strings"
	"testing"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

func TestTemporaryLOBsAreBuiltOfPieces(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE t (id NUMBER, c CLOB, b BLOB, n NCLOB)", `DECLARE
		c CLOB; b BLOB; n NCLOB;
	BEGIN
		DBMS_LOB.CREATETEMPORARY(c, TRUE);
		DBMS_LOB.CREATETEMPORARY(b, TRUE);
		DBMS_LOB.CREATETEMPORARY(lob_loc => n, cache => TRUE, dur => 10);
		INSERT INTO t VALUES (0, c, b, n);
		FOR i IN 1 .. 3 LOOP
			DBMS_LOB.APPEND(c, TO_CLOB('ä' || i));
			DBMS_LOB.APPEND(n, TO_NCLOB(N'😀'));
			DBMS_LOB.WRITEAPPEND(b, 2, HEXTORAW('00FF0' || i));
		END LOOP;
		DBMS_LOB.WRITEAPPEND(c, 1, 'xyz');
		INSERT INTO t VALUES (1, c, b, n);
		DBMS_LOB.TRIM(c, 2);
		DBMS_LOB.APPEND(c, 'z');
		INSERT INTO t VALUES (2, c, NULL, NULL);
		DBMS_LOB.FREETEMPORARY(c);
		INSERT INTO t VALUES (3, c, NULL, NULL);
	END;`)
	const want = "0|~|0:~|~; 1|ä1ä2ä3x|6:00FF00FF00FF|6:😀😀😀; 2|ä1z|:~|~; 3|~|:~|~"
	got := query(t, s, `SELECT id, DBMS_LOB.SUBSTR(c, 100, 1), DBMS_LOB.GETLENGTH(b) || ':' || RAWTOHEX(DBMS_LOB.SUBSTR(b, 100, 1)), NVL2(DBMS_LOB.SUBSTR(n, 1, 1),
		DBMS_LOB.GETLENGTH(n) || ':' || n, NULL) FROM t ORDER BY id`)
	if strings.ReplaceAll(got, "0:|", "0:~|") != strings.ReplaceAll(want, ":~|", ":|") && got != strings.ReplaceAll(want, ":~|", ":|") {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestMistakesWithTemporaryLOBs(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE t (c CLOB)", "INSERT INTO t VALUES ('stored')")
	failsWith(t, s, "DECLARE c CLOB; BEGIN DBMS_LOB.APPEND(c, 'x'); END;", "ORA-06502")
	failsWith(t, s, "DECLARE c CLOB := 'abc'; BEGIN DBMS_LOB.WRITEAPPEND(c, 3, 'xy'); END;", "ORA-21560")
	failsWith(t, s, "DECLARE c CLOB := 'abc'; BEGIN DBMS_LOB.TRIM(c, 4); END;", "ORA-22926")
	exec(t, s, "DECLARE c CLOB; d CLOB; BEGIN SELECT c INTO c FROM t; d := c || '!'; DBMS_LOB.APPEND(d, 'x'); INSERT INTO t VALUES (d); END;")
	if got := query(t, s, "SELECT c FROM t ORDER BY DBMS_LOB.GETLENGTH(c)"); got != "stored; stored!x" {
		t.Errorf("got %s", got)
	}
}

func TestLOBsThatShareABeginningStayApart(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE t (id NUMBER, c CLOB)", `DECLARE a CLOB := 'same'; b CLOB; BEGIN
		DBMS_LOB.APPEND(a, '-'); b := a; DBMS_LOB.APPEND(a, 'one'); DBMS_LOB.APPEND(b, 'two'); DBMS_LOB.APPEND(a, '!');
		INSERT INTO t VALUES (1, a); INSERT INTO t VALUES (2, b);
	END;`)
	if got := query(t, s, "SELECT c FROM t ORDER BY id"); got != "same-one!; same-two" {
		t.Errorf("got %s", got)
	}
}

// Characters of CLOBs are UCS-2 code units.
func TestCLOBsCountHalvesOfCharacters(t *testing.T) {
	s := testSession(t)
	for expr, want := range map[string]string{
		"LENGTH(TO_CLOB('a😀b')) || LENGTH('a😀b') || LENGTH2('a😀b') || LENGTH4('a😀b')":          "4343",
		"DBMS_LOB.GETLENGTH(TO_CLOB('a😀b'))":                                                   "4",
		"DBMS_LOB.SUBSTR(TO_CLOB('a😀b'), 2, 2)":                                                "😀",
		"DBMS_LOB.SUBSTR(TO_CLOB('a😀b'), 1, 4)":                                                "b",
		"DBMS_LOB.SUBSTR(TO_CLOB('a😀b'), 2, 1)":                                                "a\uFFFD",
		"DBMS_LOB.SUBSTR(TO_CLOB('a😀b'), 2, 3)":                                                "\uFFFDb",
		"DBMS_LOB.SUBSTR(TO_CLOB('a😀b'), 1, 3)":                                                "\uFFFD",
		"SUBSTR(TO_CLOB('a😀b'), 4)":                                                            "b",
		"INSTR(TO_CLOB('a😀b'), 'b') || INSTR('a😀b', 'b')":                                      "43",
		"DBMS_LOB.SUBSTR(TO_CLOB(RPAD('ä', 4095, 'ä')) || '😀' || RPAD('€', 10, '€'), 2, 4096)": "😀",
		"DBMS_LOB.SUBSTR(TO_CLOB(RPAD('ä', 4095, 'ä')) || '😀' || RPAD('€', 10, '€'), 2, 4098)": "€€",
	} {
		if got := query(t, s, "SELECT "+expr+" FROM DUAL"); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", expr, got, want)
		}
	}
	failsWith(t, s, "SELECT LENGTH4(TO_CLOB('a')) FROM DUAL", "ORA-00932")
}

// FuzzUCS2 compares the index with counting from the start.
func FuzzUCS2(f *testing.F) {
	f.Add("aä😀€", uint16(1), uint16(3))
	f.Add(strings.Repeat("😀", 5000), uint16(4095), uint16(9000))
	f.Fuzz(func(t *testing.T, text string, from, to uint16) {
		if len(text) > 1<<16 {
			return
		}
		text = strings.ToValidUTF8(text, "")
		x := newUCS2Index(text)
		a, b := min(int(from), x.units), min(int(to), x.units)
		var want strings.Builder
		n := 0
		for _, r := range text {
			whole := n >= a && n+datum.UTF16Units(r) <= b
			switch touched := n < b && n+datum.UTF16Units(r) > a; {
			case whole:
				want.WriteRune(r)
			case touched && a < b:
				want.WriteRune('\uFFFD')
			}
			n += datum.UTF16Units(r)
		}
		if got := x.cut(a, b); got != want.String() {
			t.Errorf("[%d, %d) of %q is %q, want %q", a, b, fmt.Sprintf("%.20s", text), got, want.String())
		}
	})
}
