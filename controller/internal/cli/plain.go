package cli

import (
	"cmp"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/adbferry/adbferry/pkg/progress"
	"github.com/adbferry/adbferry/pkg/quantity"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// tickPause is the least time between two lines about the progress of one chunk.
const tickPause = 5 * time.Second

// A plainPrinter prints each event as one line with its time.
type plainPrinter struct {
	app    *app
	mu     sync.Mutex
	ticked map[string]time.Time // by chunk or table
	told   told
}

func (p *plainPrinter) event(_ *pb.MigrationStatus, e *pb.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if progress.IsTick(e) && !p.due(e) {
		return
	}
	subject := cmp.Or(e.GetChunkId(), e.GetTableId(), e.GetMigrationId())
	p.app.print("%s  %s  %s\n", e.GetTime().AsTime().Local().Format(time.TimeOnly), subject, p.told.text(e))
}

// due reports whether a tick is worth a line: it tells something, and the last
// one about its chunk was some time ago.
func (p *plainPrinter) due(e *pb.Event) bool {
	at, sofar := e.GetTime().AsTime(), e.GetChunkProgress()
	if sofar.GetPhase() == pb.Phase_PHASE_UNSPECIFIED || (sofar.GetPhase() == pb.Phase_PHASE_EXPORT && sofar.GetObjects() == 0) {
		return false
	}
	of := cmp.Or(e.GetChunkId(), e.GetTableId())
	if at.Sub(p.ticked[of]) < tickPause {
		return false
	}
	if p.ticked == nil {
		p.ticked = map[string]time.Time{}
	}
	p.ticked[of] = at
	return true
}

func (p *plainPrinter) say(text string) { p.app.warn(text) }

func (p *plainPrinter) close() {}

// eventText says what happened, without whom it happened to.
func eventText(e *pb.Event) string {
	switch kind := e.GetKind().(type) {
	case *pb.Event_MigrationPlanned:
		p := kind.MigrationPlanned.GetPlan()
		return fmt.Sprintf("planned: %s from %s to %s, as of SCN %d",
			quantity.Of(len(p.GetTables()), "table"), p.GetSpec().GetSource(), p.GetSpec().GetTarget(), p.GetScn())
	case *pb.Event_MigrationChanged:
		c := kind.MigrationChanged
		return withFailure(endText(c.GetState(), c.GetReceipt()), c.GetFailure())
	case *pb.Event_TableChanged:
		return withFailure(tableText(kind.TableChanged), kind.TableChanged.GetFailure())
	case *pb.Event_TableDigested:
		return "digested on the source: " + quantity.Of(kind.TableDigested.GetSource().GetRows(), "row")
	case *pb.Event_TableReplanned:
		return replannedText(kind.TableReplanned)
	case *pb.Event_ChunkChanged:
		return withFailure(chunkText(e.GetAttempt(), kind.ChunkChanged), kind.ChunkChanged.GetFailure())
	case *pb.Event_ChunkProgress:
		return progressText(kind.ChunkProgress)
	case *pb.Event_MigrationCleanedUp:
		return cleaningText(kind.MigrationCleanedUp)
	case *pb.Event_Notice:
		return "notice: " + kind.Notice.GetText()
	default:
		return "an event that this version does not know"
	}
}

// tableText says what a table reached.
func tableText(c *pb.TableChanged) string {
	switch c.GetState() {
	case pb.TableState_TABLE_STATE_PREPARED:
		if c.GetCreated() {
			return "target table created"
		}
		return "target table prepared"
	case pb.TableState_TABLE_STATE_FINISHED:
		return "keys and statistics are in place"
	case pb.TableState_TABLE_STATE_VERIFIED:
		if progress.ListsDefinitions(c) { // it was verified before
			return foreignKeysText(len(c.GetDefinitionFailures()))
		}
		return "verified: " + comparisonText(c.GetComparison())
	case pb.TableState_TABLE_STATE_FAILED:
		if c.GetComparison() != nil {
			return "failed: " + comparisonText(c.GetComparison())
		}
		return "failed"
	default:
		return word(c.GetState().String(), "TABLE_STATE_")
	}
}

// foreignKeysText says how the foreign keys of a table went, which are made when
// all tables are there.
func foreignKeysText(failed int) string {
	if failed == 0 {
		return "its foreign keys are in place"
	}
	return "foreign keys: " + number(int64(failed)) + " could not be made"
}

// comparisonText shows both counts, and at a glance whether they and the digests
// are equal.
func comparisonText(c *pb.Comparison) string {
	sign := "="
	if c.GetSourceRows() != c.GetTargetRows() {
		sign = "≠"
	}
	text := fmt.Sprintf("%s %s %s", number(c.GetSourceRows()), sign, quantity.Of(c.GetTargetRows(), "row"))
	if digests := digestsText(c); digests != "" {
		text += ", digests " + digests
	}
	return text
}

// digestsText says how the digests compare; it is empty when none were taken.
func digestsText(c *pb.Comparison) string {
	switch source, target := c.GetSourceDigest(), c.GetTargetDigest(); {
	case source == nil || target == nil:
		return ""
	case source.GetSum() != target.GetSum():
		return "DIFFER"
	case len(c.GetNotCompared()) > 0:
		return "equal as far as compared"
	default:
		return "equal"
	}
}

// chunkText says what a chunk reached; from the second attempt on with its number.
func chunkText(attempt int32, c *pb.ChunkChanged) string {
	again := ""
	if attempt > 1 {
		again = fmt.Sprintf(", attempt %d", attempt)
	}
	switch c.GetState() {
	case pb.ChunkState_CHUNK_STATE_EXPORTED:
		return fmt.Sprintf("exported: %s in %s, %s",
			quantity.Of(c.GetManifest().GetRows(), "row"), quantity.Of(len(c.GetManifest().GetObjects()), "object"), size(c.GetManifest().TotalBytes()))
	case pb.ChunkState_CHUNK_STATE_IMPORTED:
		return "imported: " + quantity.Of(c.GetRowsImported(), "row")
	case pb.ChunkState_CHUNK_STATE_VERIFIED:
		return "as many rows arrived as were written"
	default:
		return word(c.GetState().String(), "CHUNK_STATE_") + again
	}
}

// progressText says how far a running attempt is, as far as the database tells.
func progressText(p *pb.ChunkProgress) string {
	parts := []string{phaseText(p.GetPhase())}
	if p.GetObjects() > 0 {
		parts = append(parts, quantity.Of(p.GetObjects(), "object"), size(p.GetBytes()))
	}
	if p.GetRows() > 0 {
		parts = append(parts, quantity.Of(p.GetRows(), "row"))
	}
	return strings.Join(parts, ", ")
}

// withFailure adds why; the hint comes at the end of the migration.
func withFailure(text string, f *pb.Failure) string {
	if f == nil {
		return text
	}
	return text + ": " + f.GetText()
}
