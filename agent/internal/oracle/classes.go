package oracle

import (
	"time"

	"google.golang.org/grpc/codes"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A class is what an ORA- number means to us. This table is the one place
// where numbers become reasons; nobody downstream reads text.
type class struct {
	code   codes.Code
	reason pb.Reason
	text   string
	hint   string
	// delay makes the failure retryable; 0 is not retryable.
	delay time.Duration
	// detail appends the server's own line, redacted: it names an object or a
	// column that the reader needs, and never a value.
	detail bool
	// wrapper numbers stand around the real one; they count only alone.
	wrapper bool
}

// How long to wait before the same step is tried again.
const (
	soon  = 2 * time.Second
	later = 30 * time.Second
)

const (
	hintLogin      = "check user and password of the agent's configuration; the wallet password is another one"
	hintService    = "check the service alias, and that the database is started and accepts this machine's address"
	hintUnique     = "the rows are already there, or the target has a key that the source does not have"
	hintPAR        = "check that the PAR is not expired or deleted and was made for reading, writing and listing (AnyObjectReadWrite with ListObjects)"
	hintSnapshot   = "the source keeps too little undo for a copy of this length; the table is moved again as of a new SCN; raise UNDO_RETENTION if that happens again"
	hintTransfer   = "the agent's log has the statement; see \"Reading a failed load\" in docs/troubleshooting.md"
	hintRetry      = "adbferry tries again by itself; if it goes on, resume the migration when the database is well"
	hintStore      = "adbferry tries again by itself; if it goes on, look at the object store's status and limits"
	hintCredential = "make the credential that agent.yaml names again, with DBMS_CLOUD.CREATE_CREDENTIAL; see docs/par.md"
	hintBug        = "adbferry should not get here: report it, with the agent's log"
	hintAltered    = "the table is moved again as of a new SCN; do not alter it while it is copied"
)

// classes is the list of errors of reference, section 4, by number.
var classes = map[int]class{
	// Logon and connection.
	1017:  {code: codes.Unauthenticated, reason: pb.Reason_REASON_LOGIN_REFUSED, text: "the database refuses user name or password", hint: hintLogin},
	1005:  {code: codes.Unauthenticated, reason: pb.Reason_REASON_LOGIN_REFUSED, text: "the database was given no password", hint: hintLogin},
	28000: {code: codes.Unauthenticated, reason: pb.Reason_REASON_LOGIN_REFUSED, text: "the database user is locked", hint: "unlock it: ALTER USER … ACCOUNT UNLOCK"},
	28001: {code: codes.Unauthenticated, reason: pb.Reason_REASON_LOGIN_REFUSED, text: "the database user's password has expired", hint: "give it a new password and put that in the agent's configuration"},
	1045:  {code: codes.PermissionDenied, reason: pb.Reason_REASON_PRIVILEGE_MISSING, text: "the database user may not log on", hint: "GRANT CREATE SESSION to it"},
	12514: {code: codes.Unavailable, reason: pb.Reason_REASON_DATABASE_UNREACHABLE, text: "the listener does not know the service", hint: hintService, delay: later},
	12516: {code: codes.Unavailable, reason: pb.Reason_REASON_DATABASE_UNREACHABLE, text: "the listener has no free handler for the service", hint: hintService, delay: later},
	12506: {code: codes.PermissionDenied, reason: pb.Reason_REASON_DATABASE_UNREACHABLE, text: "the database's access list does not admit this machine", hint: "add its address to the access control list of the database"},
	12529: {code: codes.PermissionDenied, reason: pb.Reason_REASON_DATABASE_UNREACHABLE, text: "the database's access list does not admit this machine", hint: "add its address to the access control list of the database"},
	12541: {code: codes.Unavailable, reason: pb.Reason_REASON_DATABASE_UNREACHABLE, text: "no listener answers", hint: hintService, delay: later},
	12545: {code: codes.Unavailable, reason: pb.Reason_REASON_DATABASE_UNREACHABLE, text: "the database host cannot be reached", hint: hintService, delay: later},
	12170: {code: codes.Unavailable, reason: pb.Reason_REASON_DATABASE_UNREACHABLE, text: "connecting to the database took too long", hint: hintService, delay: later},
	12528: {code: codes.Unavailable, reason: pb.Reason_REASON_DATABASE_UNREACHABLE, text: "the database takes no new connections", hint: hintService, delay: later},
	12564: {code: codes.Unavailable, reason: pb.Reason_REASON_DATABASE_UNREACHABLE, text: "the listener refuses the connection", hint: hintService, delay: later},
	1033:  {code: codes.Unavailable, reason: pb.Reason_REASON_DATABASE_UNREACHABLE, text: "the database is starting or stopping", hint: "wait until it is open", delay: later},
	1034:  {code: codes.Unavailable, reason: pb.Reason_REASON_DATABASE_UNREACHABLE, text: "the database is stopped", hint: "start it", delay: later},
	1089:  {code: codes.Unavailable, reason: pb.Reason_REASON_DATABASE_UNREACHABLE, text: "the database is stopping", hint: "start it again", delay: later},
	18:    {code: codes.ResourceExhausted, reason: pb.Reason_REASON_DATABASE_UNREACHABLE, text: "the database has no free session", hint: "end idle sessions, or use a service level with more", delay: later},
	20:    {code: codes.ResourceExhausted, reason: pb.Reason_REASON_DATABASE_UNREACHABLE, text: "the database has no free process", hint: "end idle sessions, or use a service level with more", delay: later},
	28759: {code: codes.FailedPrecondition, reason: pb.Reason_REASON_DATABASE_ERROR, text: "the database cannot open a wallet of its own", hint: hintTransfer},
	28860: {code: codes.FailedPrecondition, reason: pb.Reason_REASON_STORAGE_UNREACHABLE, text: "the database cannot agree with the object store on TLS", hint: "check the PAR's host name"},
	29024: {code: codes.FailedPrecondition, reason: pb.Reason_REASON_STORAGE_UNREACHABLE, text: "the database does not trust the object store's certificate", hint: "check the PAR's host name"},

	// The connection broke in a call: what it did is unknown.
	28:    {code: codes.Unavailable, reason: pb.Reason_REASON_CONNECTION_LOST, text: "a database administrator ended the session", hint: hintRetry, delay: soon},
	1012:  {code: codes.Unavailable, reason: pb.Reason_REASON_CONNECTION_LOST, text: "the session is no longer logged on", hint: hintRetry, delay: soon},
	2396:  {code: codes.Unavailable, reason: pb.Reason_REASON_CONNECTION_LOST, text: "the session was idle for too long", hint: hintRetry, delay: soon},
	3113:  {code: codes.Unavailable, reason: pb.Reason_REASON_CONNECTION_LOST, text: "the database closed the connection", hint: hintRetry, delay: soon},
	3114:  {code: codes.Unavailable, reason: pb.Reason_REASON_CONNECTION_LOST, text: "the connection to the database is gone", hint: hintRetry, delay: soon},
	3135:  {code: codes.Unavailable, reason: pb.Reason_REASON_CONNECTION_LOST, text: "the connection to the database was lost", hint: hintRetry, delay: soon},
	12537: {code: codes.Unavailable, reason: pb.Reason_REASON_CONNECTION_LOST, text: "the connection to the database was closed", hint: hintRetry, delay: soon},
	12570: {code: codes.Unavailable, reason: pb.Reason_REASON_CONNECTION_LOST, text: "the connection to the database broke", hint: hintRetry, delay: soon},
	12571: {code: codes.Unavailable, reason: pb.Reason_REASON_CONNECTION_LOST, text: "the connection to the database broke", hint: hintRetry, delay: soon},
	1013:  {code: codes.Canceled, reason: pb.Reason_REASON_CANCELLED, text: "the statement was cancelled in the database", hint: "resume the migration; a DBA may have cancelled it"},

	// Objects and rights.
	942:   {code: codes.NotFound, reason: pb.Reason_REASON_TABLE_NOT_FOUND, text: "the table does not exist or is not visible", hint: "check the name's letter case, and grant the agent's user access to it", detail: true},
	20005: {code: codes.NotFound, reason: pb.Reason_REASON_TABLE_NOT_FOUND, text: "DBMS_CLOUD does not find the table", hint: "check that nobody drops tables while they are loaded"},
	904:   {code: codes.FailedPrecondition, reason: pb.Reason_REASON_TABLE_ALTERED, text: "a column does not exist", hint: hintAltered, detail: true},
	1466:  {code: codes.Aborted, reason: pb.Reason_REASON_TABLE_ALTERED, text: "the table was altered after the snapshot", hint: hintAltered},
	1031:  {code: codes.PermissionDenied, reason: pb.Reason_REASON_PRIVILEGE_MISSING, text: "a privilege is missing", hint: "docs/statements.md lists what the agent's user needs"},
	1950:  {code: codes.PermissionDenied, reason: pb.Reason_REASON_PRIVILEGE_MISSING, text: "the user has no quota on the tablespace", hint: "ALTER USER … QUOTA UNLIMITED ON DATA", detail: true},
	1720:  {code: codes.PermissionDenied, reason: pb.Reason_REASON_PRIVILEGE_MISSING, text: "a grant option is missing", hint: "docs/statements.md lists what the agent's user needs"},
	990:   {code: codes.PermissionDenied, reason: pb.Reason_REASON_PRIVILEGE_MISSING, text: "a privilege is missing or unknown", hint: "docs/statements.md lists what the agent's user needs"},
	955:   {code: codes.AlreadyExists, reason: pb.Reason_REASON_DATABASE_ERROR, text: "an object of that name exists", hint: "adbferry tries again by itself; an older attempt may still be cleaning up", delay: soon},
	1918:  {code: codes.FailedPrecondition, reason: pb.Reason_REASON_TARGET_DIFFERS, text: "the schema does not exist", hint: "create its user on the target, or move the table into another schema with --remap-schema", detail: true},
	2260:  {code: codes.FailedPrecondition, reason: pb.Reason_REASON_TARGET_DIFFERS, text: "the target table has a primary key already", hint: "drop the key, or choose another target name with --target-table"},
	2437:  {code: codes.FailedPrecondition, reason: pb.Reason_REASON_TARGET_DIFFERS, text: "the primary key cannot be made: its values repeat", hint: "the target table has rows of another origin"},
	1408:  {code: codes.FailedPrecondition, reason: pb.Reason_REASON_TARGET_DIFFERS, text: "the columns have an index already", hint: "the target has an index of another kind on them: compare it with the one of the source"},
	1452:  {code: codes.FailedPrecondition, reason: pb.Reason_REASON_TARGET_DIFFERS, text: "the unique index cannot be made: its values repeat", hint: "the target table has rows of another origin, or the source does not keep them unique either"},
	2261:  {code: codes.FailedPrecondition, reason: pb.Reason_REASON_TARGET_DIFFERS, text: "the columns have a key already", hint: "compare the target's keys with those of the source"},
	2264:  {code: codes.FailedPrecondition, reason: pb.Reason_REASON_TARGET_DIFFERS, text: "another constraint of the schema has that name", hint: "rename the other constraint, or add this one yourself under another name"},
	2266:  {code: codes.FailedPrecondition, reason: pb.Reason_REASON_TARGET_DIFFERS, text: "foreign keys refer to the table", hint: "disable the foreign keys of the tables that refer to it, or move those tables too"},
	2270:  {code: codes.FailedPrecondition, reason: pb.Reason_REASON_TARGET_DIFFERS, text: "the referenced columns are not a key of the referenced table", hint: "make the key of the referenced table; foreign keys are tried again whenever the migration is started again"},
	2275:  {code: codes.FailedPrecondition, reason: pb.Reason_REASON_TARGET_DIFFERS, text: "there is such a foreign key already", hint: "compare the target's foreign keys with those of the source"},
	2289:  {code: codes.FailedPrecondition, reason: pb.Reason_REASON_TARGET_DIFFERS, text: "a sequence does not exist", hint: "create it on the target and set the default yourself"},
	2292:  {code: codes.FailedPrecondition, reason: pb.Reason_REASON_TARGET_DIFFERS, text: "rows of other tables refer to the table's rows", hint: "remove those rows first", detail: true},
	2293:  {code: codes.FailedPrecondition, reason: pb.Reason_REASON_TARGET_DIFFERS, text: "the check cannot be made: rows violate it", hint: "the source has such rows too if its check is not validated; correct them, or add it with NOVALIDATE", detail: true},
	2298:  {code: codes.FailedPrecondition, reason: pb.Reason_REASON_TARGET_DIFFERS, text: "the foreign key cannot be made: rows without a parent", hint: "move the referenced table with all its rows; foreign keys are tried again whenever the migration is started again", detail: true},
	2299:  {code: codes.FailedPrecondition, reason: pb.Reason_REASON_TARGET_DIFFERS, text: "the unique key cannot be made: its values repeat", hint: "the target table has rows of another origin"},
	2449:  {code: codes.FailedPrecondition, reason: pb.Reason_REASON_TARGET_DIFFERS, text: "foreign keys refer to the table", hint: "drop the foreign keys of the tables that refer to it"},
	30657: {code: codes.FailedPrecondition, reason: pb.Reason_REASON_TABLE_UNSUPPORTED, text: "the table is an external table", hint: "drop it on the target, or choose another target name"},
	30656: {code: codes.FailedPrecondition, reason: pb.Reason_REASON_TABLE_UNSUPPORTED, text: "a column's type cannot be exported", hint: "leave the column out with --exclude-columns"},

	// Snapshots.
	1555:  {code: codes.Aborted, reason: pb.Reason_REASON_SNAPSHOT_GONE, text: "the undo for the snapshot is gone", hint: hintSnapshot},
	22924: {code: codes.Aborted, reason: pb.Reason_REASON_SNAPSHOT_GONE, text: "the undo of a large object for the snapshot is gone", hint: hintSnapshot},
	8180:  {code: codes.Aborted, reason: pb.Reason_REASON_SNAPSHOT_GONE, text: "there is no snapshot for the SCN", hint: hintSnapshot},
	// Not SNAPSHOT_GONE, after which the table is moved again as of a new SCN: undo
	// that is gone does not raise this number. It means that the SCN was never one
	// of this database, so it is not the database that the plan was made of.
	8181: {code: codes.FailedPrecondition, reason: pb.Reason_REASON_DATABASE_ERROR, text: "the SCN is not valid in this database", hint: "the source was restored or replaced after the plan was made: check that the agent is connected to the right database, then migrate under a new ID"},

	// Rows.
	1:     {code: codes.FailedPrecondition, reason: pb.Reason_REASON_ROWS_REJECTED, text: "rows repeat a key of the target", hint: hintUnique, detail: true},
	14400: {code: codes.FailedPrecondition, reason: pb.Reason_REASON_ROWS_REJECTED, text: "a row belongs to no partition of the target", hint: "compare the partitions of both tables, or let adbferry create the target"},
	1400:  {code: codes.FailedPrecondition, reason: pb.Reason_REASON_ROWS_REJECTED, text: "a row has no value where the target demands one", hint: "compare NOT NULL constraints and defaults of both tables", detail: true},
	1438:  {code: codes.FailedPrecondition, reason: pb.Reason_REASON_ROWS_REJECTED, text: "a number is too large for the target's column", hint: "compare the precision of both tables"},
	12899: {code: codes.FailedPrecondition, reason: pb.Reason_REASON_ROWS_REJECTED, text: "a text is too long for the target's column", hint: "compare lengths and BYTE or CHAR semantics of both tables, and the character sets", detail: true},
	1722:  {code: codes.Internal, reason: pb.Reason_REASON_ROWS_REJECTED, text: "a field is not a number", hint: hintTransfer},
	1426:  {code: codes.Internal, reason: pb.Reason_REASON_ROWS_REJECTED, text: "a number is outside the range of its type", hint: hintTransfer},
	1465:  {code: codes.Internal, reason: pb.Reason_REASON_ROWS_REJECTED, text: "a field is not hexadecimal text", hint: hintTransfer},
	1489:  {code: codes.Internal, reason: pb.Reason_REASON_ROWS_REJECTED, text: "a text is longer than SQL texts can be", hint: hintTransfer},
	1830:  {code: codes.Internal, reason: pb.Reason_REASON_ROWS_REJECTED, text: "a field is not a date", hint: hintTransfer},
	1840:  {code: codes.Internal, reason: pb.Reason_REASON_ROWS_REJECTED, text: "a field is not a date", hint: hintTransfer},
	1841:  {code: codes.Internal, reason: pb.Reason_REASON_ROWS_REJECTED, text: "a field is not a date", hint: hintTransfer},
	1843:  {code: codes.Internal, reason: pb.Reason_REASON_ROWS_REJECTED, text: "a field is not a date", hint: hintTransfer},
	1847:  {code: codes.Internal, reason: pb.Reason_REASON_ROWS_REJECTED, text: "a field is not a date", hint: hintTransfer},
	1858:  {code: codes.Internal, reason: pb.Reason_REASON_ROWS_REJECTED, text: "a field is not a date", hint: hintTransfer},
	1861:  {code: codes.Internal, reason: pb.Reason_REASON_ROWS_REJECTED, text: "a field is not a date", hint: hintTransfer},
	1867:  {code: codes.Internal, reason: pb.Reason_REASON_ROWS_REJECTED, text: "a field is not an interval", hint: hintTransfer},
	1873:  {code: codes.Internal, reason: pb.Reason_REASON_ROWS_REJECTED, text: "an interval is larger than its column takes", hint: hintTransfer},
	1882:  {code: codes.FailedPrecondition, reason: pb.Reason_REASON_ROWS_REJECTED, text: "the target does not know a time zone of the source", hint: "update the target's time zone file"},
	39405: {code: codes.FailedPrecondition, reason: pb.Reason_REASON_ROWS_REJECTED, text: "the target's time zone file is older than the source's", hint: "update the target's time zone file"},
	2290:  {code: codes.FailedPrecondition, reason: pb.Reason_REASON_ROWS_REJECTED, text: "rows break a check constraint of the target", hint: "disable it until the load is done", detail: true},
	2291:  {code: codes.FailedPrecondition, reason: pb.Reason_REASON_ROWS_REJECTED, text: "rows refer to rows that the target does not have", hint: "move the parent table first, or disable the foreign key until the load is done", detail: true},
	32795: {code: codes.FailedPrecondition, reason: pb.Reason_REASON_ROWS_REJECTED, text: "the target computes an identity column by itself", hint: "make it GENERATED BY DEFAULT until the load is done"},
	54013: {code: codes.FailedPrecondition, reason: pb.Reason_REASON_ROWS_REJECTED, text: "a virtual column of the target cannot be loaded", hint: "leave it out with --exclude-columns"},
	30653: {code: codes.FailedPrecondition, reason: pb.Reason_REASON_ROWS_REJECTED, text: "the load rejected rows", hint: hintTransfer},
	20003: {code: codes.FailedPrecondition, reason: pb.Reason_REASON_ROWS_REJECTED, text: "the load rejected rows", hint: hintTransfer},
	12838: {code: codes.Internal, reason: pb.Reason_REASON_DATABASE_ERROR, text: "the table was loaded in parallel in this transaction", hint: hintBug},

	// Space, locks, limits.
	1652:  {code: codes.ResourceExhausted, reason: pb.Reason_REASON_SPACE_EXHAUSTED, text: "the temporary tablespace is full", hint: "try again when less runs beside it, or make the temporary tablespace larger", delay: later},
	1653:  {code: codes.ResourceExhausted, reason: pb.Reason_REASON_SPACE_EXHAUSTED, text: "the tablespace is full", hint: "make the tablespace larger", detail: true},
	1654:  {code: codes.ResourceExhausted, reason: pb.Reason_REASON_SPACE_EXHAUSTED, text: "the tablespace is full", hint: "make the tablespace larger", detail: true},
	1536:  {code: codes.ResourceExhausted, reason: pb.Reason_REASON_SPACE_EXHAUSTED, text: "the user's quota on the tablespace is used up", hint: "ALTER USER … QUOTA UNLIMITED ON DATA", detail: true},
	30036: {code: codes.ResourceExhausted, reason: pb.Reason_REASON_SPACE_EXHAUSTED, text: "the undo tablespace is full", hint: "try again when less runs beside it", delay: later},
	4036:  {code: codes.ResourceExhausted, reason: pb.Reason_REASON_SPACE_EXHAUSTED, text: "the database's working memory is used up", hint: "try again when less runs beside it", delay: later},
	54:    {code: codes.Aborted, reason: pb.Reason_REASON_DATABASE_ERROR, text: "the table is locked by another session", hint: hintRetry, delay: later},
	60:    {code: codes.Aborted, reason: pb.Reason_REASON_DATABASE_ERROR, text: "the database broke a deadlock", hint: hintRetry, delay: soon},
	40:    {code: codes.Aborted, reason: pb.Reason_REASON_CANCELLED, text: "the database's resource plan ended the statement", hint: "use a service level without a run time limit"},

	// DBMS_CLOUD.
	20000: {code: codes.FailedPrecondition, reason: pb.Reason_REASON_DATABASE_ERROR, text: "DBMS_CLOUD refuses the call", hint: hintTransfer, detail: true},
	20004: {code: codes.FailedPrecondition, reason: pb.Reason_REASON_DATABASE_ERROR, text: "DBMS_CLOUD does not find a credential", hint: "make the credential that agent.yaml names with DBMS_CLOUD.CREATE_CREDENTIAL, as the agent's user; see docs/par.md"},
	20007: {code: codes.FailedPrecondition, reason: pb.Reason_REASON_NAME_INVALID, text: "DBMS_CLOUD does not accept a name", hint: hintBug, detail: true},
	20008: {code: codes.FailedPrecondition, reason: pb.Reason_REASON_NAME_INVALID, text: "DBMS_CLOUD takes a name for too long", hint: hintBug, detail: true},
	20010: {code: codes.FailedPrecondition, reason: pb.Reason_REASON_DATABASE_ERROR, text: "DBMS_CLOUD finds the credential incomplete", hint: hintCredential},
	20012: {code: codes.Internal, reason: pb.Reason_REASON_DATABASE_ERROR, text: "DBMS_CLOUD refuses the partitioning", hint: hintBug},
	20014: {code: codes.FailedPrecondition, reason: pb.Reason_REASON_TABLE_ALTERED, text: "a partition does not exist", hint: hintAltered},
	20016: {code: codes.FailedPrecondition, reason: pb.Reason_REASON_NAME_INVALID, text: "DBMS_CLOUD does not accept the table's name", hint: hintBug, detail: true},
	20017: {code: codes.FailedPrecondition, reason: pb.Reason_REASON_NAME_INVALID, text: "DBMS_CLOUD does not accept the schema's name", hint: hintBug, detail: true},
	20018: {code: codes.Internal, reason: pb.Reason_REASON_DATABASE_ERROR, text: "DBMS_CLOUD does not accept a directory's name", hint: hintBug},
	20019: {code: codes.Internal, reason: pb.Reason_REASON_DATABASE_ERROR, text: "DBMS_CLOUD does not accept a file's name", hint: hintBug},
	20020: {code: codes.FailedPrecondition, reason: pb.Reason_REASON_DATABASE_ERROR, text: "DBMS_CLOUD does not accept an attribute of the credential", hint: hintCredential},
	20021: {code: codes.AlreadyExists, reason: pb.Reason_REASON_DATABASE_ERROR, text: "DBMS_CLOUD finds the table there already", hint: hintBug},
	20022: {code: codes.AlreadyExists, reason: pb.Reason_REASON_DATABASE_ERROR, text: "DBMS_CLOUD finds the credential there already", hint: hintCredential},
	20023: {code: codes.Internal, reason: pb.Reason_REASON_DATABASE_ERROR, text: "DBMS_CLOUD does not accept a request's method", hint: hintBug},
	20024: {code: codes.Internal, reason: pb.Reason_REASON_DATABASE_ERROR, text: "DBMS_CLOUD does not accept a request's header", hint: hintBug},
	20025: {code: codes.FailedPrecondition, reason: pb.Reason_REASON_DATABASE_ERROR, text: "DBMS_CLOUD does not find a file", hint: hintBug},
	20027: {code: codes.FailedPrecondition, reason: pb.Reason_REASON_DATABASE_ERROR, text: "DBMS_CLOUD does not know the operation", hint: "do not delete rows of USER_LOAD_OPERATIONS while a migration runs; resume it"},
	20028: {code: codes.FailedPrecondition, reason: pb.Reason_REASON_DATABASE_ERROR, text: "DBMS_CLOUD does not accept the user's name", hint: hintBug},
	20029: {code: codes.Internal, reason: pb.Reason_REASON_DATABASE_ERROR, text: "DBMS_CLOUD does not accept the character set", hint: hintBug},
	20030: {code: codes.FailedPrecondition, reason: pb.Reason_REASON_DATABASE_ERROR, text: "DBMS_CLOUD has no usable encryption key", hint: "adbferry encrypts no objects: look for a default of the database that asks for it"},
	39001: {code: codes.Internal, reason: pb.Reason_REASON_DATABASE_ERROR, text: "Data Pump refuses an argument", hint: "adbferry does not use Data Pump jobs; see docs/troubleshooting.md"},
	20006: {code: codes.FailedPrecondition, reason: pb.Reason_REASON_PAR_MALFORMED, text: "DBMS_CLOUD does not know the object store's host", hint: "give the PAR as the console shows it"},
	20009: {code: codes.Internal, reason: pb.Reason_REASON_DATABASE_ERROR, text: "DBMS_CLOUD refuses the format", hint: hintTransfer},
	20011: {code: codes.FailedPrecondition, reason: pb.Reason_REASON_PAR_MALFORMED, text: "DBMS_CLOUD does not recognise the PAR as a URI", hint: "give the PAR as the console shows it"},
	20013: {code: codes.FailedPrecondition, reason: pb.Reason_REASON_DATABASE_ERROR, text: "this database release does not have the DBMS_CLOUD feature", hint: "use a newer database release"},
	20026: {code: codes.Unavailable, reason: pb.Reason_REASON_STORAGE_BUSY, text: "the database did not understand the object store's answer", hint: hintStore, delay: later},
	20400: {code: codes.FailedPrecondition, reason: pb.Reason_REASON_PAR_MALFORMED, text: "the object store takes the request for malformed", hint: hintPAR},
	20401: {code: codes.PermissionDenied, reason: pb.Reason_REASON_PAR_REFUSED, text: "the object store refuses the PAR", hint: hintPAR},
	20403: {code: codes.PermissionDenied, reason: pb.Reason_REASON_PAR_EXPIRED, text: "the object store refuses the PAR", hint: hintPAR},
	20404: {code: codes.FailedPrecondition, reason: pb.Reason_REASON_PAR_EXPIRED, text: "the object store finds no object, or no longer honours the PAR", hint: hintPAR},
	20409: {code: codes.Aborted, reason: pb.Reason_REASON_STORAGE_BUSY, text: "the object store reports a conflict", hint: hintStore, delay: later},
	20412: {code: codes.Aborted, reason: pb.Reason_REASON_STORAGE_BUSY, text: "the object store reports a failed precondition", hint: hintStore, delay: later},
	20429: {code: codes.Unavailable, reason: pb.Reason_REASON_STORAGE_BUSY, text: "the object store throttles", hint: hintStore, delay: later},
	20500: {code: codes.Unavailable, reason: pb.Reason_REASON_STORAGE_BUSY, text: "the object store has a fault", hint: hintStore, delay: later},
	20501: {code: codes.FailedPrecondition, reason: pb.Reason_REASON_DATABASE_ERROR, text: "the object store does not know the request", hint: "give the PAR as the console shows it"},
	20502: {code: codes.Unavailable, reason: pb.Reason_REASON_STORAGE_BUSY, text: "the object store has a fault", hint: hintStore, delay: later},
	20503: {code: codes.Unavailable, reason: pb.Reason_REASON_STORAGE_BUSY, text: "the object store is not available", hint: hintStore, delay: later},
	20504: {code: codes.Unavailable, reason: pb.Reason_REASON_STORAGE_BUSY, text: "the object store did not answer in time", hint: hintStore, delay: later},
	29273: {code: codes.Unavailable, reason: pb.Reason_REASON_STORAGE_UNREACHABLE, text: "the database cannot reach the object store", hint: "check the PAR's host name and the database's network", delay: later},
	29276: {code: codes.Unavailable, reason: pb.Reason_REASON_STORAGE_UNREACHABLE, text: "the transfer to the object store took too long", hint: hintStore, delay: later},

	// Numbers that stand around another one.
	604:   {code: codes.Internal, reason: pb.Reason_REASON_DATABASE_ERROR, text: "the database failed in a statement of its own", hint: "the agent's log has the statement; look the other numbers of the error up here", wrapper: true},
	6502:  {code: codes.Internal, reason: pb.Reason_REASON_DATABASE_ERROR, text: "a value does not fit in PL/SQL", hint: hintBug, wrapper: true},
	6512:  {code: codes.Internal, reason: pb.Reason_REASON_DATABASE_ERROR, text: "PL/SQL failed", hint: "the agent's log has the statement; look the other numbers of the error up here", wrapper: true},
	6550:  {code: codes.Internal, reason: pb.Reason_REASON_DATABASE_ERROR, text: "a PL/SQL block does not compile", wrapper: true, hint: "docs/statements.md lists what the agent's user needs"},
	12801: {code: codes.Internal, reason: pb.Reason_REASON_DATABASE_ERROR, text: "a parallel server failed", hint: "the agent's log has the statement; look the other numbers of the error up here", wrapper: true},
	29400: {code: codes.Internal, reason: pb.Reason_REASON_DATABASE_ERROR, text: "a load failed", wrapper: true, hint: hintTransfer},
	29913: {code: codes.Internal, reason: pb.Reason_REASON_DATABASE_ERROR, text: "a load failed", wrapper: true, hint: hintTransfer},
}

// noPackage is PLS-00201: the name does not exist for this user, nearly always
// a package without EXECUTE.
var noPackage = class{
	code: codes.PermissionDenied, reason: pb.Reason_REASON_PRIVILEGE_MISSING,
	text: "a package is missing or may not be executed",
	hint: "GRANT EXECUTE ON DBMS_CLOUD to the agent's user; docs/statements.md lists the rest",
}

// unknown is every number that is not in the table. Its text is not passed on.
var unknown = class{
	code: codes.Internal, reason: pb.Reason_REASON_DATABASE_ERROR,
	text: "the database failed", hint: "look the number up at docs.oracle.com/error-help/db; the agent's log names the statement",
}
