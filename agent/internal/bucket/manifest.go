package bucket

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/par"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

const (
	// sealTries is how often the folder is listed at most until two listings
	// in a row agree.
	sealTries = 10
	sealPause = 500 * time.Millisecond
)

// Begin takes the folder for an export: it checks that none ever wrote or may still
// write there, and marks it as taken, durably. The rows of two exports in one folder
// would be loaded twice (reference, section 1.4); and a statement whose agent has
// died may write its first object long after the next agent looked.
//
// Error: REASON_OUTCOME_UNKNOWN, because another run of this attempt took it.
func (st Store) Begin(ctx context.Context, f Folder) error {
	listed, err := st.list(ctx, f.url, strings.TrimSuffix(f.name, "/"))
	if err != nil {
		return err
	}
	objects, taken := 0, false
	for _, o := range listed {
		switch {
		case strings.HasPrefix(o.Name, f.name):
			objects++
		case o.Name == f.marker():
			taken = true
		}
	}
	if objects > 0 || taken {
		return apierr.New(codes.Aborted, pb.Reason_REASON_OUTCOME_UNKNOWN, "%s was taken by an export whose end nobody saw, with %d objects so far", f.name, objects).
			WithHint("export again as a new attempt").WithRetry(0)
	}
	return st.Put(ctx, f.url, f.marker(), []byte(markerText))
}

// Progress returns how much is in the folder now.
func (st Store) Progress(ctx context.Context, f Folder) (count, size int64, err error) {
	objects, err := st.list(ctx, f.url, f.name)
	return int64(len(objects)), total(objects), err
}

func total(objects []par.Object) (size int64) {
	for _, o := range objects {
		size += o.Bytes
	}
	return size
}

// Seal lists what a finished export of so many rows and overflow pieces wrote,
// until two listings in a row agree, and checks that it can be that export: every
// name is one that the database makes, no object is empty but the one that stands
// for a dump, and there is one if there are rows, and one more if there is overflow.
//
// Error: REASON_OBJECT_CHANGED when the folder has something else.
func (st Store) Seal(ctx context.Context, f Folder, rows, overflowPieces int64) (*pb.Manifest, error) {
	objects, err := st.settled(ctx, f)
	if err != nil {
		return nil, err
	}
	m := &pb.Manifest{Rows: rows}
	for _, o := range objects {
		if !f.owns(o.Name) {
			return nil, changed(o.Name, "it is not an object of this export")
		}
		if o.Bytes == 0 && !isDump(o.Name) {
			return nil, changed(o.Name, "it is empty")
		}
		m.Objects = append(m.Objects, f.object(o))
	}
	haveOverflow := slices.ContainsFunc(m.GetObjects(), (*pb.Object).GetOverflow)
	haveRows := slices.ContainsFunc(m.GetObjects(), func(o *pb.Object) bool { return !o.GetOverflow() })
	switch {
	case f.format == pb.Format_FORMAT_DATAPUMP && !f.whole(m):
		return nil, changed(f.name, "it has parts of a dump and no whole one")
	case rows > 0 && !haveRows:
		return nil, changed(f.name, fmt.Sprintf("the export ended without an error and without an object, and there are %d rows", rows))
	case overflowPieces > 0 && !haveOverflow:
		return nil, changed(f.name, fmt.Sprintf("%d overflow pieces were exported, but no object holds any", overflowPieces))
	case overflowPieces == 0 && haveOverflow:
		return nil, changed(f.name, "it has overflow objects, but no overflow was exported")
	}
	return m, nil
}

// object describes a listed object.
func (f Folder) object(o par.Object) *pb.Object {
	return &pb.Object{Name: o.Name, Bytes: o.Bytes, Md5: o.MD5, Overflow: f.overflows(o.Name)}
}

func (st Store) settled(ctx context.Context, f Folder) ([]par.Object, error) {
	previous, err := st.list(ctx, f.url, f.name)
	if err != nil {
		return nil, err
	}
	for range sealTries {
		objects, err := st.list(ctx, f.url, f.name)
		if err != nil || slices.EqualFunc(objects, previous, same) {
			return objects, err
		}
		previous = objects
		if err := pause(ctx, cmp.Or(st.Pause, sealPause)); err != nil {
			return nil, err
		}
	}
	return nil, changed(f.name, "objects keep appearing after the export has ended")
}

func same(a, b par.Object) bool { return a.Name == b.Name && a.Bytes == b.Bytes && a.ETag == b.ETag }

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return apierr.From(context.Cause(ctx))
	}
}

// Unchanged checks that the objects of a chunk's manifest are exactly what one
// of the chunk's folders has: the same names, sizes and checksums.
//
// Error: REASON_OBJECT_CHANGED.
func (st Store) Unchanged(ctx context.Context, u par.URL, migration, chunk string, m *pb.Manifest) error {
	if len(m.GetObjects()) == 0 {
		return nil
	}
	first := m.GetObjects()[0].GetName()
	f := Folder{url: u, name: folderOf(first), format: formatOf(first)}
	attempt, ok := strings.CutPrefix(f.name, chunkFolder(u, migration, chunk))
	if !ok || strings.Count(attempt, "/") != 1 {
		return changed(first, "it belongs to another chunk")
	}
	objects, err := st.list(ctx, u, f.name)
	if err != nil {
		return err
	}
	return compare(f, objects, m)
}

func compare(f Folder, objects []par.Object, m *pb.Manifest) error {
	found := make(map[string]*pb.Object, len(objects))
	for _, o := range objects {
		found[o.Name] = f.object(o)
	}
	for _, want := range m.GetObjects() {
		if !f.owns(want.GetName()) {
			return changed(want.GetName(), "it is not an object of an export")
		}
		have := found[want.GetName()]
		switch {
		case have == nil:
			return changed(want.GetName(), "it is gone")
		case !proto.Equal(have, want):
			return changed(want.GetName(), "it is not the object that was exported")
		}
		delete(found, want.GetName())
	}
	for name := range found {
		return changed(name, "it appeared after the export")
	}
	return nil
}

func changed(name, how string) error {
	return apierr.New(codes.DataLoss, pb.Reason_REASON_OBJECT_CHANGED, "object %s: %s", name, how).WithFact("object", name).
		WithHint("export the chunk again as a new attempt; check that nothing else writes to this prefix")
}
