package chunk_test

import (
	"testing"

	"github.com/adbferry/adbferry/agent/internal/chunk"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestConditionsStandInParenthesesOrNowhere(t *testing.T) {
	table, err := oracle.NewTable(&pb.TableName{Schema: "S", Name: "T"})
	if err != nil {
		t.Fatal(err)
	}
	from, err := chunk.Filtered(table, 7, "A = 1 OR B = 2")
	if want := `"S"."T" AS OF SCN 7 WHERE (A = 1 OR B = 2)`; err != nil || from != want {
		t.Errorf("got %q, want %q: %v", from, want, err)
	}
	_, err = chunk.Filtered(table, 7, "A = 1) OR (1 = 1")
	if apierr.ReasonOf(err) != pb.Reason_REASON_REQUEST_INVALID || apierr.FailureOf(err).GetFacts()["field"] != "where" || apierr.FailureOf(err).GetHint() == "" {
		t.Errorf("got %v", err)
	}
}
