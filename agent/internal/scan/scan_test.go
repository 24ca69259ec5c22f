package scan

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/agent/internal/codec"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestOnlyWhatTypesDoNotSayIsAsked(t *testing.T) {
	questions, err := ask([]*pb.Column{
		{Name: "ID", DataType: "NUMBER"}, {Name: "Doc", DataType: "CLOB"}, {Name: "X", DataType: "BFILE"}, {Name: "V", DataType: "CLOB", Virtual: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	var expressions []string
	for _, q := range questions {
		expressions = append(expressions, q.column+" "+q.expression)
	}
	if diff := cmp.Diff([]string{`Doc MAX(DBMS_LOB.GETLENGTH("Doc"))`, `Doc SUM(DBMS_LOB.GETLENGTH("Doc"))`}, expressions); diff != "" {
		t.Error(diff)
	}
	if _, err := ask([]*pb.Column{{Name: `a"b`, DataType: "CLOB"}}); apierr.ReasonOf(err) != pb.Reason_REASON_NAME_INVALID {
		t.Errorf("a name with a quote: %v", err)
	}
}

func TestAnswersBecomeFindings(t *testing.T) {
	for _, tt := range []struct {
		longest, sum, harmful, rows int64
		want                        codec.Found
	}{
		{100, 250, 1, 10, codec.Found{Longest: 100, Average: 25}},
		{100, 250, 0, 10, codec.Found{Longest: 100, Average: 25, Harmless: true}},
		{0, 0, 0, 0, codec.Found{Harmless: true}},
	} {
		var found codec.Found
		for i, q := range about("C", codec.Measure{Length: "l", Size: "s", Harmful: "h"}) {
			q.note(&found, []int64{tt.longest, tt.sum, tt.harmful}[i], tt.rows)
		}
		if diff := cmp.Diff(tt.want, found); diff != "" {
			t.Error(diff)
		}
	}
}
