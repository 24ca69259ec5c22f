package dbmscloud_test

import (
	"crypto/md5" //nolint:gosec // the store's own integrity check is MD5
	"encoding/hex"
	"strings"
	"testing"

	"github.com/adbferry/adbferry/sim/internal/dbmscloud"
	"github.com/adbferry/adbferry/sim/internal/objectstore"
)

func TestListObjectsIsRelativeToItsLocation(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.account()
	w.put("run/a b.csv", "data")
	w.put("run/deep/c.csv", "")
	w.put("other", "data")
	sum := md5.Sum([]byte("data")) //nolint:gosec // see the import
	want := []string{"a b.csv|4|" + hex.EncodeToString(sum[:]) + "||1", "deep/c.csv|0|d41d8cd98f00b204e9800998ecf8427e||1"}
	const columns = "SELECT object_name, bytes, checksum, created, CASE WHEN last_modified > TIMESTAMP '2020-01-01 00:00:00 +00:00' THEN 1 END"
	w.wantRows(columns+" FROM DBMS_CLOUD.LIST_OBJECTS(NULL, "+literal(w.full()+"run/")+") ORDER BY 1", want...)
	w.wantRows(columns+" FROM TABLE(DBMS_CLOUD.LIST_OBJECTS('CRED', location_uri => "+literal(w.native()+"run/")+")) l ORDER BY 1", want...)
	w.wantRows("SELECT COUNT(*) FROM DBMS_CLOUD.LIST_OBJECTS('CRED', "+literal(w.native())+")", "3")
}

func TestListObjectsNeedsTheRightToList(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	list := func(uri string) error {
		return w.session.Exec(t.Context(), "SELECT COUNT(*) FROM DBMS_CLOUD.LIST_OBJECTS(location_uri => "+literal(uri)+")")
	}
	_, err := w.session.Query(t.Context(), "SELECT COUNT(*) FROM DBMS_CLOUD.LIST_OBJECTS(location_uri => "+literal(w.par(objectstore.AnyObjectRead, false))+")")
	wantStack(t, err, 20404, "Object not found")
	wantStack(t, list(w.full()+"a*"), 20011, "Invalid object URI")
	strict := newWorld(t, dbmscloud.Knobs{ObjectsNeedCredential: true})
	_, err = strict.session.Query(t.Context(), "SELECT * FROM DBMS_CLOUD.LIST_OBJECTS(location_uri => "+literal(strict.full())+")")
	wantStack(t, err, 20010, "Missing credential for LIST_OBJECTS")
}

// multipart uploads an object in one part, as a client other than DBMS_CLOUD
// would.
func multipart(t *testing.T, w *world, name string) {
	t.Helper()
	request := func(method, uri, body string, headers ...string) string {
		t.Helper()
		return w.send(method, uri, body, headers...)
	}
	started := request("PUT", w.full()+name, "", "opc-multipart", "true")
	_, rest, _ := strings.Cut(started, `"accessUri":"`)
	path, _, _ := strings.Cut(rest, `"`)
	request("PUT", w.base+path+"1", "data")
	request("POST", w.base+path, "")
}
