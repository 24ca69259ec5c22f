package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func tickAt(after time.Duration, chunk string, bytes int64) *pb.Event {
	e := progress.Subject{Migration: "m1", Table: "HR.STAFF", Chunk: chunk}.Tick(&pb.ChunkProgress{Phase: pb.Phase_PHASE_EXPORT, Objects: 1, Bytes: bytes})
	e.Time = timestamppb.New(at(10).AsTime().Add(after))
	return e
}

func TestPlainPrintsATickOfAChunkNowAndThen(t *testing.T) {
	var out bytes.Buffer
	p := &plainPrinter{app: &app{stdout: &out, stderr: &out}}
	status := sampleStatus()
	for i := range 12 {
		p.event(status, tickAt(time.Duration(i)*time.Second, "HR.STAFF/000001", int64(i)))
	}
	p.event(status, tickAt(time.Second, "HR.STAFF/000002", 99))
	p.event(status, progress.Subject{Migration: "m1", Chunk: "HR.STAFF/000002"}.Tick(&pb.ChunkProgress{}))
	p.close()
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 4 {
		t.Fatalf("%d lines, want 4:\n%s", len(lines), out.String())
	}
	for i, want := range []string{"0 B", "5 B", "10 B", "99 B"} {
		if !strings.HasSuffix(lines[i], ", "+want) {
			t.Errorf("line %q, want %s", lines[i], want)
		}
	}
}

func TestBarsShowHowFarTablesAre(t *testing.T) {
	var out bytes.Buffer
	b := newBars(&out, (&app{}).here)
	status := sampleStatus()
	for i := range 5 {
		e := tickAt(time.Duration(i)*time.Second, "HR.STAFF/000002", int64(i+1)*8_000_000)
		progress.Fold(status, e)
		b.event(status, e)
	}
	for width, want := range map[int]string{
		80: " exporting, 500 of 1,234,567 rows, 80 MB, 8.0 MB/s, 12s left",
		59: " exporting, 500 of 1,234,567 rows, 80 MB, 12s left",
		49: " exporting, 500 of 1,234,567 rows, 12s left",
		30: " exporting, 12s left",
		15: " exporting",
		5:  " exporting",
	} {
		if text := b.tables["HR.STAFF"].label(width); text != want {
			t.Errorf("in %d columns a bar reads %q, want %q", width, text, want)
		}
	}
	failed := progress.Subject{Migration: "m1", Table: "HR.STAFF"}.
		TableChanged(&pb.TableChanged{State: pb.TableState_TABLE_STATE_FAILED, Failure: &pb.Failure{Text: "no space"}})
	failed.Sequence, failed.Time = 100, at(20)
	progress.Fold(status, failed)
	b.event(status, failed)
	b.event(status, progress.Subject{Migration: "m1"}.Notice("mind the gap"))
	b.say("stopping")
	b.close()
	if text := b.tables["HR.STAFF"].label(80); !strings.HasPrefix(text, " failed, ") || strings.Contains(text, "left") {
		t.Errorf("bar reads %q", text)
	}
	for _, want := range []string{"HR.STAFF failed: no space", "notice: mind the gap", "stopping"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("output lacks %q:\n%q", want, out.String())
		}
	}
}

func TestBarOfAVerifiedTableIsFull(t *testing.T) {
	var out bytes.Buffer
	b := newBars(&out, (&app{}).here)
	status := sampleStatus()
	verified := progress.Subject{Migration: "m1", Table: "HR.STAFF"}.TableChanged(&pb.TableChanged{State: pb.TableState_TABLE_STATE_VERIFIED})
	verified.Sequence, verified.Time = 100, at(20)
	progress.Fold(status, verified)
	b.event(status, verified)
	bar := b.tables["HR.STAFF"].bar
	b.close()
	if bar.Current() != barScale || !bar.Completed() {
		t.Errorf("bar is at %d of %d", bar.Current(), barScale)
	}
}

func TestJSONPrintsOneEventPerLine(t *testing.T) {
	var out, errs bytes.Buffer
	p := &jsonPrinter{app: &app{stdout: &out, stderr: &errs}}
	p.event(nil, tickAt(0, "HR.STAFF/000001", 1))
	p.event(nil, progress.Subject{Migration: "m1"}.Notice("x"))
	p.say("stopping")
	p.close()
	const want = `{"time":"2026-11-22T08:00:10Z","migrationId":"m1","tableId":"HR.STAFF","chunkId":"HR.STAFF/000001",` +
		`"chunkProgress":{"phase":"PHASE_EXPORT","bytes":"1","objects":"1"}}` + "\n" + `{"migrationId":"m1","notice":{"text":"x"}}` + "\n"
	if out.String() != want || errs.String() != "adbferry: stopping\n" {
		t.Errorf("printed %q and %q", out.String(), errs.String())
	}
}
