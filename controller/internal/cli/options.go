package cli

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/spf13/pflag"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// tableOptions are the choices that can be made for one table, for a schema or
// for all, as people write them. Empty texts choose nothing.
type tableOptions struct {
	Format    string `yaml:"format"`
	DDL       string `yaml:"ddl"`
	IfExists  string `yaml:"if_exists"`
	ChunkSize string `yaml:"chunk_size"`
}

// The words of the choices, the default first.
var (
	formatWords   = []string{"auto", "csv", "json", "parquet", "datapump"}
	ddlWords      = []string{"create", "require", "none"}
	ifExistsWords = []string{"fail", "append", "truncate", "replace"}
)

func (o *tableOptions) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&o.Format, "format", "", "`format` of the files: auto, csv, json, parquet or datapump (default auto)")
	flags.StringVar(&o.DDL, "ddl", "", "`mode` of the target's definition: create what is missing, require that it fits, or none for rows only (default create)")
	flags.StringVar(&o.IfExists, "if-exists", "", "`what` happens to rows that the target has: fail, append, truncate or replace (default fail)")
	flags.StringVar(&o.ChunkSize, "chunk-size", "", "`bytes` of one chunk's export, such as 256MiB (the default)")
}

// over lets flags win over what a file says.
func (o *tableOptions) over(file tableOptions) tableOptions {
	for _, f := range []struct{ flag, into *string }{
		{&o.Format, &file.Format},
		{&o.DDL, &file.DDL},
		{&o.IfExists, &file.IfExists},
		{&o.ChunkSize, &file.ChunkSize},
	} {
		if *f.flag != "" {
			*f.into = *f.flag
		}
	}
	return file
}

// parse reads the choices; name says how the user knows a key. It is nil when
// nothing was chosen.
func (o *tableOptions) parse(name func(key string) string) (*pb.TableOptions, error) {
	if *o == (tableOptions{}) {
		return nil, nil //nolint:nilnil // nothing chosen is no error
	}
	format, err := choice(name("format"), o.Format, formatWords)
	if err != nil {
		return nil, err
	}
	ddl, err := choice(name("ddl"), o.DDL, ddlWords)
	if err != nil {
		return nil, err
	}
	ifExists, err := choice(name("if_exists"), o.IfExists, ifExistsWords)
	if err != nil {
		return nil, err
	}
	chunk, err := bytesOf(name("chunk_size"), o.ChunkSize)
	if err != nil {
		return nil, err
	}
	// Automatic is what the enum calls not set; the others begin with 1.
	return &pb.TableOptions{
		Format: pb.Format(max(0, format)), Ddl: pb.DdlMode(ddl + 1), IfExists: pb.IfExists(ifExists + 1), ChunkBytes: chunk,
	}, nil
}

// choice returns the place of a word among others, -1 for no word.
func choice(name, word string, words []string) (int32, error) {
	if word == "" {
		return -1, nil
	}
	at := slices.Index(words, word)
	if at < 0 {
		return 0, usage("leave it out for "+words[0]+", the default", "%s is one of %s, not %q", name, strings.Join(words, ", "), word)
	}
	return int32(at), nil
}

// bytesOf reads a size such as 256MiB; an empty text is 0.
func bytesOf(name, text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := humanize.ParseBytes(text)
	if err != nil || n == 0 || n > math.MaxInt64 {
		return 0, usage("write a number of bytes, or one with kB, MB, GB, KiB, MiB or GiB", "%s: %q is not a size", name, text)
	}
	return int64(n), nil
}

// flagName is how users know a key of tableOptions on the command line.
func flagName(key string) string { return "--" + strings.ReplaceAll(key, "_", "-") }

// keyName is how they know it in a file.
func keyName(path string) func(string) string {
	return func(key string) string { return fmt.Sprintf("%s.%s", path, key) }
}
