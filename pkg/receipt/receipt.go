// Package receipt signs the receipts of migrations, checks such signatures, and
// knows the file that a signed receipt is kept in. It says nothing about what
// a receipt contains.
//
// A signature shows that a receipt is unchanged since the controller with that
// key made it. Whose key it is, only its fingerprint can tell, which the reader
// has from somewhere else.
package receipt

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// domain stands before the signed bytes, so that a signature made for a receipt
// is one for nothing else.
const domain = "adbferry receipt v1\x00"

// ErrAltered is returned for a receipt that is not the one that was signed.
var ErrAltered = errors.New("the receipt is not what was signed: it was altered, or its signature is of another one")

// Sign signs a receipt. The same receipt and key give the same bytes.
//
// Error: the receipt cannot be encoded, because one of its texts is not UTF-8.
func Sign(key ed25519.PrivateKey, r *pb.Receipt) (*pb.SignedReceipt, error) {
	payload, err := proto.MarshalOptions{Deterministic: true}.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("encode the receipt: %w", err)
	}
	public, ok := key.Public().(ed25519.PublicKey)
	if !ok {
		return nil, errors.New("sign the receipt: the key is not an Ed25519 key")
	}
	return &pb.SignedReceipt{Receipt: payload, Signature: ed25519.Sign(key, signed(payload)), PublicKey: public}, nil
}

// Open checks a signed receipt and returns what was signed.
//
// Errors: ErrAltered, and others for what is not a signed receipt at all.
func Open(s *pb.SignedReceipt) (*pb.Receipt, error) {
	if len(s.GetPublicKey()) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("a public key has %d bytes, not %d", ed25519.PublicKeySize, len(s.GetPublicKey()))
	}
	if !ed25519.Verify(s.GetPublicKey(), signed(s.GetReceipt()), s.GetSignature()) {
		return nil, ErrAltered
	}
	r := &pb.Receipt{}
	if err := proto.Unmarshal(s.GetReceipt(), r); err != nil {
		return nil, fmt.Errorf("decode the signed receipt: %w", err)
	}
	return r, nil
}

// Fingerprint names a public key: "SHA256:" and the hash in base64 without padding.
func Fingerprint(public []byte) string {
	sum := sha256.Sum256(public)
	return "SHA256:" + base64.RawStdEncoding.EncodeToString(sum[:])
}

func signed(payload []byte) []byte { return append([]byte(domain), payload...) }
