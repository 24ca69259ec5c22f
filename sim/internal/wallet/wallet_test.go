package wallet_test

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509/pkix"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"software.sslmate.com/src/go-pkcs12"

	"github.com/adbferry/adbferry/pkg/pki"
	"github.com/adbferry/adbferry/sim/internal/wallet"
)

const password = "Wallet-Password#1"

func testSpec(t *testing.T) wallet.Spec {
	t.Helper()
	ca, err := pki.NewAuthority(pkix.Name{CommonName: "Test CA"}, time.Hour, true)
	if err != nil {
		t.Fatal(err)
	}
	client, err := ca.Issue(pki.Request{Subject: pkix.Name{CommonName: "client"}, Client: true, RSA: true, Lifetime: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	return wallet.Spec{
		Client: client, CA: ca.Certificate, Password: password,
		Host: "127.0.0.1", Port: 1522, Database: "adbsj", ServerDN: "CN=adbsj, O=adbferry, C=US",
	}
}

func writeWallet(t *testing.T) (wallet.Spec, string) {
	t.Helper()
	spec, dir := testSpec(t), filepath.Join(t.TempDir(), "wallet")
	if err := spec.Write(dir); err != nil {
		t.Fatal(err)
	}
	return spec, dir
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDecodeChainReadsTheKeyStore(t *testing.T) {
	spec, dir := writeWallet(t)
	key, cert, cas, err := pkcs12.DecodeChain(read(t, dir, "ewallet.p12"), password)
	if err != nil {
		t.Fatal(err)
	}
	if !spec.Client.Key.(*rsa.PrivateKey).Equal(key) {
		t.Error("another key came back")
	}
	if !cert.Equal(spec.Client.Certificate) || len(cas) != 1 || !cas[0].Equal(spec.CA) {
		t.Error("other certificates came back")
	}
	if _, _, _, err := pkcs12.DecodeChain(read(t, dir, "ewallet.p12"), "wrong"); err == nil {
		t.Error("a wrong password opened the wallet")
	}
}

// OpenSSL is the judge that shares no code with us; it is part of the base
// system wherever this is built.
func TestOpenSSLReadsTheWallet(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("no openssl")
	}
	_, dir := writeWallet(t)
	for name, args := range map[string][]string{
		"ewallet.p12": {"pkcs12", "-in", filepath.Join(dir, "ewallet.p12"), "-nodes", "-passin", "pass:" + password},
		"ewallet.pem": {"pkey", "-in", filepath.Join(dir, "ewallet.pem"), "-passin", "pass:" + password},
	} {
		out, err := exec.CommandContext(t.Context(), openssl, args...).CombinedOutput()
		if err != nil || !bytes.Contains(out, []byte("BEGIN PRIVATE KEY")) {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

func TestFact_9_ThePEMFileIsProtectedByThePassword(t *testing.T) {
	spec, dir := writeWallet(t)
	rest := read(t, dir, "ewallet.pem")
	var blocks []*pem.Block
	for {
		var b *pem.Block
		if b, rest = pem.Decode(rest); b == nil {
			break
		}
		blocks = append(blocks, b)
	}
	if len(blocks) != 3 || blocks[0].Type != "ENCRYPTED PRIVATE KEY" ||
		!bytes.Equal(blocks[1].Bytes, spec.Client.Certificate.Raw) || !bytes.Equal(blocks[2].Bytes, spec.CA.Raw) {
		t.Errorf("%d blocks, or in another order", len(blocks))
	}
}

func TestFact_9_TheAutoLoginWalletNeedsNoPassword(t *testing.T) {
	_, dir := writeWallet(t)
	sso := read(t, dir, "cwallet.sso")
	want := []byte{0xA1, 0xF8, 0x4E, 0x36, 0, 0, 0, 6, 0, 0, 0, 33, 6}
	if !bytes.HasPrefix(sso, want) {
		t.Errorf("header % x, want % x", sso[:13], want)
	}
	if sso[13+32] != 0x30 {
		t.Error("no PKCS#12 after the header")
	}
}

func TestNamesCoverAllServiceLevels(t *testing.T) {
	_, dir := writeWallet(t)
	names := string(read(t, dir, "tnsnames.ora"))
	for _, level := range wallet.Levels() {
		want := "adbsj_" + level + " = (description= (retry_count=20)(retry_delay=3)" +
			"(address=(protocol=tcps)(port=1522)(host=127.0.0.1))" +
			"(connect_data=(service_name=adbsj_" + level + ".adb.oraclecloud.com))" +
			`(security=(ssl_server_dn_match=yes)(ssl_server_cert_dn="CN=adbsj, O=adbferry, C=US")))`
		if !strings.Contains(names, want) {
			t.Errorf("no entry %s in\n%s", want, names)
		}
	}
}

func TestAWalletNeedsAPassword(t *testing.T) {
	spec := testSpec(t)
	spec.Password = ""
	if err := spec.Write(t.TempDir()); err == nil {
		t.Error("no error")
	}
}

func TestFilesAreTheOwnersOnly(t *testing.T) {
	_, dir := writeWallet(t)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", e.Name(), info.Mode(), err)
		}
	}
}
