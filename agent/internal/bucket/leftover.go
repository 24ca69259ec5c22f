package bucket

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/adbferry/adbferry/pkg/par"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// folderOf returns the folder of an object, with its final /.
func folderOf(name string) string { return name[:strings.LastIndexByte(name, '/')+1] }

// A Holding is what lies below a migration's prefix.
type Holding struct {
	Prefix string // full, with a final /
	// Ours are objects of the migration's attempts, and the one that proved the
	// PAR. Others are there for reasons we do not know.
	Ours, Others []par.Object
}

// attemptPath is where an attempt to export a chunk writes, behind the migration's
// prefix: schema and table, or a trial of the doctor's, then chunk and attempt. What
// lies deeper is another migration's, whose PAR is for a prefix of this one's name.
const attemptPath = `^(?:[^/]+/[^/]+|behaviour-2F[^/]+)/\d{6}/\d+`

// attempt is such a folder, and mark the object that says that it is taken.
var (
	attempt = regexp.MustCompile(attemptPath + `/$`)
	mark    = regexp.MustCompile(attemptPath + begun + `$`)
)

// ours reports whether a name, behind the migration's prefix, is that of an object
// which the migration wrote.
func ours(name string) bool {
	if name == "probe" || mark.MatchString(name) {
		return true
	}
	folder := folderOf(name)
	return attempt.MatchString(folder) && formatOf(name) != pb.Format_FORMAT_UNSPECIFIED
}

// Held lists what lies below a migration's prefix.
func (st Store) Held(ctx context.Context, u par.URL, migration string) (Holding, error) {
	h := Holding{Prefix: u.FullName(migration + "/")}
	objects, err := st.list(ctx, u, h.Prefix)
	for _, o := range objects {
		if ours(strings.TrimPrefix(o.Name, h.Prefix)) {
			h.Ours = append(h.Ours, o)
		} else {
			h.Others = append(h.Others, o)
		}
	}
	return h, err
}

// Without is what h has and a later look does not have any more, nil for nothing.
func (h Holding) Without(later Holding) *pb.Leftover {
	gone := slices.DeleteFunc(slices.Clone(h.Ours), func(o par.Object) bool {
		return slices.ContainsFunc(later.Ours, func(l par.Object) bool { return l.Name == o.Name })
	})
	if len(gone) == 0 {
		return nil
	}
	return &pb.Leftover{Kind: "objects", Location: h.Prefix, Count: int64(len(gone)), Bytes: total(gone)}
}

// Leftover reports what lies there, nil for nothing. A PAR cannot delete
// (reference, section 5.3), so the hint is a command for somebody who can.
func (h Holding) Leftover(u par.URL) *pb.Leftover {
	all := slices.Concat(h.Ours, h.Others)
	if len(all) == 0 {
		return nil
	}
	why := "a PAR cannot delete"
	if len(h.Ours) == 0 {
		why = "these are not the migration's; if they are yours to delete"
	}
	place := par.Place{Region: u.Region(), Namespace: u.Namespace(), Bucket: u.Bucket(), Prefix: h.Prefix}
	return &pb.Leftover{
		Kind: "objects", Location: h.Prefix, Count: int64(len(all)), Bytes: total(all),
		Hint: why + "; run: " + par.Removal(place),
	}
}
