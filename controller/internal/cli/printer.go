package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/term"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// The forms of output.
const (
	formAuto  = "auto"  // tty on a terminal, else plain
	formTTY   = "tty"   // a bar per table
	formPlain = "plain" // a line per event
	formJSON  = "json"  // an event per line
)

// A printer shows the events of one migration. Its methods may be called
// concurrently.
type printer interface {
	// event shows an event; the status has it folded in and is not kept.
	event(status *pb.MigrationStatus, e *pb.Event)
	// say tells the user something that is no event.
	say(text string)
	// close ends the output; nothing may follow.
	close()
}

// newPrinter makes the printer that --output asks for. auto falls back to plain,
// tty does not.
func (a *app) newPrinter() (printer, error) {
	terminal := isTerminal(a.stdout)
	switch a.output {
	case formJSON:
		return &jsonPrinter{app: a}, nil
	case formTTY:
		if !terminal {
			return nil, usage("--output auto shows bars when there is one", "--output tty needs a terminal")
		}
		return newBars(a.stdout, a.here), nil
	case formAuto:
		if terminal && os.Getenv("TERM") != "dumb" {
			return newBars(a.stdout, a.here), nil
		}
	}
	return &plainPrinter{app: a}, nil
}

// isTerminal reports whether bars can be drawn: on a terminal that has a size.
func isTerminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	if !ok {
		return false
	}
	width, height, err := term.GetSize(int(f.Fd()))
	return err == nil && width > 0 && height > 0
}

// A jsonPrinter prints each event as one line of protojson, ticks included. What
// is no event goes to standard error.
type jsonPrinter struct {
	app *app
	mu  sync.Mutex
}

func (p *jsonPrinter) event(_ *pb.MigrationStatus, e *pb.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.app.printJSON(e); err != nil {
		p.app.warn(err.Error())
	}
}

func (p *jsonPrinter) say(text string) { p.app.warn(text) }

func (p *jsonPrinter) close() {}

// printJSON prints a message as one line. protojson varies its white space on
// purpose; scripts are spared that.
func (a *app) printJSON(m proto.Message) error {
	text, err := protojson.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode output: %w", err)
	}
	var line bytes.Buffer
	if err := json.Compact(&line, text); err != nil {
		return fmt.Errorf("encode output: %w", err)
	}
	a.print("%s\n", line.Bytes())
	return nil
}

// warn writes a line to standard error.
func (a *app) warn(text string) { _, _ = fmt.Fprintf(a.stderr, "adbferry: %s\n", a.here(text)) }
