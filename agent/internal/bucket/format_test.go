package bucket

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

const attempt1 = "m1/ADMIN/ORDERS/000001/1/"

func TestEachFormatHasNamesOfItsOwn(t *testing.T) {
	const stamp = "_1_20251215T201636030898Z"
	for format, names := range map[pb.Format][]string{
		pb.Format_FORMAT_UNSPECIFIED: {"part" + stamp + ".csv", "overflow" + stamp + ".csv"},
		pb.Format_FORMAT_CSV:         {"part" + stamp + ".csv", "overflow" + stamp + ".csv"},
		pb.Format_FORMAT_JSON:        {"part" + stamp + ".json", "overflow" + stamp + ".json"},
		pb.Format_FORMAT_PARQUET:     {"part" + stamp + ".parquet"},
		pb.Format_FORMAT_DATAPUMP:    {"part.dmp", "part.dmp_aaaaaa", "part.dmp_aaaabz"},
	} {
		_, _, u := newStore(t)
		f := Attempt(u, "m1", chunk, 1).In(format)
		for _, name := range names {
			if !f.owns(attempt1 + name) {
				t.Errorf("%s: %s is not owned", format, name)
			}
			if got := formatOf(attempt1 + name); format != pb.Format_FORMAT_UNSPECIFIED && got != format {
				t.Errorf("%s is %s, want %s", name, got, format)
			}
			if other := Attempt(u, "m1", chunk, 1).In(pb.Format_FORMAT_PARQUET); format != pb.Format_FORMAT_PARQUET && other.owns(attempt1+name) {
				t.Errorf("a parquet export owns %s", name)
			}
		}
		for _, name := range []string{"part.csv", "part.dmp_aaaaa", "part.dmp_aaaaaaa", "part.dmp_aaaaa1", "other.dmp", "part" + stamp + ".csv.gz", "part" + stamp + "xcsv"} {
			if f.owns(attempt1 + name) {
				t.Errorf("%s: %s is owned", format, name)
			}
		}
	}
}

func TestADumpIsNamedByItsEmptyObject(t *testing.T) {
	f, store, u := newStore(t)
	folder := Attempt(u, "m1", chunk, 1).In(pb.Format_FORMAT_DATAPUMP)
	if target, err := folder.Target(); err != nil || target != u.Reveal()+attempt1+"part.dmp" {
		t.Errorf("target %v", err)
	}
	f.objects[attempt1+"part.dmp"], f.objects[attempt1+"part.dmp_aaaaaa"], f.objects[attempt1+"part.dmp_aaaaab"] = nil, []byte("a"), []byte("b")
	m, err := store.Seal(t.Context(), folder, 2, 0)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, o := range m.GetObjects() {
		names = append(names, o.GetName())
	}
	urls, err := URLs(u, names)
	if diff := cmp.Diff([]string{u.Reveal() + attempt1 + "part.dmp"}, urls); diff != "" || len(names) != 3 || err != nil {
		t.Errorf("%v, %d objects: %s", err, len(names), diff)
	}
	if err := store.Unchanged(t.Context(), u, "m1", chunk, m); err != nil {
		t.Error(err)
	}
	f.objects[attempt1+"part.dmp_aaaaac"] = []byte("c")
	if err := store.Unchanged(t.Context(), u, "m1", chunk, m); apierr.ReasonOf(err) != pb.Reason_REASON_OBJECT_CHANGED {
		t.Errorf("a chunk that appeared: %v", err)
	}
}

func TestADumpThatIsNotWhole(t *testing.T) {
	for label, objects := range map[string]map[string][]byte{
		"nothing in it":       {"part.dmp": nil},
		"chunks of no dump":   {"part.dmp_aaaaaa": []byte("a")},
		"nothing at all":      {},
		"an object of others": {"part.dmp": nil, "part.dmp_aaaaaa": []byte("a"), "part_1_20251215T201636030898Z.csv": []byte("a")},
	} {
		t.Run(label, func(t *testing.T) {
			f, store, u := newStore(t)
			for name, body := range objects {
				f.objects[attempt1+name] = body
			}
			if _, err := store.Seal(t.Context(), Attempt(u, "m1", chunk, 1).In(pb.Format_FORMAT_DATAPUMP), 1, 0); apierr.ReasonOf(err) != pb.Reason_REASON_OBJECT_CHANGED {
				t.Errorf("got %v", err)
			}
		})
	}
}
