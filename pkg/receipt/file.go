package receipt

import (
	"encoding/json"
	"fmt"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// format names this form of a file.
const format = "adbferry receipt v1"

// MaxFile is the longest file that Decode takes, in bytes: a migration of tens
// of thousands of chunks.
const MaxFile = 256 << 20

// A file is a signed receipt as JSON. Receipt is there to be read, Payload is what
// was signed; Decode refuses a file in which they differ.
type file struct {
	Format    string          `json:"format"`
	Receipt   json.RawMessage `json:"receipt"`
	Payload   []byte          `json:"payload"`
	Signature []byte          `json:"signature"`
	PublicKey []byte          `json:"public_key"`
}

// Encode renders a signed receipt as a JSON file, readable and indented.
//
// Errors are those of Open: what cannot be checked is not written.
func Encode(s *pb.SignedReceipt) ([]byte, error) {
	r, err := Open(s)
	if err != nil {
		return nil, err
	}
	readable, err := protojson.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("encode the receipt: %w", err)
	}
	text, err := json.MarshalIndent(file{
		Format: format, Receipt: readable, Payload: s.GetReceipt(), Signature: s.GetSignature(), PublicKey: s.GetPublicKey(),
	}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode the receipt: %w", err)
	}
	return append(text, '\n'), nil
}

// Decode reads a file that Encode wrote and checks it: the signature, and that
// what a person reads in it is what was signed.
//
// Errors: ErrAltered, and others for what is not such a file.
func Decode(text []byte) (*pb.SignedReceipt, *pb.Receipt, error) {
	f, err := parse(text)
	if err != nil {
		return nil, nil, fmt.Errorf("read the receipt's file: %w", err)
	}
	s := &pb.SignedReceipt{Receipt: f.Payload, Signature: f.Signature, PublicKey: f.PublicKey}
	r, err := Open(s)
	if err != nil {
		return nil, nil, err
	}
	shown := &pb.Receipt{}
	if err := protojson.Unmarshal(f.Receipt, shown); err != nil {
		return nil, nil, fmt.Errorf("read the receipt's file: %w", err)
	}
	if !proto.Equal(shown, r) {
		return nil, nil, ErrAltered
	}
	return s, r, nil
}

func parse(text []byte) (*file, error) {
	if len(text) > MaxFile {
		return nil, fmt.Errorf("it is longer than %d bytes", MaxFile)
	}
	if err := unambiguous(text); err != nil {
		return nil, err
	}
	f := &file{}
	if err := json.Unmarshal(text, f); err != nil {
		return nil, err
	}
	if f.Format != format {
		return nil, fmt.Errorf("its format is %q, not %q", f.Format, format)
	}
	return f, nil
}
