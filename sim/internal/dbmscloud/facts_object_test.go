package dbmscloud_test

// The facts of reference, sections 3 and 4, objects, credentials and errors, one
// test each.

import (
	"strings"
	"testing"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/dbmscloud"
	"github.com/adbferry/adbferry/sim/internal/objectstore"
)

func TestFact_3_CredentialsAreCreatedUpdatedAndDropped(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.exec("BEGIN DBMS_CLOUD.CREATE_CREDENTIAL(credential_name => 'c', username => 'ana', password => 'x'); END;")
	w.wantRows("SELECT credential_name, username FROM user_credentials", "C|ana")
	w.exec("BEGIN DBMS_CLOUD.UPDATE_CREDENTIAL(credential_name => 'c', attribute => 'USERNAME', value => 'eve'); END;")
	w.wantRows("SELECT credential_name, username FROM user_credentials", "C|eve")
	w.exec("BEGIN DBMS_CLOUD.DROP_CREDENTIAL(credential_name => 'c'); END;")
	w.wantRows("SELECT credential_name FROM user_credentials")
}

func TestFact_3_GetObjectThroughADeadPARIs20404(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.put("x", "data")
	path, err := w.store.CreatePAR(objectstore.PAR{Bucket: "b", Access: objectstore.AnyObjectRead, Expires: time.Now().Add(-time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	err = w.session.Exec(t.Context(), "DECLARE b BLOB; BEGIN b := DBMS_CLOUD.GET_OBJECT(object_uri => "+literal(w.base+path+"x")+"); END;")
	wantStack(t, err, 20404, "Object not found")
}

func TestFact_3_GetObjectReadsARange(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.put("x", "0123456789")
	call := "DBMS_CLOUD.GET_OBJECT(NULL, " + literal(w.full()+"x") + ", 2, 4)"
	w.wantRows("SELECT UTL_RAW.CAST_TO_VARCHAR2(DBMS_LOB.SUBSTR("+call+", 100, 1)) FROM dual", "234")
}

func TestFact_3_PutObjectWritesABLOB(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	if err := w.cloud("PUT_OBJECT(NULL, %s, HEXTORAW('616263'))", literal(w.full()+"x")); err != nil || w.content("x") != "abc" {
		t.Errorf("x = %q, %v", w.content("x"), err)
	}
}

func TestFact_3_GetMetadataTellsTheLength(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.put("x", strings.Repeat("x", 25))
	w.wantRows("SELECT DBMS_CLOUD.GET_METADATA(NULL, "+literal(w.full()+"x")+") FROM dual", `{"Content-Length":25}`)
}

func TestFact_3_DeleteObjectWorksWithACredentialAndWithNoPAR(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.account()
	w.put("x", "data")
	wantStack(t, w.cloud("DELETE_OBJECT(object_uri => %s)", literal(w.full()+"x")), 20404, "Object not found")
	wantStack(t, w.cloud("DELETE_OBJECT('CRED', %s)", literal(w.full()+"x")), 20404, "Object not found")
	if err := w.cloud("DELETE_OBJECT('CRED', %s)", literal(w.native()+"x")); err != nil || len(w.objects()) != 0 {
		t.Errorf("objects = %q, %v", w.objects(), err)
	}
}

func TestFact_3_BulkDeleteTakesWhatTheFilterMatches(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.account()
	w.put("run/a.csv", "")
	w.put("run/b.txt", "")
	w.exec("DECLARE n NUMBER; BEGIN DBMS_CLOUD.BULK_DELETE('CRED', " + literal(w.native()+"run/") + ", '[.]csv$', operation_id => n); END;")
	if got := w.objects(); len(got) != 1 || got[0] != "run/b.txt" {
		t.Errorf("objects = %q", got)
	}
}

func TestFact_3_ListedNamesAreRelativeAndCreatedIsEmpty(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.put("run/deep/x.csv", "abc")
	w.wantRows("SELECT object_name, bytes, checksum, created, CASE WHEN last_modified IS NOT NULL THEN 'set' END FROM DBMS_CLOUD.LIST_OBJECTS(NULL, "+
		literal(w.full()+"run/")+")", "deep/x.csv|3|900150983cd24fb0d6963f7d28e17f72||set")
}

func TestFact_3_MultipartObjectsHaveNoPlainMD5(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	multipart(t, w, "big")
	w.wantRows("SELECT object_name, checksum FROM DBMS_CLOUD.LIST_OBJECTS(NULL, "+literal(w.full())+")", "big|")
}

func TestFact_3_ThePasswordIsAnAuthTokenOfTheUser(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.account()
	w.pair()
	w.put("x", "1,a\n")
	load := "COPY_DATA('P', 'CRED', " + literal(w.native()+"x") + ", format => '" + csv + "')"
	if err := w.cloud("%s", load); err != nil {
		t.Error(err)
	}
	w.exec("BEGIN DBMS_CLOUD.UPDATE_CREDENTIAL('CRED', 'PASSWORD', 'console password'); END;")
	wantStack(t, w.cloud("%s", load), 29913, "ORA-20401")
}

func TestFact_3_CredentialsAreListed(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.account()
	w.wantRows("SELECT credential_name, username FROM user_credentials", "CRED|ana@example.com")
	w.wantRows("SELECT owner, credential_name FROM all_credentials", "ADMIN|CRED")
}

func TestFact_4_1_BadFormatsAre20000(t *testing.T) {
	refused(t, `{"type":"csv","x":1}`, 20000, "ORA-20000: Invalid format parameter: Unrecognized parameter x")
	rejects(t, "1,a\n", `{"rejectlimit":"few"}`, 20000, "ORA-20000: Invalid format parameter: Bad value for rejectlimit")
}

func TestFact_4_1_TheRejectLimitIs20003(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{RejectRaises20003: true}) // or ORA-30653 alone, by field evidence
	w.pair()
	w.put("x", "x,a\n")
	wantStack(t, w.load("p", w.full()+"x", csv), 20003, "ORA-30653")
}

func TestFact_4_1_AMissingCredentialIs20004(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	wantStack(t, w.cloud("DROP_CREDENTIAL('NOBODY')"), 20004, `Credential "NOBODY" does not exist`)
}

func TestFact_4_1_AMissingTargetIs20005(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	wantStack(t, w.load("nothing", w.full()+"x", csv), 20005, "ORA-20005")
}

func TestFact_4_1_AnUnknownHostIs20006(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	const uri = "https://example.com/p/t/n/ns/b/b/o/x"
	wantStack(t, w.load("p", uri, csv), 20006, "Unsupported object store URI")
	wantStack(t, w.export(t.Context(), uri, oneRow, csv), 20006, "Unsupported object store URI")
}

func TestFact_4_1_NamesThatAreNoSQLNamesAre20007AndTooLongOnes20008(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	wantStack(t, w.cloud("DROP_CREDENTIAL('a b')"), 20007, "Invalid SQL name")
	wantStack(t, w.cloud("CREATE_CREDENTIAL('%s', 'u', 'p')", strings.Repeat("x", 129)), 20008, "Identifier is too long")
}

func TestFact_4_1_AFormatThatIsNoneIs20009(t *testing.T) {
	refused(t, `{"type":"csv"`, 20009, "ORA-20009")
	rejects(t, "1,a\n", `csv`, 20009, "ORA-20009")
}

func TestFact_4_1_IncompleteCredentialsAre20010(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	wantStack(t, w.cloud("CREATE_CREDENTIAL('c', 'u')"), 20010, "Missing credential information")
}

func TestFact_4_1_AMalformedURIIs20011(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	wantStack(t, w.load("p", "somewhere", csv), 20011, "Invalid object URI")
}

func TestFact_4_1_AnUnknownAttributeIs20020(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.account()
	wantStack(t, w.cloud("UPDATE_CREDENTIAL('CRED', 'COLOUR', 'x')"), 20020, "Invalid credential attribute - COLOUR")
}

func TestFact_4_1_AnExistingCredentialIs20022(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.account()
	wantStack(t, w.cloud("CREATE_CREDENTIAL('CRED', 'u', 'p')"), 20022, `Credential "CRED" already exists`)
}

func TestFact_4_1_AnUnknownOperationIs20027(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	wantStack(t, w.cloud("DELETE_OPERATION(7)"), 20027, "Invalid operation")
}

func TestFact_4_2_TheTextsOfRefusedRequests(t *testing.T) {
	for status, text := range map[int]string{
		400: "ORA-20400: Request failed with status HTTP 400 - https://", 401: "ORA-20401: Authorization failed for URI - https://",
		403: "ORA-20403: Authorization failed for URI - https://", 404: "ORA-20404: Object not found - https://",
	} {
		wantStack(t, statusFailure(t, status), 20000+status, text, "/o/x_1_")
	}
}

func TestFact_4_2_InsideALoad29913ComesFirst(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.put("bad", "x,a\n")
	const first = "ORA-29913: error while processing ODCIEXTTABLEFETCH routine"
	wantStack(t, w.load("p", w.full()+"none", csv), 29913, first, "ORA-20404")
	wantStack(t, w.load("p", w.full()+"bad", csv), 29913, first, "ORA-30653")
}

func TestFact_4_3_29400WrapsTheLoadersLinesAnd30653Ends(t *testing.T) {
	rejects(t, "1\n", csv, 29913, "ORA-29913", "ORA-29400: data cartridge error", "KUP-04101", "ORA-30653: reject limit reached")
}

func TestFact_4_3_30656IsForAColumnTypeThatIsNotSupported(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{DumpThroughPAR: true})
	w.exec("CREATE TABLE l (l LONG RAW)")
	wantStack(t, w.export(t.Context(), w.full()+"x", "SELECT l FROM l", asDump), 30656, "column type not supported on external organized table")
}

func TestFact_4_3_04037IsANewlineOrDelimiterInsideAValue(t *testing.T) {
	rejects(t, "1,\"half\n", csv, 29913, "KUP-04037: terminator not found")
	rejects(t, "1,\"a\"b\n", csv, 29913, "KUP-04037: terminator not found")
}

func TestFact_4_3_04101FollowsTheReasonAndTheRecordIsInTheBadTable(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.put("x", "1,a\nx,b\n")
	uri := w.full() + "x"
	wantStack(t, w.load("p", uri, csv), 29913, "ORA-01722: invalid number", "KUP-04101: record 2 rejected in file "+uri)
	w.wantRows("SELECT record FROM copy$1_bad", "x,b")
}

func TestFact_3_ObjectScopedPARReadsItsObject(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.put("x", "data")
	path, err := w.store.CreatePAR(objectstore.PAR{Bucket: "b", Access: objectstore.ObjectRead, Object: "x", Expires: time.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	if got := w.blobLength("DBMS_CLOUD.GET_OBJECT(object_uri => " + literal(w.base+path) + ")"); got != "4" {
		t.Errorf("length = %s", got)
	}
}

func TestFact_4_2_CodesAreTwentyThousandPlusTheStatus(t *testing.T) {
	for _, status := range []int{400, 401, 403, 404} {
		e := datum.AsError(statusFailure(t, status))
		if e.Code != 20000+status || !strings.Contains(e.Text, "Error response - {") {
			t.Errorf("%d: %s", status, e.Text)
		}
	}
}

func TestFact_4_1_NamesThatAreNone(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.put("x", "1,a\n")
	wantStack(t, w.load("p.q", w.full()+"x", csv), 20016, "Invalid table name")
	wantStack(t, w.load("p", w.full()+"x", csv, "schema_name => 'a b'"), 20017, "Invalid schema name")
	wantStack(t, w.load("p", "http://nowhere/x", csv), 20011, "Invalid object URI")
}

func TestFact_5_1_BothHostsServeTheSameBucket(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.account()
	w.pair()
	w.put("x", "1,a\n")
	for _, host := range []string{"objectstorage.us-sanjose-1.oraclecloud.com", "ns.objectstorage.us-sanjose-1.oci.customer-oci.com"} {
		if err := w.cloud("COPY_DATA('P', 'CRED', %s, format => '%s')", literal("https://"+host+"/n/ns/b/b/o/x"), csv); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
	w.wantRows("SELECT COUNT(*) FROM p", "2")
}

func TestFact_5_1_PlainHTTPIsRefused(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	uri := strings.Replace(w.full(), "https", "http", 1)
	wantStack(t, w.load("p", uri+"x", csv), 20011, "Invalid object URI")
	wantStack(t, w.cloud("PUT_OBJECT(NULL, %s, HEXTORAW('00'))", literal(uri+"x")), 20011, "Invalid object URI")
}
