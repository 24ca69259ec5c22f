package definition

import (
	"slices"
	"strings"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// index renders what stands before and behind the table's name in CREATE INDEX.
func index(x *pb.Index) (before, behind string, err error) {
	kind := "INDEX "
	switch {
	case x.GetUnique():
		kind = "UNIQUE INDEX "
	case x.GetBitmap():
		kind = "BITMAP INDEX "
	}
	columns := make([]string, len(x.GetColumns()))
	for i, c := range x.GetColumns() {
		if columns[i], err = indexColumn(c); err != nil {
			return "", "", err
		}
	}
	behind = "(" + strings.Join(columns, ", ") + ")"
	if x.GetLocal() {
		behind += " LOCAL"
	}
	if x.GetInvisible() {
		behind += " INVISIBLE"
	}
	return kind, behind, nil
}

func indexColumn(c *pb.IndexColumn) (string, error) {
	text := ended(c.GetExpression())
	if text == "" {
		name, err := oracle.NewName(c.GetColumn())
		if err != nil {
			return "", err
		}
		text = name.String()
	}
	if c.GetDescending() {
		text += " DESC"
	}
	return text, nil
}

// sameIndex reports whether two indexes find the same rows in the same way.
// Names are not looked at.
func sameIndex(a, b *pb.Index) bool {
	return a.GetUnique() == b.GetUnique() && a.GetBitmap() == b.GetBitmap() && a.GetInvisible() == b.GetInvisible() && a.GetLocal() == b.GetLocal() &&
		slices.EqualFunc(a.GetColumns(), b.GetColumns(), func(a, b *pb.IndexColumn) bool {
			return a.GetColumn() == b.GetColumn() && a.GetDescending() == b.GetDescending() && same(a.GetExpression(), b.GetExpression())
		})
}
