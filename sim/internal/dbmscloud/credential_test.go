package dbmscloud_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim/internal/dbmscloud"
)

// native is the URL of the bucket without a PAR.
func (w *world) native() string { return w.base + "/n/ns/b/b/o/" }

// account makes the credential CRED of an account of the store.
func (w *world) account() {
	w.t.Helper()
	w.store.AddAccount("ana@example.com", "auth-token")
	w.exec("BEGIN DBMS_CLOUD.CREATE_CREDENTIAL(credential_name => 'cred', username => 'ana@example.com', password => 'auth-token'); END;")
}

// cloud calls a procedure of DBMS_CLOUD.
func (w *world) cloud(format string, args ...any) error {
	return w.session.Exec(w.t.Context(), "BEGIN DBMS_CLOUD."+fmt.Sprintf(format, args...)+"; END;")
}

func TestNativeURIsWorkWithACredential(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.account()
	w.pair()
	w.exec("INSERT INTO p VALUES (1, 'a')", "COMMIT")
	export := func(uri string) error {
		return w.cloud(`EXPORT_DATA(credential_name => 'CRED', file_uri_list => %s, query => 'SELECT * FROM p', format => '%s')`,
			literal(uri), csv)
	}
	if err := export(w.native() + "run/x"); err != nil {
		t.Fatal(err)
	}
	// The service's own names reach the same store.
	for _, host := range []string{"objectstorage.us-sanjose-1.oraclecloud.com", "ns.objectstorage.us-sanjose-1.oci.customer-oci.com"} {
		uri := "https://" + host + "/n/ns/b/b/o/run/*"
		if err := w.cloud(`COPY_DATA('P', 'cred', %s, format => '%s')`, literal(uri), csv); err != nil {
			t.Fatal(err)
		}
	}
	w.wantRows("SELECT COUNT(*), MAX(name) FROM p", "3|a")
}

func TestNativeURIsFailWithoutTheRightCredential(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.account()
	w.pair()
	w.put("x", "1,a\n")
	load := func(credential string) error {
		return w.cloud(`COPY_DATA(table_name => 'P', credential_name => %s, file_uri_list => %s, format => '%s')`,
			credential, literal(w.native()+"x"), csv)
	}
	wantStack(t, load("NULL"), 29913, "ORA-20404: Object not found - "+w.native()+"x")
	wantStack(t, load("'NOBODY'"), 20004, `Credential "NOBODY" does not exist`)
	w.exec("BEGIN DBMS_CLOUD.UPDATE_CREDENTIAL('CRED', 'PASSWORD', 'stale'); END;")
	err := load("'CRED'")
	wantStack(t, err, 29913, "ORA-20401: Authorization failed for URI")
	if strings.Contains(err.Error(), "stale") {
		t.Errorf("%v shows the token", err)
	}
	w.exec("BEGIN DBMS_CLOUD.UPDATE_CREDENTIAL('CRED', 'password', 'auth-token'); END;")
	if err := load("'CRED'"); err != nil {
		t.Error(err)
	}
	wantStack(t, load("'OCI$RESOURCE_PRINCIPAL'"), 20000, "does not simulate resource principals")
}

func TestPublicBucketsNeedNoCredential(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.put("x", "1,a\n")
	if err := w.store.SetPublic("b", true); err != nil {
		t.Fatal(err)
	}
	w.mustLoad("p", w.native()+"*", csv)
	w.wantRows("SELECT id FROM p", "1")
}

func TestCredentialsAreListedWithoutTheirSecret(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.account()
	w.exec(`BEGIN DBMS_CLOUD.CREATE_CREDENTIAL('"Mixed"', 'bob', 'other'); END;`)
	w.wantRows("SELECT credential_name, username, enabled FROM user_credentials ORDER BY 1", "CRED|ana@example.com|TRUE", "Mixed|bob|TRUE")
	w.wantRows("SELECT owner, credential_name FROM all_credentials ORDER BY 2", "ADMIN|CRED", "ADMIN|Mixed")
	w.inst.CreateUser("APP", "secret")
	other := w.inst.Internal("APP")
	defer other.Close()
	if got := queryWith(t, other, "SELECT * FROM all_credentials"); len(got) != 0 {
		t.Errorf("APP sees %q", got)
	}
	w.exec(`BEGIN DBMS_CLOUD.DROP_CREDENTIAL('cred'); END;`, `BEGIN DBMS_CLOUD.UPDATE_CREDENTIAL('"Mixed"', 'USERNAME', 'eve'); END;`)
	w.wantRows("SELECT credential_name, username FROM user_credentials", "Mixed|eve")
}

func TestCredentialProceduresRefuse(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.account()
	tests := []struct {
		call string
		code int
		text string
	}{
		{"CREATE_CREDENTIAL('cred', 'u', 'p')", 20022, `Credential "CRED" already exists`},
		{"CREATE_CREDENTIAL('c2', 'u')", 20010, "Missing credential information"},
		{"CREATE_CREDENTIAL('c2', NULL, 'p')", 20010, "Missing credential information"},
		{"CREATE_CREDENTIAL('a b', 'u', 'p')", 20007, "Invalid SQL name"},
		{"CREATE_CREDENTIAL('" + strings.Repeat("x", 129) + "', 'u', 'p')", 20008, "Identifier is too long"},
		{"CREATE_CREDENTIAL(credential_name => 'c2', params => '{}')", 20000, "does not simulate credentials with a signing key"},
		{"CREATE_CREDENTIAL(credential_name => 'c2', user_ocid => 'o', tenancy_ocid => 't', private_key => 'k', fingerprint => 'f')", 20000, "signing key"},
		{"DROP_CREDENTIAL('c2')", 20004, `Credential "C2" does not exist`},
		{"DROP_CREDENTIAL('a;b')", 20007, "Invalid SQL name"},
		{"UPDATE_CREDENTIAL('c2', 'USERNAME', 'x')", 20004, "does not exist"},
		{"UPDATE_CREDENTIAL('cred', 'COLOUR', 'x')", 20020, "Invalid credential attribute - COLOUR"},
		{"UPDATE_CREDENTIAL('cred', 'PASSWORD', NULL)", 20010, "Missing credential information"},
		{"UPDATE_CREDENTIAL('', 'PASSWORD', 'x')", 20007, "Invalid SQL name"},
	}
	for _, test := range tests {
		t.Run(test.call, func(t *testing.T) { wantStack(t, w.cloud("%s", test.call), test.code, test.text) })
	}
}

func TestObserversSeeNoSecrets(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	var calls []dbmscloud.Call
	err := dbmscloud.Register(w.inst, dbmscloud.Config{HTTPClient: w.http, Observe: func(c dbmscloud.Call) { calls = append(calls, c) }})
	if err != nil {
		t.Fatal(err)
	}
	w.exec("BEGIN DBMS_CLOUD.CREATE_CREDENTIAL('cred', 'ana', 'token'); DBMS_CLOUD.UPDATE_CREDENTIAL('cred', 'PASSWORD', 'new'); END;")
	_ = w.cloud("BULK_COPY(source_location_uri => 'https://h/p/token/n/ns/b/b/o/', target_location_uri => 'https://h/p/token/n/ns/b/b/o/', regex_filter => 'x')")
	want := []dbmscloud.Call{
		{Procedure: "CREATE_CREDENTIAL", Arguments: map[string]string{"CREDENTIAL_NAME": "cred", "USERNAME": "ana"}},
		{Procedure: "UPDATE_CREDENTIAL", Arguments: map[string]string{"CREDENTIAL_NAME": "cred", "ATTRIBUTE": "PASSWORD"}},
		{Procedure: "BULK_COPY", Arguments: map[string]string{"REGEX_FILTER": "x"}},
	}
	if diff := cmp.Diff(want, calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestFact_3_CreateCredentialNeedsItsPrivilege(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.inst.CreateUser("CLERK", "secret")
	w.exec("GRANT EXECUTE ON dbms_cloud TO clerk")
	clerk := w.inst.Internal("CLERK")
	defer clerk.Close()
	const create = "BEGIN DBMS_CLOUD.CREATE_CREDENTIAL('c', 'ana', 'token'); END;"
	wantStack(t, clerk.Exec(t.Context(), create), 27486, "insufficient privileges")
	w.exec("GRANT CREATE CREDENTIAL TO clerk")
	if err := clerk.Exec(t.Context(), create); err != nil {
		t.Error(err)
	}
	if got := queryWith(t, clerk, "SELECT credential_name FROM user_credentials"); len(got) != 1 || got[0] != "C" {
		t.Errorf("credentials: %v", got)
	}
}
