package bucket

import (
	"context"
	"fmt"
	"strings"

	"github.com/adbferry/adbferry/pkg/par"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// folderOf returns the folder of an object, with its final /.
func folderOf(name string) string { return name[:strings.LastIndexByte(name, '/')+1] }

// Leftover reports the objects of a migration that are still there, nil for
// none. A PAR cannot delete (reference 5.3), so the hint is a command for
// somebody who can.
func (st Store) Leftover(ctx context.Context, u par.URL, migration string) (*pb.Leftover, error) {
	prefix := u.FullName(migration + "/")
	objects, err := st.list(ctx, u, prefix)
	if err != nil || len(objects) == 0 {
		return nil, err
	}
	return &pb.Leftover{
		Kind: "objects", Location: prefix, Count: int64(len(objects)), Bytes: total(objects),
		Hint: fmt.Sprintf("a PAR cannot delete; run: oci os object bulk-delete --namespace %s --bucket-name %s --prefix %s", u.Namespace(), u.Bucket(), prefix),
	}, nil
}
