package probe

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/adbferry/adbferry/agent/internal/bucket"
	"github.com/adbferry/adbferry/agent/internal/catalog"
	"github.com/adbferry/adbferry/agent/internal/chunk"
	"github.com/adbferry/adbferry/agent/internal/dbmscloud"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/par"
	"github.com/adbferry/adbferry/pkg/quantity"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A Prober asks one database questions, through a PAR.
type Prober struct {
	Session   *oracle.Session
	Store     bucket.Store
	URL       par.URL
	Migration string
}

// A question is asked by trying. The answer is short; the detail is what was seen.
type question struct {
	key, text string
	ask       func(Prober, context.Context) (answer, detail string, err error)
}

var questions = []question{
	{"snapshot-export", "Does EXPORT_DATA take AS OF SCN in its query?", Prober.snapshotExport},
	{"zero-row-export", "What does EXPORT_DATA write when the query has no rows?", Prober.emptyExport},
	{"copy-commit", "Does COPY_DATA commit the caller's transaction and the loaded rows?", Prober.copyCommit},
	{"copy-atomicity", "Does COPY_DATA load nothing when a row is rejected?", Prober.copyAtomicity},
	{"operation-status", "How does USER_LOAD_OPERATIONS log exports and loads?", Prober.operationStatus},
	{"undo-retention", "How long is undo kept?", Prober.undoRetention},
	{"max-string-size", "How long may an SQL text be?", Prober.maxStringSize},
	{"grants", "Which packages and views may the agent's user use?", Prober.grants},
}

// Behaviour asks all questions. What cannot be found out has an empty answer and
// says why; only a lost connection or the end of ctx is an error.
func (p Prober) Behaviour(ctx context.Context) ([]*pb.Answer, error) {
	var answers []*pb.Answer
	for _, q := range questions {
		answer, detail, err := q.ask(p, ctx)
		if err != nil {
			if p.Session.Broken() || ctx.Err() != nil {
				return nil, fmt.Errorf("ask %s: %w", q.key, err)
			}
			answer, detail = "", apierr.FailureOf(err).GetText()
		}
		answers = append(answers, &pb.Answer{Question: q.key, Text: q.text, Answer: answer, Detail: detail})
	}
	return answers, nil
}

// folder is where a question's objects go. It is named like that of a chunk's
// attempt, so that whoever cleans up knows the objects for adbferry's own.
func (p Prober) folder(key string) bucket.Folder {
	return bucket.Attempt(p.URL, p.Migration, chunk.ID("behaviour/"+key, 1), 1)
}

// refused reports whether the database said no to what was tried. An object
// store that cannot be reached, a PAR that has expired or the end of the call
// answer no question.
func refused(err error) bool {
	if _, answered := errors.AsType[*oracle.ServerError](err); !answered {
		return false
	}
	switch apierr.ReasonOf(err) {
	case pb.Reason_REASON_PAR_MALFORMED, pb.Reason_REASON_PAR_REFUSED, pb.Reason_REASON_PAR_EXPIRED, pb.Reason_REASON_PAR_CANNOT_LIST,
		pb.Reason_REASON_PAR_CANNOT_WRITE, pb.Reason_REASON_PAR_CANNOT_READ, pb.Reason_REASON_STORAGE_UNREACHABLE, pb.Reason_REASON_STORAGE_BUSY,
		pb.Reason_REASON_CANCELLED, pb.Reason_REASON_CONNECTION_LOST:
		return false
	default:
		return true
	}
}

// export writes the result of a query below a question's folder and returns
// how many objects and bytes there are now.
func (p Prober) export(ctx context.Context, key, query string) (objects, size int64, err error) {
	folder := p.folder(key)
	target, err := folder.Target()
	if err != nil {
		return 0, 0, err
	}
	if err := dbmscloud.Export(ctx, p.Session, pb.Format_FORMAT_CSV, target, query); err != nil {
		return 0, 0, err
	}
	return p.Store.Progress(ctx, folder)
}

func (p Prober) snapshotExport(ctx context.Context) (answer, detail string, err error) {
	name, drop, err := p.scratch(ctx, "S", "A VARCHAR2(10 BYTE)")
	if err != nil {
		return "", "", err
	}
	defer drop()
	if _, err := p.Session.Exec(ctx, fillKind, fmt.Sprintf("INSERT INTO %s VALUES ('before')", name)); err != nil {
		return "", "", err
	}
	scn, err := catalog.CurrentSCN(ctx, p.Session)
	if err != nil {
		return "", "", err
	}
	if _, err := p.Session.Exec(ctx, fillKind, fmt.Sprintf("DELETE FROM %s", name)); err != nil {
		return "", "", err
	}
	objects, size, err := p.export(ctx, "snapshot-export", fmt.Sprintf("SELECT A FROM %s AS OF SCN %d", name, scn))
	switch {
	case refused(err):
		return "no", apierr.FailureOf(err).GetText(), nil
	case err != nil:
		return "", "", err
	case size == 0:
		return "no", "the export of a deleted row was empty", nil
	default:
		return "yes", fmt.Sprintf("a row deleted since is in %s of %d bytes", quantity.Of(objects, "object"), size), nil
	}
}

func (p Prober) emptyExport(ctx context.Context) (answer, detail string, err error) {
	objects, size, err := p.export(ctx, "zero-row-export", "SELECT DUMMY FROM DUAL WHERE 1 = 0")
	switch {
	case refused(err):
		return "fails", apierr.FailureOf(err).GetText(), nil
	case err != nil:
		return "", "", err
	case objects == 0:
		return "no object", "the call succeeded and nothing is listed", nil
	default:
		return quantity.Of(objects, "object"), fmt.Sprintf("%d bytes in all", size), nil
	}
}

// writtenName is a name as an export completes it (reference, section 1.4), for the
// same reason as in folder.
const writtenName = "part_1_20000101T000000Z.csv"

// put writes an object below a question's folder and returns its URL for the database.
func (p Prober) put(ctx context.Context, key, text string) (string, error) {
	name := p.folder(key).Name() + writtenName
	if err := p.Store.Put(ctx, p.URL, name, []byte(text)); err != nil {
		return "", err
	}
	return p.URL.Object(name)
}

func (p Prober) copyCommit(ctx context.Context) (answer, detail string, err error) {
	name, drop, err := p.scratch(ctx, "C", "A VARCHAR2(10 BYTE)")
	if err != nil {
		return "", "", err
	}
	defer drop()
	object, err := p.put(ctx, "copy-commit", "loaded\n")
	if err != nil {
		return "", "", err
	}
	block := fmt.Sprintf(`BEGIN INSERT INTO %s VALUES ('before');
		DBMS_CLOUD.COPY_DATA(table_name => :name, file_uri_list => :uri, field_list => :fields, format => :format); ROLLBACK; END;`, name)
	if err := p.Session.Call(ctx, askKind, block, sql.Named("name", name.String()), sql.Named("uri", object),
		sql.Named("fields", `"A" CHAR(10)`), sql.Named("format", `{"type":"csv"}`)); err != nil {
		return "", "", err
	}
	before, err := p.count(ctx, name, "A = 'before'")
	if err != nil {
		return "", "", err
	}
	loaded, err := p.count(ctx, name, "A = 'loaded'")
	if err != nil {
		return "", "", err
	}
	detail = fmt.Sprintf("after ROLLBACK %d of 1 rows inserted before the call and %d of 1 loaded rows are there", before, loaded)
	switch {
	case before > 0 && loaded > 0:
		return "commits both", detail, nil
	case before > 0:
		return "commits what was before", detail, nil
	case loaded > 0:
		return "commits the loaded rows", detail, nil
	default:
		return "commits nothing", detail, nil
	}
}

func (p Prober) copyAtomicity(ctx context.Context) (answer, detail string, err error) {
	name, drop, err := p.scratch(ctx, "A", "A VARCHAR2(3 BYTE)")
	if err != nil {
		return "", "", err
	}
	defer drop()
	object, err := p.put(ctx, "copy-atomicity", "one\ntwo\nthree\n")
	if err != nil {
		return "", "", err
	}
	column, err := oracle.NewName("A")
	if err != nil {
		return "", "", err
	}
	copyErr := dbmscloud.Copy(ctx, p.Session, pb.Format_FORMAT_CSV, name, []dbmscloud.Field{{Name: column, Bytes: 10}}, []string{object})
	if copyErr == nil {
		return "no", "a value that does not fit was not rejected", nil
	}
	if apierr.ReasonOf(copyErr) != pb.Reason_REASON_ROWS_REJECTED { // it never came to the rows
		return "", "", copyErr
	}
	kept, err := p.count(ctx, name, "1 = 1")
	switch {
	case err != nil:
		return "", "", err
	case kept == 0:
		return "yes", "the call failed and no row is there", nil
	default:
		return "no", fmt.Sprintf("the call failed and %d rows are there", kept), nil
	}
}

func (p Prober) operationStatus(ctx context.Context) (answer, detail string, err error) {
	var seen []string
	sid, serial := p.Session.ID()
	err = p.Session.Query(ctx, statusKind,
		"SELECT DISTINCT TYPE, STATUS FROM USER_LOAD_OPERATIONS WHERE SID = :sid AND SERIAL# = :serial ORDER BY TYPE, STATUS",
		func(scan func(...any) error) error {
			var kind, status sql.NullString
			err := scan(&kind, &status)
			seen = append(seen, kind.String+" "+status.String)
			return err
		}, sql.Named("sid", sid), sql.Named("serial", serial))
	if err != nil {
		return "", "", err
	}
	if len(seen) == 0 {
		return "not at all", "the trials above left no row", nil
	}
	return strings.Join(seen, ", "), "of the trials above", nil
}

func (p Prober) undoRetention(ctx context.Context) (answer, detail string, err error) {
	d, err := catalog.DescribeDatabase(ctx, p.Session)
	if err != nil {
		return "", "", err
	}
	if d.UndoRetentionSeconds == nil {
		return "", "V$PARAMETER cannot be read", nil
	}
	return strconv.FormatInt(d.GetUndoRetentionSeconds(), 10) + " s", "the parameter undo_retention; the database tries to keep that much", nil
}

func (p Prober) maxStringSize(ctx context.Context) (answer, detail string, err error) {
	d, err := catalog.DescribeDatabase(ctx, p.Session)
	if err != nil {
		return "", "", err
	}
	return strconv.Itoa(int(d.GetMaxStringBytes())) + " bytes", "", nil
}

func (p Prober) grants(ctx context.Context) (answer, detail string, err error) {
	d, err := catalog.DescribeDatabase(ctx, p.Session)
	if err != nil {
		return "", "", err
	}
	var have []string
	for _, privilege := range d.GetPrivileges() {
		if strings.HasPrefix(privilege, "EXECUTE ON ") || strings.HasPrefix(privilege, "FLASHBACK") {
			have = append(have, privilege)
		}
	}
	return strings.Join(have, ", "), "", nil
}

// scratch makes a table for one trial; drop removes it, whatever happened to ctx.
func (p Prober) scratch(ctx context.Context, suffix, columns string) (name oracle.Name, drop func(), err error) {
	if name, err = tableName(p.Migration, suffix); err != nil {
		return name, nil, err
	}
	drop = func() {
		_, _ = p.Session.Exec(context.WithoutCancel(ctx), dropKind, fmt.Sprintf("DROP TABLE %s PURGE", name)) // DropProbe tries again
	}
	_, err = p.Session.Exec(ctx, createKind, fmt.Sprintf("CREATE TABLE %s (%s)", name, columns))
	return name, drop, err
}

func (p Prober) count(ctx context.Context, table oracle.Name, where string) (int64, error) {
	var n int64
	_, err := p.Session.Row(ctx, readKind, fmt.Sprintf("SELECT COUNT(*) FROM %s WHERE %s", table, where), nil, &n)
	return n, err
}
