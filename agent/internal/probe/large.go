package probe

import (
	"context"
	"fmt"
	"strings"

	"github.com/adbferry/adbferry/agent/internal/oracle"
)

// MaxLarge is the largest size of large objects that is tried, in bytes.
const MaxLarge = 64 << 20

// createLarge makes a table with one row of a CLOB and a BLOB of a size. The
// values are made in the database: none of them passes through the agent.
func createLarge(ctx context.Context, s *oracle.Session, migration string, index int, size int64) (oracle.Name, error) {
	name, err := tableName(migration, fmt.Sprintf("L%d", index+1))
	if err != nil {
		return name, err
	}
	if _, err := s.Exec(ctx, createKind, fmt.Sprintf("CREATE TABLE %s (ID NUMBER(10,0) PRIMARY KEY, T_CLOB CLOB, T_BLOB BLOB)", name)); err != nil {
		return name, err
	}
	return name, s.Call(ctx, fillKind, fmt.Sprintf(`DECLARE
  V_TEXT CLOB;
  V_BYTES BLOB;
BEGIN
%s%s  INSERT INTO %s (ID, T_CLOB, T_BLOB) VALUES (1, V_TEXT, V_BYTES);
  DBMS_LOB.FREETEMPORARY(V_TEXT);
  DBMS_LOB.FREETEMPORARY(V_BYTES);
END;`, grow("V_TEXT", textPiece(), textPieceChars, size), grow("V_BYTES", rawPiece(), rawPieceBytes, size), name))
}

// grow renders the PL/SQL that fills a variable with pieces until it has a size.
func grow(variable, piece string, length, size int64) string {
	return fmt.Sprintf(`  DBMS_LOB.CREATETEMPORARY(%[1]s, TRUE);
  FOR V_ROW IN (SELECT %[2]s AS PIECE FROM DUAL CONNECT BY LEVEL <= %[3]d) LOOP
    DBMS_LOB.WRITEAPPEND(%[1]s, LEAST(%[4]d, %[5]d - DBMS_LOB.GETLENGTH(%[1]s)), V_ROW.PIECE);
  END LOOP;
`, variable, piece, (size+length-1)/length, length, size)
}

const (
	// hashes is how many hashes a piece has, each of hashHex characters: as text
	// and as hexadecimal text a piece is well below the 4000 bytes of an SQL text.
	hashes  = 12
	hashHex = 128
	// textPieceChars is the length of a piece of text: every two hashes with a
	// delimiter, two quotes and a newline.
	textPieceChars = hashes*hashHex + hashes/2*4
	// rawPieceBytes is the length of a piece of bytes: every hash with a zero byte.
	rawPieceBytes = hashes * (hashHex/2 + 1)
)

// hash renders a text of a row that is hard to compress and the same every time.
func hash(label string, n int) string {
	return fmt.Sprintf("RAWTOHEX(STANDARD_HASH('%s%d:' || TO_CHAR(LEVEL, 'TM9'), 'SHA512'))", label, n)
}

// textPiece renders lines of text that a delimited file trips over.
func textPiece() string {
	var parts []string
	for n := 0; n < hashes; n += 2 {
		parts = append(parts, hash("T", n)+` || ',"'`, hash("T", n+1)+` || '"' || CHR(10)`)
	}
	return strings.Join(parts, " || ")
}

// rawPiece renders any bytes, zero among them.
func rawPiece() string {
	var parts []string
	for n := range hashes {
		parts = append(parts, "'00' || "+hash("B", n))
	}
	return "HEXTORAW(" + strings.Join(parts, " || ") + ")"
}
