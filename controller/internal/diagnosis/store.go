package diagnosis

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"google.golang.org/protobuf/encoding/protojson"

	"github.com/adbferry/adbferry/pkg/durable"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A Store keeps the latest diagnosis of each pair, one file each.
type Store struct{ dir string }

// NewStore opens a directory, which is made when the first diagnosis is kept.
func NewStore(dir string) *Store { return &Store{dir: dir} }

// Keep replaces the diagnosis of a pair. Durable on return.
func (s *Store) Keep(d *pb.Diagnosis) error {
	text, err := protojson.MarshalOptions{Multiline: true}.Marshal(d)
	if err != nil {
		return fmt.Errorf("encode the diagnosis: %w", err)
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return fmt.Errorf("keep the diagnosis: %w", err)
	}
	if err := durable.Replace(s.path(d.GetSource(), d.GetTarget()), text); err != nil {
		return fmt.Errorf("keep the diagnosis: %w", err)
	}
	return nil
}

// Get returns the latest diagnosis of a pair, nil when there is none.
func (s *Store) Get(source, target string) (*pb.Diagnosis, error) {
	text, err := os.ReadFile(s.path(source, target))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // an undiagnosed pair is no error
	}
	if err != nil {
		return nil, fmt.Errorf("read the diagnosis: %w", err)
	}
	d := &pb.Diagnosis{}
	if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(text, d); err != nil {
		return nil, fmt.Errorf("read the diagnosis of %s and %s: %w", source, target, err)
	}
	return d, nil
}

// outside is what does not go into a file name as it is.
var outside = regexp.MustCompile(`[^A-Za-z0-9_-]`)

func (s *Store) path(source, target string) string {
	escape := func(name string) string {
		return outside.ReplaceAllStringFunc(name, func(c string) string { return fmt.Sprintf("%%%02X", c) })
	}
	return filepath.Join(s.dir, escape(source)+".to."+escape(target)+".json")
}
