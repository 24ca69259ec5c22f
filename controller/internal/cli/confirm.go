package cli

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// createAsking is create, except that it asks the user when rows of the target
// would be removed and nobody agreed to it yet. Without a terminal nobody can be
// asked, and the error stands.
func (a *app) createAsking(ctx context.Context, client pb.MigrationServiceClient, req *pb.CreateMigrationRequest) (*pb.MigrationStatus, error) {
	status, err := a.create(ctx, client, req)
	if !asksForConsent(err) || !term.IsTerminal(int(os.Stdin.Fd())) {
		return status, err
	}
	agreed, askErr := ask(ctx, fmt.Sprintf("%s.\nRemove them? Type yes to go on: ", sentence(apierr.From(err).Error())))
	if askErr != nil || !agreed {
		return nil, cmp.Or(askErr, err)
	}
	req.Spec.AllowDataRemoval = true
	return a.create(ctx, client, req)
}

// asksForConsent reports whether an error is that rows would be removed and nobody
// agreed to it (pb.ConsentToRemove).
func asksForConsent(err error) bool {
	f := apierr.FailureOf(err)
	return f.GetReason() == pb.Reason_REASON_TARGET_NOT_EMPTY && f.GetFacts()["field"] == pb.ConsentToRemove
}

// sentence begins with a capital.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// ask writes to the terminal and reads a line from it, wherever the output goes.
// Only the whole word is a yes. An interrupt ends the waiting.
func ask(ctx context.Context, question string) (bool, error) {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return false, nil // without a terminal nobody says yes
	}
	defer context.AfterFunc(ctx, func() { _ = tty.Close() })() // ends the reading
	defer func() { _ = tty.Close() }()
	if _, err := tty.WriteString(question); err != nil {
		return false, fmt.Errorf("ask on the terminal: %w", err)
	}
	line, err := bufio.NewReader(tty).ReadString('\n')
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	if err != nil {
		return false, fmt.Errorf("read from the terminal: %w", err)
	}
	return strings.TrimSpace(line) == "yes", nil
}
