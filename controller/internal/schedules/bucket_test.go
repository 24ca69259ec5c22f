package schedules

import (
	"context"
	"fmt"
	"hash/crc32"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/controller/internal/agenttest"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A bucket holds objects behind PARs. Every access may fail.
type bucket struct {
	chance *chance

	mu      sync.Mutex
	objects map[string][]int64 // rows by name
	taken   map[string]bool    // folders that an export has taken
	pars    int                // how many were made
	valid   map[string]bool    // those that still are
}

// makePAR makes one more PAR.
func (b *bucket) makePAR() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pars++
	url := fmt.Sprintf("https://objectstorage.us-sanjose-1.oraclecloud.com/p/%s%d/n/axsim/b/ferry/o/", agenttest.Token, b.pars)
	b.valid[url] = true
	return url
}

// expire ends a PAR.
func (b *bucket) expire(url string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.valid, url)
}

func (b *bucket) honours(url string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.valid[url]
}

// rowBytes is what a row takes in an object.
const rowBytes = 100

// open is how every access begins.
func (b *bucket) open(ctx context.Context, url, place string) error {
	if err := pause(ctx, b.chance.takes("storage "+place, 200*time.Millisecond)); err != nil {
		return err
	}
	if b.chance.strikes(parExpired, place) {
		b.expire(url)
	}
	switch {
	case !b.honours(url):
		return apierr.New(codes.PermissionDenied, pb.Reason_REASON_PAR_EXPIRED, "the object store refuses the PAR").WithHint("create a new PAR")
	case b.chance.strikes(storageError, place):
		if b.chance.dice("which "+place).IntN(2) == 0 {
			return apierr.New(codes.Unavailable, pb.Reason_REASON_STORAGE_BUSY, "the object store is busy").WithRetry(time.Second)
		}
		return apierr.New(codes.Unavailable, pb.Reason_REASON_STORAGE_UNREACHABLE, "the object store cannot be reached").WithRetry(0)
	}
	return nil
}

// put writes rows into an object of a new name below a folder.
func (b *bucket) put(ctx context.Context, url, folder, place string, rows []int64) error {
	if err := b.open(ctx, url, place); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	serial := 1
	for name := range b.objects {
		if strings.HasPrefix(name, folder) {
			serial++
		}
	}
	b.objects[fmt.Sprintf("%s%06d.csv", folder, serial)] = rows
	return nil
}

// take marks a folder as taken, and reports whether it was not.
func (b *bucket) take(ctx context.Context, url, folder, place string) (fresh bool, err error) {
	if err := b.open(ctx, url, place); err != nil {
		return false, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	fresh = !b.taken[folder]
	b.taken[folder] = true
	return fresh, nil
}

// get reads the rows of an object.
func (b *bucket) get(ctx context.Context, url, name, place string) ([]int64, error) {
	if err := b.open(ctx, url, place); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	rows, ok := b.objects[name]
	if !ok {
		return nil, apierr.New(codes.NotFound, pb.Reason_REASON_OBJECT_CHANGED, "object %s is gone", name)
	}
	return rows, nil
}

// list describes all objects below a prefix.
func (b *bucket) list(ctx context.Context, url, prefix, place string) ([]*pb.Object, error) {
	if err := b.open(ctx, url, place); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	var found []*pb.Object
	for _, name := range slices.Sorted(maps.Keys(b.objects)) {
		if rows := b.objects[name]; strings.HasPrefix(name, prefix) {
			sum := crc32.ChecksumIEEE(fmt.Append(nil, rows))
			found = append(found, &pb.Object{Name: name, Bytes: int64(len(rows)) * rowBytes, Md5: fmt.Sprintf("%08x", sum)})
		}
	}
	return found, nil
}

// spoil truncates or doubles one of a manifest's objects behind everybody's back.
func (b *bucket) spoil(m *pb.Manifest, place string) {
	for _, o := range m.GetObjects() {
		cut, double := b.chance.strikes(objectCut, place+" "+o.GetName()), b.chance.strikes(objectDoubled, place+" "+o.GetName())
		b.mu.Lock()
		if rows := b.objects[o.GetName()]; cut && len(rows) > 0 {
			b.objects[o.GetName()] = rows[:len(rows)-1]
		}
		if rows := b.objects[o.GetName()]; double {
			b.objects[o.GetName()+"_copy.csv"] = rows
		}
		b.mu.Unlock()
	}
}

// pause waits, unless the context ends.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
