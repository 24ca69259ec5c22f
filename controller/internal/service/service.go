// Package service is MigrationService: each call is checked, handed to the one
// package that does it, and answered. What a migration is and does is decided
// in plan, migrate and journal.
package service

import (
	"context"
	"crypto/ed25519"
	"errors"
	"strconv"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/controller/internal/fleet"
	"github.com/adbferry/adbferry/controller/internal/journal"
	"github.com/adbferry/adbferry/controller/internal/migrate"
	"github.com/adbferry/adbferry/pkg/advice"
	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/par"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Options is what the service hands its calls to.
type Options struct {
	Store *journal.Store
	Fleet *fleet.Fleet
	Runs  *migrate.Runs
	// ReceiptKey returns the key that receipts are signed with.
	ReceiptKey func() (ed25519.PrivateKey, error)
	// Diagnosis returns what was found out last about two databases, nil when
	// nobody tried.
	Diagnosis func(source, target string) (*pb.Diagnosis, error)
	// KeepDiagnosis replaces what was found out about two databases. Durable on return.
	KeepDiagnosis func(*pb.Diagnosis) error
	// Closing ends when the controller shuts down, and all watches with it.
	Closing context.Context
}

// A Service answers the calls of MigrationService.
type Service struct {
	pb.UnsafeMigrationServiceServer
	Options
}

// New makes the service.
func New(o Options) *Service { return &Service{Options: o} }

// explain makes an error of the journal one that callers understand.
func explain(id string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*apierr.Error](err); ok {
		return err
	}
	if busy, ok := errors.AsType[*journal.BusyError](err); ok && busy.Own() {
		return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_MIGRATION_BUSY, "migration %s is running", id).
			WithHint("stop it first: %s", advice.Stop(id)).WithFact("migration_id", id)
	} else if ok {
		return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_MIGRATION_BUSY, "%v", busy).
			WithHint("ask that process: press Ctrl-C where it runs, or stop the migration at its controller").
			WithFact("migration_id", id)
	}
	if corrupt, ok := errors.AsType[*journal.CorruptError](err); ok {
		return damaged(id, corrupt)
	}
	if broken, ok := errors.AsType[*journal.WriteError](err); ok {
		return apierr.New(codes.ResourceExhausted, pb.Reason_REASON_JOURNAL_BROKEN, "%v", broken).
			WithHint("make room or repair the file system; nothing is lost, go on with: %s", advice.Resume(id)).
			WithFact("directory", broken.Dir).WithFact("migration_id", id)
	}
	switch {
	case errors.Is(err, journal.ErrNotFound):
		return apierr.New(codes.NotFound, pb.Reason_REASON_NOT_FOUND, "there is no migration %q", id).
			WithHint("adbferry list shows all migrations of this controller").
			WithFact("migration_id", id)
	case errors.Is(err, journal.ErrAbandoned):
		return apierr.New(codes.Aborted, pb.Reason_REASON_CANCELLED, "migration %s was interrupted: %v", id, err).
			WithHint("go on with: %s", advice.Resume(id)).
			WithFact("migration_id", id)
	default:
		return err
	}
}

// damaged is the error of a journal that lost an event. Without its first line
// nobody knows what the migration is.
func damaged(id string, err *journal.CorruptError) error {
	hint := "restore the file from a backup; or migrate under a new ID, after: " + advice.GiveUp(id)
	if err.Line == 1 {
		hint = "restore the file from a backup, or migrate under a new ID"
	}
	return apierr.New(codes.DataLoss, pb.Reason_REASON_JOURNAL_DAMAGED, "%v", err).WithHint("%s", hint).
		WithFact("migration_id", id).WithFact("path", err.Path).WithFact("line", strconv.Itoa(err.Line))
}

// checkPAR refuses a text that is no PAR URL, without repeating it.
func checkPAR(text string) error {
	if _, err := par.Parse(text); err != nil {
		return apierr.New(codes.InvalidArgument, pb.Reason_REASON_PAR_MALFORMED, "%v", err).
			WithHint("copy the whole URL that the console showed when the PAR was created: https://…/p/…/n/…/b/…/o/…").
			WithFact("field", "par_url")
	}
	return nil
}
