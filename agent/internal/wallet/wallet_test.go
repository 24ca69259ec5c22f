package wallet_test

import (
	"crypto/tls"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"software.sslmate.com/src/go-pkcs12"

	"github.com/adbferry/adbferry/agent/internal/wallet"
	"github.com/adbferry/adbferry/pkg/config"
)

func TestOpenReadsWhateverFileHoldsTheKey(t *testing.T) {
	m := newMaterial(t)
	for name, tt := range map[string]struct {
		password string
		files    map[string][]byte
	}{
		"PKCS#12":                              {password, map[string][]byte{"ewallet.p12": m.p12(t, pkcs12.Modern2023, password)}},
		"PKCS#12 of old writers":               {password, map[string][]byte{"ewallet.p12": m.p12(t, pkcs12.LegacyDES, password)}},
		"PEM":                                  {password, map[string][]byte{"ewallet.pem": m.pem(t, password)}},
		"PEM beside an unreadable PKCS#12":     {password, map[string][]byte{"ewallet.p12": []byte("odd"), "ewallet.pem": m.pem(t, password)}},
		"auto-login":                           {"", map[string][]byte{"cwallet.sso": m.sso(t, false)}},
		"auto-login with padding":              {"", map[string][]byte{"cwallet.sso": m.sso(t, true)}},
		"auto-login although a PKCS#12 exists": {"", map[string][]byte{"cwallet.sso": m.sso(t, false), "ewallet.p12": []byte("unused")}},
		"auto-login with a useless password":   {password, map[string][]byte{"cwallet.sso": m.sso(t, false)}},
	} {
		tt.files["tnsnames.ora"] = []byte(names)
		for store, path := range map[string]string{
			"directory": writeDir(t, tt.files), "zip": writeZip(t, "", tt.files), "zip of a folder": writeZip(t, "Wallet_DB/", tt.files),
		} {
			t.Run(name+" in "+store, func(t *testing.T) {
				w, err := wallet.Open(path, config.NewSecret(tt.password))
				if err != nil {
					t.Fatal(err)
				}
				checkTLS(t, w.TLS(), m)
			})
		}
	}
}

func checkTLS(t *testing.T, cfg *tls.Config, m material) {
	t.Helper()
	if len(cfg.Certificates) != 1 || !cfg.Certificates[0].Leaf.Equal(m.pair.Certificate) {
		t.Error("the client certificate is not the wallet's")
	}
	subjects := cfg.RootCAs.Subjects() //nolint:staticcheck // the pool is one of ours, so the list is complete
	if len(subjects) != 1 {
		t.Errorf("%d roots, want the CA alone", len(subjects))
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	m := newMaterial(t)
	tns := []byte(names)
	for name, tt := range map[string]struct {
		password string
		files    map[string][]byte
		want     any
	}{
		"no tnsnames.ora":             {password, map[string][]byte{"ewallet.p12": m.p12(t, pkcs12.Modern2023, password)}, new(*wallet.MissingError)},
		"no key at all":               {password, map[string][]byte{"tnsnames.ora": tns}, new(*wallet.MissingError)},
		"no key and no password":      {"", map[string][]byte{"tnsnames.ora": tns}, new(*wallet.MissingError)},
		"wrong PKCS#12 password":      {"wrong", map[string][]byte{"tnsnames.ora": tns, "ewallet.p12": m.p12(t, pkcs12.Modern2023, password)}, new(*wallet.PasswordError)},
		"wrong PEM password":          {"wrong", map[string][]byte{"tnsnames.ora": tns, "ewallet.pem": m.pem(t, password)}, new(*wallet.PasswordError)},
		"wrong password, sso present": {"wrong", map[string][]byte{"tnsnames.ora": tns, "ewallet.pem": m.pem(t, password), "cwallet.sso": m.sso(t, false)}, new(*wallet.PasswordError)},
		"password needed":             {"", map[string][]byte{"tnsnames.ora": tns, "ewallet.pem": m.pem(t, password)}, new(*wallet.PasswordError)},
		"garbled auto-login":          {"", map[string][]byte{"tnsnames.ora": tns, "cwallet.sso": []byte("nonsense")}, new(*wallet.FormatError)},
		"unbalanced tnsnames.ora":     {"", map[string][]byte{"tnsnames.ora": []byte("x = (description=")}, new(*wallet.FormatError)},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := wallet.Open(writeDir(t, tt.files), config.NewSecret(tt.password))
			if !errors.As(err, tt.want) {
				t.Fatalf("err = %v (%T), want %T", err, err, tt.want)
			}
			if tt.password != "" && strings.Contains(err.Error(), tt.password+" ") {
				t.Errorf("error %q shows the password", err)
			}
		})
	}
	if _, err := wallet.Open(filepath.Join(t.TempDir(), "none"), config.Secret{}); !errors.As(err, new(*wallet.MissingError)) {
		t.Errorf("a missing directory gave %v", err)
	}
}

func TestDescriptorsAreFoundByAlias(t *testing.T) {
	m := newMaterial(t)
	w, err := wallet.Open(writeDir(t, map[string][]byte{"tnsnames.ora": []byte(names), "cwallet.sso": m.sso(t, false)}), config.Secret{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := w.Descriptor("DB_Low")
	if err != nil {
		t.Fatal(err)
	}
	if d.ServiceName != "x_db_low.adb.oraclecloud.com" || d.ServerDN != "CN=adb.example.com, O=Oracle Corporation, C=US" {
		t.Errorf("got %+v", d)
	}
	_, err = w.Descriptor("db_hihg")
	ae, ok := errors.AsType[*wallet.AliasError](err)
	if !ok {
		t.Fatalf("err = %v, want an *AliasError", err)
	}
	if diff := cmp.Diff([]string{"db_high", "db_low"}, ae.Known); diff != "" {
		t.Error(diff)
	}
}
