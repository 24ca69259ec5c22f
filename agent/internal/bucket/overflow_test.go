package bucket

import (
	"testing"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

const long1 = "m1/ADMIN/ORDERS/000001/1/overflow_1_20251215T201636030898Z.csv"

func TestOverflowIsInTheManifest(t *testing.T) {
	f, store, u := newStore(t)
	folder := Attempt(u, "m1", chunk, 1)
	target, err := folder.OverflowTarget()
	if err != nil || target != u.Reveal()+"m1/ADMIN/ORDERS/000001/1/overflow" {
		t.Errorf("target %v", err)
	}
	f.objects[part1], f.objects[long1] = []byte("a"), []byte("pieces")
	m, err := store.Seal(t.Context(), folder, 1, 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range m.GetObjects() {
		if o.GetOverflow() != (o.GetName() == long1) {
			t.Errorf("object %v", o)
		}
	}
	if err := store.Unchanged(t.Context(), u, "m1", chunk, m); err != nil {
		t.Error(err)
	}
	m.Objects[0].Overflow, m.Objects[1].Overflow = true, true
	if err := store.Unchanged(t.Context(), u, "m1", chunk, m); apierr.ReasonOf(err) != pb.Reason_REASON_OBJECT_CHANGED {
		t.Errorf("rows called pieces: %v", err)
	}
}

func TestOverflowThatIsMissingOrThatNobodyExported(t *testing.T) {
	f, store, u := newStore(t)
	folder := Attempt(u, "m1", chunk, 1)
	f.objects[part1] = []byte("a")
	if _, err := store.Seal(t.Context(), folder, 1, 2); apierr.ReasonOf(err) != pb.Reason_REASON_OBJECT_CHANGED {
		t.Errorf("missing pieces: %v", err)
	}
	f.objects[long1] = []byte("pieces")
	if _, err := store.Seal(t.Context(), folder, 1, 0); apierr.ReasonOf(err) != pb.Reason_REASON_OBJECT_CHANGED {
		t.Errorf("pieces of nothing: %v", err)
	}
	delete(f.objects, part1)
	if _, err := store.Seal(t.Context(), folder, 1, 2); apierr.ReasonOf(err) != pb.Reason_REASON_OBJECT_CHANGED {
		t.Errorf("pieces without rows: %v", err)
	}
}
