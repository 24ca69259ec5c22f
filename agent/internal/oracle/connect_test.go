package oracle

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/sijms/go-ora/v2/configurations"

	"github.com/adbferry/adbferry/agent/internal/wallet"
	"github.com/adbferry/adbferry/pkg/config"
)

func TestTheDriverUnderstandsOurURL(t *testing.T) {
	a := wallet.Address{Protocol: "tcps", Host: "adb.us-phoenix-1.oraclecloud.com", Port: 1522}
	descriptor := `(DESCRIPTION=(ADDRESS=(PROTOCOL=tcps)(HOST=adb.us-phoenix-1.oraclecloud.com)(PORT=1522))(CONNECT_DATA=(SERVICE_NAME=x_db_high.adb.oraclecloud.com)))`
	cfg, err := configurations.ParseConfig(dataSource(descriptor, a, "A:d@min/", config.NewSecret("p?w:d@/%#&, +ü")))
	if err != nil {
		t.Fatal(err)
	}
	if cfg.UserID != "A:d@min/" || cfg.Password != "p?w:d@/%#&, +ü" {
		t.Errorf("user %q, password %q", cfg.UserID, cfg.Password)
	}
	if cfg.ServiceName != "x_db_high.adb.oraclecloud.com" || cfg.Timeout != 0 || !cfg.SSL || cfg.ConnectionData() != descriptor {
		t.Errorf("service %q, timeout %s, SSL %v, connect data %s", cfg.ServiceName, cfg.Timeout, cfg.SSL, cfg.ConnectionData())
	}
	if diff := cmp.Diff([]configurations.ServerAddr{{Protocol: "tcps", Addr: a.Host, Port: a.Port}}, cfg.Servers); diff != "" {
		t.Error(diff)
	}
}

func TestPlainTCPIsLeftToTheDescriptor(t *testing.T) {
	u, err := url.Parse(dataSource("d", wallet.Address{Protocol: "tcp"}, "u", config.NewSecret("p")))
	if err != nil {
		t.Fatal(err)
	}
	if u.Query().Has("SSL") {
		t.Error("TLS is asked for on a tcp address")
	}
}

func TestServerDNIsComparedByItsParts(t *testing.T) {
	name := pkix.Name{
		CommonName: "adb.us-phoenix-1.oraclecloud.com", Organization: []string{"Oracle Corporation"},
		Locality: []string{"Redwood City"}, Province: []string{"California"}, Country: []string{"US"},
	}
	state := tls.ConnectionState{PeerCertificates: []*x509.Certificate{{Subject: name}}}
	for dn, want := range map[string]bool{
		"CN=adb.us-phoenix-1.oraclecloud.com, O=Oracle Corporation, L=Redwood City, ST=California, C=US": true,
		"C=US,ST=California,L=Redwood City,O=Oracle Corporation,cn=adb.us-phoenix-1.oraclecloud.com":     true,
		"CN=adb.us-phoenix-1.oraclecloud.com":                                false,
		"CN=evil, O=Oracle Corporation, L=Redwood City, ST=California, C=US": false,
	} {
		cfg := &tls.Config{}
		requireDN(cfg, dn)
		if got := cfg.VerifyConnection(state) == nil; got != want {
			t.Errorf("%s accepted: %v, want %v", dn, got, want)
		}
	}
	cfg := &tls.Config{}
	requireDN(cfg, "CN=x")
	if cfg.VerifyConnection(tls.ConnectionState{}) == nil {
		t.Error("a server without a certificate is accepted")
	}
}

func TestDNsMayEscapeCommas(t *testing.T) {
	if diff := cmp.Diff([]string{"CN=a, b", "O=c"}, splitDN(`O=c,CN=a\, b`)); diff != "" {
		t.Error(diff)
	}
}

func TestSessionSettingsAreOneStatement(t *testing.T) {
	text := alterSession()
	if !strings.HasPrefix(text, "/* adbferry session.settings */ ALTER SESSION SET NLS_LANGUAGE = 'AMERICAN' ") {
		t.Errorf("got %s", text)
	}
	if strings.Index(text, "NLS_TERRITORY") > strings.Index(text, "NLS_DATE_FORMAT") {
		t.Error("the territory would reset the masks set before it")
	}
}

func TestActionsKeepTheirEnd(t *testing.T) {
	if got := cut("export ADMIN.A_LONG_TABLE_NAME/000001/1", 12); got != "_NAME/000001/1"[2:] {
		t.Errorf("got %q", got)
	}
	if got := cut("ä1", 2); got != "1" {
		t.Errorf("a character was cut in two: %q", got)
	}
}
