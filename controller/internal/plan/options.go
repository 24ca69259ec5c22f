package plan

import (
	"cmp"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Options merges choices, the first one that was made counting. Nil choices make
// none.
func Options(choices ...*pb.TableOptions) *pb.TableOptions {
	out := &pb.TableOptions{}
	for _, c := range choices {
		out.Format = cmp.Or(out.GetFormat(), c.GetFormat())
		out.Ddl = cmp.Or(out.GetDdl(), c.GetDdl())
		out.IfExists = cmp.Or(out.GetIfExists(), c.GetIfExists())
		out.ChunkBytes = cmp.Or(out.GetChunkBytes(), c.GetChunkBytes())
	}
	return out
}

// checkOptions refuses choices that contradict each other or that this version
// does not know.
func checkOptions(what string, o *pb.TableOptions) error {
	switch {
	case pb.Format_name[int32(o.GetFormat())] == "":
		return invalid("options", "%s: format %d is unknown", what, o.GetFormat())
	case pb.DdlMode_name[int32(o.GetDdl())] == "":
		return invalid("options", "%s: ddl mode %d is unknown", what, o.GetDdl())
	case pb.IfExists_name[int32(o.GetIfExists())] == "":
		return invalid("options", "%s: if-exists mode %d is unknown", what, o.GetIfExists())
	case o.GetChunkBytes() < 0:
		return invalid("options", "%s: a chunk cannot have %d bytes", what, o.GetChunkBytes())
	case o.GetIfExists() == pb.IfExists_IF_EXISTS_REPLACE && o.GetDdl() > pb.DdlMode_DDL_MODE_CREATE:
		return invalid("options", "%s: a table cannot be replaced, because --ddl forbids creating it", what).
			WithHint("choose --if-exists truncate, or --ddl create")
	}
	return nil
}
