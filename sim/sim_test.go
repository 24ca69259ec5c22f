package sim_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/sijms/go-ora/v2/network"

	"github.com/adbferry/adbferry/sim"
)

// oraCode returns the ORA- number that the driver reports, 0 for none.
func oraCode(err error) int {
	if e, ok := errors.AsType[*network.OracleError](err); ok {
		return e.ErrCode
	}
	return 0
}

func TestADriverTalksToBothRegions(t *testing.T) {
	s := sim.StartT(t, sim.Config{})
	for _, name := range []string{sim.SanJose, sim.Phoenix} {
		db := dial(t, s.Region(name))
		var user string
		if err := db.QueryRowContext(t.Context(), "SELECT USER FROM dual").Scan(&user); err != nil || user != "ADMIN" {
			t.Errorf("%s: user %q, %v", name, user, err)
		}
	}
}

func TestTheDemoTableIsTheTutorials(t *testing.T) {
	s := sim.StartT(t, sim.Config{DemoRows: 300})
	r := s.Region(sim.SanJose)
	if n, err := r.Count(t.Context(), "ADMIN.CUSTOMER_ORDERS_DEMO"); err != nil || n != 300 {
		t.Errorf("rows: %d, %v", n, err)
	}
	rows, err := r.Rows(t.Context(), `SELECT column_name, data_type FROM all_tab_columns
		WHERE owner = 'ADMIN' AND table_name = 'CUSTOMER_ORDERS_DEMO' ORDER BY column_id`)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range rows {
		got = append(got, row[0]+" "+row[1])
	}
	want := []string{
		"ORDER_ID NUMBER", "CUSTOMER_ID NUMBER", "CUSTOMER_NAME VARCHAR2", "EMAIL VARCHAR2", "ORDER_DATE TIMESTAMP(6)",
		"ORDER_TOTAL NUMBER", "DISCOUNT_PERCENT NUMBER", "TAX_AMOUNT NUMBER", "SHIPPING_ADDRESS CLOB",
		"ORDER_STATUS VARCHAR2", "PAYMENT_METHOD VARCHAR2", "PRODUCT_DETAILS_JSON CLOB", "METADATA_JSON CLOB",
		"CUSTOMER_NOTES CLOB", "CREATED_AT TIMESTAMP(6)", "UPDATED_AT TIMESTAMP(6)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
}

// TestTheTutorialLosesRows walks the tutorial's path through the wire: one
// named object is loaded, and what rolled over to the next is not there.
func TestTheTutorialLosesRows(t *testing.T) {
	s := sim.StartT(t, sim.Config{DemoRows: 50_000})
	par, err := s.Storage().NewPAR(sim.PAR{Access: sim.AnyObjectReadWrite, List: true})
	if err != nil {
		t.Fatal(err)
	}
	source, target := dial(t, s.Region(sim.SanJose)), dial(t, s.Region(sim.Phoenix))
	columns := `order_id, customer_id, customer_name, email, order_date, order_total, discount_percent, tax_amount,
		order_status, payment_method, created_at, updated_at`
	_, err = source.ExecContext(t.Context(), `BEGIN DBMS_CLOUD.EXPORT_DATA(file_uri_list => :1, query => :2,
		format => json_object('type' VALUE 'csv')); END;`, par+"customer_orders_clean.csv",
		"SELECT "+columns+" FROM customer_orders_demo")
	if err != nil {
		t.Fatal(err)
	}
	objects := s.Storage().Objects("customer_orders_clean")
	if len(objects) < 2 {
		t.Fatalf("the export wrote %d objects, want a roll-over", len(objects))
	}
	_, err = target.ExecContext(t.Context(), `CREATE TABLE imported (order_id NUMBER PRIMARY KEY, customer_id NUMBER,
		customer_name VARCHAR2(200), email VARCHAR2(200), order_date TIMESTAMP, order_total NUMBER(10,2),
		discount_percent NUMBER(5,2), tax_amount NUMBER(10,2), order_status VARCHAR2(50), payment_method VARCHAR2(50),
		created_at TIMESTAMP, updated_at TIMESTAMP)`)
	if err != nil {
		t.Fatal(err)
	}
	_, err = target.ExecContext(t.Context(), `BEGIN DBMS_CLOUD.COPY_DATA(table_name => 'IMPORTED', file_uri_list => :1,
		format => json_object('type' VALUE 'csv', 'quote' VALUE '"', 'rejectlimit' VALUE '50000')); END;`, par+objects[0].Name)
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := target.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM imported").Scan(&n); err != nil {
		t.Fatal(err)
	}
	if n == 0 || n >= 50_000 {
		t.Errorf("%d of 50,000 rows arrived; one of %d objects cannot hold all", n, len(objects))
	}
}

func TestAHookStrikesOnce(t *testing.T) {
	r := sim.StartT(t, sim.Config{}).Region(sim.SanJose)
	db := dial(t, r)
	r.Intercept(func(_ context.Context, c sim.Call) sim.Decision {
		if !strings.Contains(c.SQL, "42") {
			return sim.Decision{}
		}
		return sim.Decision{Done: true, Code: 1653, Text: "unable to extend table"}
	})
	var n int
	if err := db.QueryRowContext(t.Context(), "SELECT 41 FROM dual").Scan(&n); err != nil {
		t.Errorf("another statement: %v", err)
	}
	err := db.QueryRowContext(t.Context(), "SELECT 42 FROM dual").Scan(&n)
	if oraCode(err) != 1653 {
		t.Errorf("the hooked statement: %v", err)
	}
	if err := db.QueryRowContext(t.Context(), "SELECT 42 FROM dual").Scan(&n); err != nil || n != 42 {
		t.Errorf("after the hook: %d, %v", n, err)
	}
}

func TestCutConnectionsComeBack(t *testing.T) {
	r := sim.StartT(t, sim.Config{}).Region(sim.SanJose)
	db := dial(t, r)
	if err := db.PingContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.Cut()
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE t (n NUMBER)"); err == nil || errors.Is(err, driver.ErrBadConn) {
		t.Errorf("exec on a cut connection: %v, want a bare error (wire notes, section 19)", err)
	}
	if err := db.PingContext(t.Context()); err != nil {
		t.Errorf("ping after the cut: %v", err)
	}
}

func TestStatementsAreRemembered(t *testing.T) {
	r := sim.StartT(t, sim.Config{}).Region(sim.SanJose)
	db := dial(t, r)
	for range 2 {
		if _, err := db.ExecContext(t.Context(), "CREATE TABLE seen (n NUMBER)"); err != nil && oraCode(err) != 955 {
			t.Fatal(err)
		}
	}
	n := 0
	for _, statement := range r.Statements() {
		if strings.Contains(statement, "seen") {
			n++
		}
	}
	if n != 1 {
		t.Errorf("the statement is remembered %d times", n)
	}
}

func TestWriteFilesWritesAUsersFolder(t *testing.T) {
	s := sim.StartT(t, sim.Config{})
	dir := filepath.Join(t.TempDir(), "new")
	if err := s.WriteFiles(dir); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, pattern := range []string{"*", "*/*", "*/wallet/*"} {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			info, err := os.Stat(f)
			if err != nil {
				t.Fatal(err)
			}
			name := strings.TrimPrefix(f, dir+"/")
			if !info.IsDir() {
				names = append(names, name)
			}
			if info.Mode().Perm()&0o077 != 0 {
				t.Errorf("%s can be read by others: %v", name, info.Mode())
			}
		}
	}
	for _, want := range []string{
		"par.url", "env.sh", "ca.pem", "adbferry.yaml", "sanjose/agent.yaml", "phoenix/agent.yaml",
		"sanjose/wallet/tnsnames.ora", "sanjose/wallet/sqlnet.ora", "sanjose/wallet/cwallet.sso",
		"sanjose/wallet/ewallet.p12", "sanjose/wallet/ewallet.pem", "phoenix/wallet/cwallet.sso",
	} {
		if !strings.Contains(" "+strings.Join(names, " ")+" ", " "+want+" ") {
			t.Errorf("%s is missing among %v", want, names)
		}
	}
	aliases, err := os.ReadFile(filepath.Join(dir, "sanjose/wallet/tnsnames.ora"))
	if err != nil {
		t.Fatal(err)
	}
	for _, level := range []string{"high", "medium", "low", "tp", "tpurgent"} {
		if !strings.Contains(string(aliases), "adbsj_"+level) {
			t.Errorf("no alias adbsj_%s", level)
		}
	}
}

func TestACredentialDeletesWhatAPARCannot(t *testing.T) {
	s := sim.StartT(t, sim.Config{})
	s.Storage().AddAccount("mover@example.com", "an auth token")
	if err := s.Storage().Write("old.csv", []byte("1")); err != nil {
		t.Fatal(err)
	}
	par, err := s.Storage().NewPAR(sim.PAR{Access: sim.AnyObjectReadWrite, List: true})
	if err != nil {
		t.Fatal(err)
	}
	db := dial(t, s.Region(sim.SanJose))
	_, err = db.ExecContext(t.Context(), "BEGIN DBMS_CLOUD.DELETE_OBJECT(object_uri => :1); END;", par+"old.csv")
	if err == nil || len(s.Storage().Objects("old.csv")) != 1 {
		t.Errorf("with a PAR: %v", err)
	}
	_, err = db.ExecContext(t.Context(),
		"BEGIN DBMS_CLOUD.CREATE_CREDENTIAL(credential_name => 'STORE', username => :1, password => :2); END;", "mover@example.com", "an auth token")
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(),
		"BEGIN DBMS_CLOUD.DELETE_OBJECT(credential_name => 'STORE', object_uri => :1); END;", s.Storage().NativeURI("old.csv"))
	if err != nil || len(s.Storage().Objects("old.csv")) != 0 {
		t.Errorf("with a credential: %v", err)
	}
}

// The account of env.sh may do what no PAR may: delete an object.
func TestTheAccountOfEnvDeletes(t *testing.T) {
	s := sim.StartT(t, sim.Config{})
	dir := t.TempDir()
	if err := s.WriteFiles(dir); err != nil {
		t.Fatal(err)
	}
	if err := s.Storage().Write("folder/x", []byte("x")); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "env.sh"))
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^export (\w+)='(.*)'$`).FindAllStringSubmatch(string(text), -1) {
		env[m[1]] = m[2]
	}
	db := dial(t, s.Region(sim.SanJose))
	for _, block := range []string{
		"BEGIN DBMS_CLOUD.CREATE_CREDENTIAL('CRED', '" + env["OCI_USER"] + "', '" + env["OCI_AUTH_TOKEN"] + "'); END;",
		"BEGIN DBMS_CLOUD.DELETE_OBJECT('CRED', '" + env["NATIVE_URI"] + "folder/x'); END;",
	} {
		if _, err := db.ExecContext(t.Context(), block); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.Storage().Objects("")) != 0 {
		t.Error("the object is still there")
	}
}
