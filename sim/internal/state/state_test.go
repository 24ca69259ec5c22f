package state

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// contents is one of each that a Coder carries.
type contents struct {
	Small   uint8
	Number  int
	Yes, No bool
	Text    string
	Data    []byte
	Fixed   [4]byte
	Zero    time.Time
	At      time.Time
	Value   datum.Value
	None    datum.Value
	List    []string
	Some    *contents
	Nothing *contents
	Map     map[string]int
}

func (x *contents) code(c *Coder) {
	Int(c, &x.Small)
	Int(c, &x.Number)
	c.Bool(&x.Yes)
	c.Bool(&x.No)
	c.Text(&x.Text)
	c.Bytes(&x.Data)
	c.Fixed(x.Fixed[:])
	c.Time(&x.Zero)
	c.Time(&x.At)
	c.Value(&x.Value)
	c.Value(&x.None)
	Texts(c, &x.List)
	code := func(c *Coder, x *contents) { x.code(c) }
	Optional(c, &x.Some, code)
	Optional(c, &x.Nothing, code)
	Map(c, &x.Map, (*Coder).Text, Int[int])
}

// part is contents as a part.
type part struct {
	name string
	contents

	held, closed *int
	fail         error
}

func newPart(name string, x contents) *part {
	return &part{name: name, contents: x, held: new(int), closed: new(int)}
}

func (p *part) Section() string { return p.name }

func (p *part) Hold() func() {
	*p.held++
	return func() { *p.held-- }
}

func (p *part) Capture() Picture { return picture{p} }

func (p *part) Load(c *Coder) error {
	p.code(c)
	return p.fail
}

type picture struct{ *part }

func (p picture) Save(c *Coder) {
	p.code(c)
	if p.fail != nil {
		c.Fail(p.fail)
	}
}

func (p picture) Close() { *p.closed++ }

// sample has texts that cross frames.
func sample() contents {
	inner := contents{Text: "inner", Data: []byte{}, Map: map[string]int{}}
	return contents{
		Small: 255, Number: math.MinInt, Yes: true, Text: strings.Repeat("long ", 50_000), Data: bytes.Repeat([]byte{0, 255}, 100_000),
		Fixed: [4]byte{1, 2, 3, 4}, At: time.Date(-4712, 1, 2, 3, 4, 5, 6, time.UTC), Value: datum.FromInt(-7), List: []string{"", "\xff", "z"},
		Some: &inner, Map: map[string]int{"b": 2, "a": -1},
	}
}

func save(t testing.TB, parts ...Part) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "state")
	capture := Take(parts)
	defer capture.Close()
	if err := capture.Save(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func load(path string, parts ...Part) error {
	f, err := Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	for _, p := range parts {
		if err := f.Load(p); err != nil {
			return err
		}
	}
	return f.End()
}

func TestWhatIsSavedIsLoaded(t *testing.T) {
	one, two := newPart("one", sample()), newPart("two", contents{Data: []byte{}, Map: map[string]int{}})
	path := save(t, one, two)
	if *one.held != 0 || *one.closed != 1 {
		t.Errorf("held %d times, closed %d times", *one.held, *one.closed)
	}
	first, second := newPart("one", contents{}), newPart("two", sample())
	if err := load(path, first, second); err != nil {
		t.Fatal(err)
	}
	compare := cmp.Comparer(func(a, b datum.Value) bool { return a == b })
	if d := cmp.Diff(one.contents, first.contents, compare); d != "" {
		t.Errorf("one: %s", d)
	}
	if d := cmp.Diff(two.contents, second.contents, compare); d != "" {
		t.Errorf("two: %s", d)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestTheWrongSectionsAreRefused(t *testing.T) {
	path := save(t, newPart("one", contents{}), newPart("two", contents{}))
	for name, parts := range map[string][]Part{
		"other order": {newPart("two", contents{}), newPart("one", contents{})},
		"too few":     {newPart("one", contents{})},
		"too many":    {newPart("one", contents{}), newPart("two", contents{}), newPart("three", contents{})},
	} {
		if err := load(path, parts...); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestEveryDamageIsRefused cuts a file at every place and spoils every byte of it.
func TestEveryDamageIsRefused(t *testing.T) {
	x := sample()
	x.Text, x.Data = "short", []byte("data")
	path := save(t, newPart("one", x), newPart("two", contents{}))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	try := func(what string, data []byte) {
		t.Helper()
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		err := load(path, newPart("one", contents{}), newPart("two", contents{}))
		if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrVersion) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for n := range whole {
		try(fmt.Sprintf("cut at %d", n), whole[:n])
		spoiled := bytes.Clone(whole)
		spoiled[n] ^= 0x10
		try(fmt.Sprintf("spoiled at %d", n), spoiled)
	}
	try("with more behind it", append(bytes.Clone(whole), 0))
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := load(path, newPart("one", contents{}), newPart("two", contents{})); err != nil {
		t.Errorf("as it was: %v", err)
	}
}

func TestMovedAndDoubledFramesAreRefused(t *testing.T) {
	var file bytes.Buffer
	w := newFrameWriter(&file)
	w.begin("one")
	var frames [][]byte
	for _, text := range []string{"a", "b", "c"} {
		before := file.Len()
		w.write(text)
		w.flush(dataFrame)
		frames = append(frames, bytes.Clone(file.Bytes()[before:]))
	}
	head := bytes.Clone(file.Bytes()[:file.Len()-3*len(frames[0])])
	for name, order := range map[string][]int{"moved": {1, 0, 2}, "doubled": {0, 0, 1}, "lost": {0, 2}} {
		data := bytes.Clone(head)
		for _, n := range order {
			data = append(data, frames[n]...)
		}
		r := &frameReader{from: bytes.NewReader(data)}
		_, err := r.begin()
		for err == nil {
			_, err = r.take(1)
		}
		if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "checksum") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOtherVersionsAreRefusedByName(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	if err := os.WriteFile(path, []byte("adbferry-sim state 7\nwhatever"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(path)
	if !errors.Is(err, ErrVersion) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "version 7") {
		t.Errorf("error: %v", err)
	}
	if _, err := Open(path + "x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

func TestAFailedSaveLeavesTheOldState(t *testing.T) {
	path := save(t, newPart("one", sample()))
	bad := newPart("one", contents{})
	bad.fail = errors.New("no such luck")
	capture := Take([]Part{bad})
	defer capture.Close()
	if err := capture.Save(path); !errors.Is(err, bad.fail) || !strings.Contains(err.Error(), path) {
		t.Errorf("error: %v", err)
	}
	old := newPart("one", contents{})
	if err := load(path, old); err != nil || old.Small != 255 {
		t.Errorf("the old state: %d, %v", old.Small, err)
	}
	left, err := filepath.Glob(path + "*")
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestWhatACrashLeftIsOverwritten(t *testing.T) {
	path := save(t, newPart("one", contents{}))
	if err := os.WriteFile(path+".tmp", []byte("half of"), 0o644); err != nil { //nolint:gosec // a mode that the file must not take over
		t.Fatal(err)
	}
	capture := Take([]Part{newPart("one", sample())})
	defer capture.Close()
	if err := capture.Save(path); err != nil {
		t.Fatal(err)
	}
	got := newPart("one", contents{})
	if err := load(path, got); err != nil || got.Small != 255 {
		t.Errorf("loaded %d, %v", got.Small, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestAnErrorOfAPartEndsTheLoading(t *testing.T) {
	path := save(t, newPart("one", contents{}))
	p := newPart("one", contents{})
	p.fail = errors.New("makes no sense")
	if err := load(path, p); !errors.Is(err, p.fail) || !strings.Contains(err.Error(), path) {
		t.Errorf("error: %v", err)
	}
}

func TestFingerprintsDifferWithTheContents(t *testing.T) {
	seed := NewSeed()
	of := func(x contents) uint64 {
		capture := Take([]Part{newPart("one", x)})
		defer capture.Close()
		f, err := capture.Fingerprint(seed)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	same, other := sample(), sample()
	if of(sample()) != of(same) {
		t.Error("the same is not the same")
	}
	other.Map["a"] = 0
	if of(same) == of(other) {
		t.Error("a difference makes none")
	}
}

// FuzzFile reads arbitrary files: each is loaded or refused.
func FuzzFile(f *testing.F) {
	path := save(f, newPart("one", contents{Text: "t", List: []string{"a"}}))
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte(title + "2\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file := newFile("fuzz", bytes.NewReader(data), nil)
		if file.header() != nil {
			return
		}
		p := newPart("one", contents{})
		if err := file.Load(p); err == nil && file.End() == nil && p.name != "one" {
			t.Error("loaded something else")
		}
	})
}

// FuzzSection reads arbitrary sections whose checksums fit. What is loaded can
// be saved again.
func FuzzSection(f *testing.F) {
	x := sample()
	x.Text, x.Data = "t", []byte("d")
	capture := Take([]Part{newPart("one", x)})
	defer capture.Close()
	section, err := capture.Bytes(0)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(section)
	f.Add([]byte{1, 2, 1, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f})
	f.Fuzz(func(t *testing.T, section []byte) {
		p := newPart("one", contents{})
		if err := LoadBytes(p, section); err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Errorf("error: %v", err)
			}
			return
		}
		capture := Take([]Part{p})
		defer capture.Close()
		again, err := capture.Bytes(0)
		if err != nil {
			t.Fatal(err)
		}
		q := newPart("one", contents{})
		if err := LoadBytes(q, again); err != nil {
			t.Errorf("what was loaded cannot be loaded again: %v", err)
		}
	})
}
