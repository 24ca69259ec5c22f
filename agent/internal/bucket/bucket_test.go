package bucket

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/par"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

const (
	chunk = "ADMIN.ORDERS/000001"
	part1 = "m1/ADMIN/ORDERS/000001/1/part_1_20251215T201636030898Z.csv"
	part2 = "m1/ADMIN/ORDERS/000001/1/part_1_20251215T201648607464Z.csv"
)

func TestCheckNamesTheMissingRight(t *testing.T) {
	for name, tt := range map[string]struct {
		set  func(*fakeStore, *par.URL)
		want pb.Reason
	}{
		"all rights":  {func(*fakeStore, *par.URL) {}, pb.Reason_REASON_UNSPECIFIED},
		"no list":     {func(f *fakeStore, _ *par.URL) { f.denied = []string{"list"} }, pb.Reason_REASON_PAR_CANNOT_LIST},
		"read only":   {func(f *fakeStore, _ *par.URL) { f.denied = []string{"put"} }, pb.Reason_REASON_PAR_CANNOT_WRITE},
		"write only":  {func(f *fakeStore, _ *par.URL) { f.denied = []string{"get"} }, pb.Reason_REASON_PAR_CANNOT_READ},
		"expired":     {func(f *fakeStore, _ *par.URL) { f.denied = []string{"list", "put", "get"} }, pb.Reason_REASON_PAR_EXPIRED},
		"unknown":     {func(_ *fakeStore, u *par.URL) { *u = other(u) }, pb.Reason_REASON_PAR_REFUSED},
		"throttled":   {func(f *fakeStore, _ *par.URL) { f.answer = http.StatusTooManyRequests }, pb.Reason_REASON_STORAGE_BUSY},
		"odd answer":  {func(f *fakeStore, _ *par.URL) { f.answer = http.StatusTeapot }, pb.Reason_REASON_PAR_REFUSED},
		"other bytes": {func(f *fakeStore, _ *par.URL) { f.garble = true }, pb.Reason_REASON_OBJECT_CHANGED},
	} {
		t.Run(name, func(t *testing.T) {
			f, store, u := newStore(t)
			tt.set(f, &u)
			probe, err := store.Check(t.Context(), u, "m1")
			if got := apierr.ReasonOf(err); got != tt.want {
				t.Fatalf("%s: %v, want %s", got, err, tt.want)
			}
			if err == nil && probe != "m1/probe" {
				t.Errorf("probe %q", probe)
			}
			if err != nil && strings.Contains(fmt.Sprintf("%v %+v", err, apierr.FailureOf(err)), "t0ken") {
				t.Errorf("%v shows the token", err)
			}
		})
	}
}

func other(u *par.URL) par.URL {
	changed, err := par.Parse(strings.Replace(u.Reveal(), "t0ken", "wrong", 1))
	if err != nil {
		panic(err)
	}
	return changed
}

func TestAStoreThatIsNotThereIsUnreachable(t *testing.T) {
	_, store, _ := newStore(t)
	u, err := par.Parse("https://127.0.0.1:1" + root)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Check(t.Context(), u, "m1"); apierr.ReasonOf(err) != pb.Reason_REASON_STORAGE_UNREACHABLE || !apierr.Retryable(err) {
		t.Errorf("got %v", err)
	}
}

func TestMalformedPARs(t *testing.T) {
	_, err := Parse("https://example.com/t0ken")
	if apierr.ReasonOf(err) != pb.Reason_REASON_PAR_MALFORMED || strings.Contains(err.Error(), "t0ken") {
		t.Errorf("got %v", err)
	}
}

func TestFoldersNeedNoEscapingAndDifferByAttempt(t *testing.T) {
	u, err := par.Parse("https://h" + root + "pre/")
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{
		chunk:                 "pre/m1/ADMIN/ORDERS/000001/7/",
		"A.a b%c/d.e?/000002": "pre/m1/A/a-20b-25c-2Fd-2Ee-3F/000002/7/",
		"Ä.X-Y$Z#/000001":     "pre/m1/-C3-84/X-2DY-24Z-23/000001/7/",
	} {
		f := Attempt(u, "m1", id, 7)
		if f.Name() != want {
			t.Errorf("%s lives in %s, want %s", id, f.Name(), want)
		}
		target, err := f.Target()
		if err != nil || target != "https://h"+root+want+"part" {
			t.Errorf("target %s, %v", target, err)
		}
	}
}

func FuzzChunkNamesAreSafeAndReversible(f *testing.F) {
	f.Add("ADMIN", "ORDERS")
	f.Add("A/B", "x-y z.ü\x00")
	safe := regexp.MustCompile(`^[A-Za-z0-9_/-]*$`)
	f.Fuzz(func(t *testing.T, schema, table string) {
		id := schema + "." + table + "/000001"
		name := escape(id)
		if !safe.MatchString(name) {
			t.Errorf("%q becomes %q", id, name)
		}
		if got := unescape(name); got != id {
			t.Errorf("%q becomes %q and then %q", id, name, got)
		}
	})
}

func TestSealTakesWhatTheExportWrote(t *testing.T) {
	f, store, u := newStore(t)
	folder := Attempt(u, "m1", chunk, 1)
	if err := store.Begin(t.Context(), folder); err != nil {
		t.Fatal(err)
	}
	f.objects[part2], f.objects[part1], f.objects["m1/probe"] = []byte("bb"), []byte("a"), []byte("p")
	f.objects["m1/ADMIN/ORDERS/000001/11/part_1_20251215T201636Z.csv"] = []byte("other attempt")
	m, err := store.Seal(t.Context(), folder, 3, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{part1 + " 1", part2 + " 2"}
	var got []string
	for _, o := range m.GetObjects() {
		got = append(got, fmt.Sprint(o.GetName(), " ", o.GetBytes()))
	}
	if diff := cmp.Diff(want, got); diff != "" || m.GetRows() != 3 || m.GetObjects()[0].GetMd5() == "" {
		t.Errorf("%s in %v", diff, m)
	}
	if count, bytes, err := store.Progress(t.Context(), folder); count != 2 || bytes != 3 || err != nil {
		t.Errorf("progress %d objects, %d bytes, %v", count, bytes, err)
	}
	if err := store.Begin(t.Context(), folder); apierr.ReasonOf(err) != pb.Reason_REASON_OUTCOME_UNKNOWN {
		t.Errorf("a used folder gave %v", err)
	}
}

// An export whose agent died may write its first object late.
func TestAFolderIsTakenBeforeItHasAnObject(t *testing.T) {
	_, store, u := newStore(t)
	for _, attempt := range []int32{1, 11, 10, 2} {
		if err := store.Begin(t.Context(), Attempt(u, "m1", chunk, attempt)); err != nil {
			t.Errorf("attempt %d: %v", attempt, err)
		}
		if err := store.Begin(t.Context(), Attempt(u, "m1", chunk, attempt)); apierr.ReasonOf(err) != pb.Reason_REASON_OUTCOME_UNKNOWN {
			t.Errorf("attempt %d again: %v", attempt, err)
		}
	}
	held, err := store.Held(t.Context(), u, "m1")
	if err != nil || len(held.Ours) != 4 || len(held.Others) != 0 {
		t.Errorf("left are %v, %v", held, err)
	}
}

func TestSealRefusesWhatIsNoExport(t *testing.T) {
	for name, tt := range map[string]struct {
		objects map[string]string
		onList  func(map[string][]byte)
	}{
		"nothing":            {nil, nil},
		"an empty object":    {map[string]string{part1: ""}, nil},
		"somebody's object":  {map[string]string{part1: "a", "m1/ADMIN/ORDERS/000001/1/notes.txt": "x"}, nil},
		"another extension":  {map[string]string{"m1/ADMIN/ORDERS/000001/1/part_1_20251215T201636Z.json": "x"}, nil},
		"a folder inside":    {map[string]string{"m1/ADMIN/ORDERS/000001/1/x/part_1_20251215T201636Z.csv": "x"}, nil},
		"still being filled": {map[string]string{part1: "a"}, func(o map[string][]byte) { o[part1] = append(o[part1], 'x') }},
	} {
		t.Run(name, func(t *testing.T) {
			f, store, u := newStore(t)
			f.onList = tt.onList
			for n, body := range tt.objects {
				f.objects[n] = []byte(body)
			}
			if _, err := store.Seal(t.Context(), Attempt(u, "m1", chunk, 1), 3, 0); apierr.ReasonOf(err) != pb.Reason_REASON_OBJECT_CHANGED {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestManifestsAreComparedBeforeTheyAreLoaded(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*fakeStore, *pb.Manifest)
		ok     bool
	}{
		"untouched":          {func(*fakeStore, *pb.Manifest) {}, true},
		"object gone":        {func(f *fakeStore, _ *pb.Manifest) { delete(f.objects, part2) }, false},
		"object cut":         {func(f *fakeStore, _ *pb.Manifest) { f.objects[part2] = f.objects[part2][:1] }, false},
		"object replaced":    {func(f *fakeStore, _ *pb.Manifest) { f.objects[part2] = []byte("cc") }, false},
		"object added":       {func(f *fakeStore, _ *pb.Manifest) { f.objects[strings.Replace(part2, "_1_", "_2_", 1)] = []byte("x") }, false},
		"manifest elsewhere": {func(_ *fakeStore, m *pb.Manifest) { m.Objects[0].Name = "other/x" }, false},
		"manifest shortened": {func(_ *fakeStore, m *pb.Manifest) { m.Objects = m.GetObjects()[:1] }, false},
		"nothing to load":    {func(_ *fakeStore, m *pb.Manifest) { m.Objects = nil }, true},
	} {
		t.Run(name, func(t *testing.T) {
			f, store, u := newStore(t)
			f.objects[part1], f.objects[part2] = []byte("a"), []byte("bb")
			m, err := store.Seal(t.Context(), Attempt(u, "m1", chunk, 1), 3, 0)
			if err != nil {
				t.Fatal(err)
			}
			m = proto.CloneOf(m)
			tt.change(f, m)
			err = store.Unchanged(t.Context(), u, "m1", chunk, m)
			if (err == nil) != tt.ok || err != nil && apierr.ReasonOf(err) != pb.Reason_REASON_OBJECT_CHANGED {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestDeniedInTheMiddleMeansExpired(t *testing.T) {
	f, store, u := newStore(t)
	f.denied = []string{"list"}
	if err := store.Begin(t.Context(), Attempt(u, "m1", chunk, 1)); apierr.ReasonOf(err) != pb.Reason_REASON_PAR_EXPIRED {
		t.Errorf("got %v", err)
	}
}

func TestLeftoversComeWithACommand(t *testing.T) {
	f, store, u := newStore(t)
	if h, err := store.Held(t.Context(), u, "m1"); h.Leftover(u) != nil || err != nil {
		t.Fatalf("an empty bucket has %v, %v", h, err)
	}
	f.objects[part1], f.objects["m1/probe"], f.objects["m2/probe"] = []byte("abc"), []byte("p"), []byte("p")
	h, err := store.Held(t.Context(), u, "m1")
	left := h.Leftover(u)
	if err != nil || left.GetCount() != 2 || left.GetBytes() != 4 || left.GetLocation() != "m1/" {
		t.Fatalf("got %v, %v", left, err)
	}
	if !strings.Contains(left.GetHint(), "oci os object bulk-delete --namespace ns --bucket-name bk --prefix m1/") {
		t.Errorf("hint %q", left.GetHint())
	}
}

func TestOnlyObjectsOfAttemptsAreTheMigrations(t *testing.T) {
	f, store, u := newStore(t)
	for _, name := range []string{part1, "m1/probe", "m1/S/T/000012/3/overflow_1_20261122T080000Z.csv", "m1/notes.txt", "m1/S/T/000001/part_1.csv", "m1/probe2"} {
		f.objects[name] = []byte("abc")
	}
	before, err := store.Held(t.Context(), u, "m1")
	if err != nil || len(before.Ours) != 3 || len(before.Others) != 3 {
		t.Fatalf("got %+v, %v", before, err)
	}
	for _, o := range before.Ours {
		delete(f.objects, o.Name)
	}
	after, err := store.Held(t.Context(), u, "m1")
	if err != nil {
		t.Fatal(err)
	}
	if gone := before.Without(after); gone.GetCount() != 3 || gone.GetBytes() != 9 || gone.GetLocation() != "m1/" {
		t.Errorf("removed %v", gone)
	}
	if left := after.Leftover(u); left.GetCount() != 3 || !strings.Contains(left.GetHint(), "not the migration's") {
		t.Errorf("left %v", left)
	}
	if again := after.Without(after); again != nil {
		t.Errorf("removed twice: %v", again)
	}
}

// unescape is the inverse of escape, "" for what escape cannot have made.
func unescape(name string) string {
	table, number := name, ""
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		table, number = name[:i], name[i:]
	}
	var b strings.Builder
	for i := 0; i < len(table); i++ {
		switch c := table[i]; c {
		case '/':
			b.WriteByte('.')
		case '-':
			var v byte
			if _, err := fmt.Sscanf(table[i:], "-%02X", &v); err != nil {
				return ""
			}
			b.WriteByte(v)
			i += 2
		default:
			b.WriteByte(c)
		}
	}
	return b.String() + number
}
