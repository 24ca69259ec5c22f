package receipt

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func newKey(tb testing.TB) ed25519.PrivateKey {
	tb.Helper()
	key, err := OpenKey(filepath.Join(tb.TempDir(), "receipt.key"))
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

func example() *pb.Receipt {
	return &pb.Receipt{
		MigrationId: "orders", Scn: 42, Verdict: pb.Verdict_VERDICT_VERIFIED, ControllerVersion: "v1",
		Tables: []*pb.TableReceipt{{Source: &pb.TableName{Schema: "A", Name: "T"}, SourceRows: new(int64(5)), TargetRows: new(int64(5))}},
	}
}

func signedFile(tb testing.TB, key ed25519.PrivateKey) []byte {
	tb.Helper()
	s, err := Sign(key, example())
	if err != nil {
		tb.Fatal(err)
	}
	text, err := Encode(s)
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

func TestAFileComesBackAsItWasSigned(t *testing.T) {
	key := newKey(t)
	text := signedFile(t, key)
	s, r, err := Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(example(), r, protocmp.Transform()); d != "" {
		t.Error(d)
	}
	if !bytes.Equal(s.GetPublicKey(), key.Public().(ed25519.PublicKey)) {
		t.Error("another public key")
	}
	if again := signedFile(t, key); !bytes.Equal(s.GetSignature(), decodeSigned(t, again).GetSignature()) {
		t.Error("signing twice gave two signatures")
	}
}

func decodeSigned(tb testing.TB, text []byte) *pb.SignedReceipt {
	tb.Helper()
	s, _, err := Decode(text)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func TestWhatWasChangedIsRefused(t *testing.T) {
	text := string(signedFile(t, newKey(t)))
	other := decodeSigned(t, signedFile(t, newKey(t)))
	own := decodeSigned(t, []byte(text))
	for name, altered := range map[string]*pb.SignedReceipt{
		"payload":    {Receipt: append(bytes.Clone(own.GetReceipt()), 0x10, 0x01), Signature: own.GetSignature(), PublicKey: own.GetPublicKey()},
		"signature":  {Receipt: own.GetReceipt(), Signature: other.GetSignature(), PublicKey: own.GetPublicKey()},
		"public key": {Receipt: own.GetReceipt(), Signature: own.GetSignature(), PublicKey: other.GetPublicKey()},
	} {
		if _, err := Open(altered); !errors.Is(err, ErrAltered) {
			t.Errorf("another %s gave %v", name, err)
		}
	}
	for name, change := range map[string][2]string{
		"a number that is read":  {`"5"`, `"6"`},
		"a verdict that is read": {"VERDICT_VERIFIED", "VERDICT_DIFFERS"},
	} {
		changed := strings.Replace(text, change[0], change[1], 1)
		if changed == text {
			t.Fatalf("%s: nothing to change in %s", name, text)
		}
		if _, _, err := Decode([]byte(changed)); !errors.Is(err, ErrAltered) {
			t.Errorf("%s gave %v", name, err)
		}
	}
}

// A decoder takes the last of several keys, and passes over the case of letters;
// a person reads the first.
func TestAReceiptThatReadsInTwoWaysIsRefused(t *testing.T) {
	good := string(signedFile(t, newKey(t)))
	forged := `{"scn": "43", "verdict": "VERDICT_VERIFIED"}`
	for name, change := range map[string][2]string{
		"a receipt before the receipt":  {`"receipt":`, `"receipt": ` + forged + `, "receipt":`},
		"one in capitals":               {`"receipt":`, `"Receipt": ` + forged + `, "receipt":`},
		"one with an escaped letter":    {`"receipt":`, `"\u0072eceipt": ` + forged + `, "receipt":`},
		"one with a letter like k":      {`"public_key":`, "\"public_\u212aey\": \"AA==\", \"public_key\":"},
		"one with a letter like s":      {`"signature":`, "\"\u017fignature\": \"AA==\", \"signature\":"},
		"a number twice":                {`"scn":`, `"scn": "43", "scn":`},
		"a number under its other name": {`"migrationId":`, `"migration_id": "other", "migrationId":`},
		"a number of a table twice":     {`"sourceRows":`, `"sourceRows": "5000000", "sourceRows":`},
		"a number in capitals":          {`"sourceRows":`, `"SourceRows": "5000000", "sourceRows":`},
		"an object that ends twice":     {"\n}\n", "\n}}\n"},
	} {
		changed := strings.Replace(good, change[0], change[1], 1)
		if changed == good {
			t.Fatalf("%s: nothing to change in %s", name, good)
		}
		if _, _, err := Decode([]byte(changed)); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	twice := strings.Replace(good, `"receipt":`, `"receipt": `+forged+`, "receipt":`, 1)
	if _, _, err := Decode([]byte(twice)); !errors.Is(err, ErrAltered) {
		t.Errorf("a receipt before the receipt gave %v", err)
	}
}

func TestWhatIsNoReceiptIsRefused(t *testing.T) {
	good := string(signedFile(t, newKey(t)))
	for name, text := range map[string]string{
		"nothing":         "",
		"no JSON":         "receipt",
		"another format":  strings.Replace(good, format, "adbferry receipt v9", 1),
		"an unknown key":  strings.Replace(good, `"format"`, `"extra": 1, "format"`, 1),
		"two receipts":    good + good,
		"a short key":     strings.Replace(good, `"public_key": "`, `"public_key": "AA==", "signature_of": "`, 1),
		"cut in half":     good[:len(good)/2],
		"an empty object": "{}",
		"a list":          `["format"]`,
		"arrays in depth": strings.Repeat("[", 1_000_000),
	} {
		if _, _, err := Decode([]byte(text)); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestTheKeyIsMadeOnceAndKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "receipt.key")
	keys := make([]ed25519.PrivateKey, 8)
	var all sync.WaitGroup
	for i := range keys {
		all.Go(func() {
			key, err := OpenKey(path)
			if err != nil {
				t.Error(err)
			}
			keys[i] = key
		})
	}
	all.Wait()
	for _, key := range keys {
		if !key.Equal(keys[0]) {
			t.Error("two keys were made")
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestAFileThatIsNoKeyIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "text": "hello", "another block": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
		"broken block": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
	} {
		path := filepath.Join(t.TempDir(), "receipt.key")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenKey(path); err == nil {
			t.Errorf("%s was taken for a key", name)
		}
	}
}

func FuzzOnlyWhatWasSignedIsDecoded(f *testing.F) {
	f.Add(signedFile(f, newKey(f)))
	f.Add([]byte(`{"format":"adbferry receipt v1"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, r, err := Decode(text)
		if err != nil {
			return
		}
		if opened, err := Open(s); err != nil || !cmp.Equal(opened, r, protocmp.Transform()) {
			t.Errorf("decoded what does not open: %v", err)
		}
	})
}
