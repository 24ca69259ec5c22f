package agenttest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/par"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A Bucket is the Object Storage both agents reach.
type Bucket struct {
	mu      sync.Mutex
	token   string
	objects map[string]object
}

type object struct{ bytes, rows int64 }

// PAR returns the one PAR that opens the bucket.
func (b *Bucket) PAR() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return "https://objectstorage.us-sanjose-1.oraclecloud.com/p/" + b.token + "/n/axsim/b/ferry/o/"
}

// Expire makes the PAR invalid; the one PAR returns from now on is valid.
func (b *Bucket) Expire() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.token += "x"
}

// Objects returns the names of all objects in order.
func (b *Bucket) Objects() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Sorted(maps.Keys(b.objects))
}

// Remove deletes an object behind the agents' backs.
func (b *Bucket) Remove(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.objects, name)
}

func (b *Bucket) put(name string, o object) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.objects[name] = o
}

// get returns an object, as an import opens it.
func (b *Bucket) get(name string) (object, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	o, ok := b.objects[name]
	return o, ok
}

// under returns how many objects a prefix has and their bytes.
func (b *Bucket) under(prefix string) (count, bytes int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for name, o := range b.objects {
		if strings.HasPrefix(name, prefix) {
			count++
			bytes += o.bytes
		}
	}
	return count, bytes
}

// check refuses what is no PAR, or another one.
func (b *Bucket) check(url string) error {
	if _, err := par.Parse(url); err != nil {
		return apierr.New(codes.InvalidArgument, pb.Reason_REASON_PAR_MALFORMED, "%v", err).
			WithHint("copy the whole URL that was shown when the PAR was created").WithFact("field", "par_url")
	}
	if url != b.PAR() {
		return apierr.New(codes.PermissionDenied, pb.Reason_REASON_PAR_EXPIRED, "the object store refuses the PAR: 404 BucketNotFound").
			WithHint("create a new PAR")
	}
	return nil
}

func objectName(prefix string, n int) string {
	return fmt.Sprintf("%s%d_1_20261122T080000Z.csv", prefix, n)
}
