package catalog

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// packages are those that adbferry calls now or may call for verification.
const packages = "'DBMS_CLOUD', 'DBMS_FLASHBACK', 'DBMS_CRYPTO', 'DBMS_STATS'"

// DescribeDatabase says what the session's database is. What the user may not
// see is left out. Region, service level and versions of ours are the caller's
// to fill in.
func DescribeDatabase(ctx context.Context, s *oracle.Session) (*pb.DatabaseDescription, error) {
	d := &pb.DatabaseDescription{}
	for _, read := range []func(context.Context, *oracle.Session, *pb.DatabaseDescription) error{
		identity, version, charsets, nls, parameters, privileges,
	} {
		if err := read(ctx, s, d); err != nil {
			return nil, err
		}
	}
	var err error
	d.CurrentScn, err = CurrentSCN(ctx, s)
	return d, err
}

func identity(ctx context.Context, s *oracle.Session, d *pb.DatabaseDescription) error {
	var name, user sql.NullString
	var now time.Time
	found, err := s.Row(ctx, databaseKind,
		"SELECT SYS_CONTEXT('USERENV', 'DB_UNIQUE_NAME'), SYS_CONTEXT('USERENV', 'SESSION_USER'), SYSTIMESTAMP FROM DUAL", nil, &name, &user, &now)
	if err != nil {
		return err
	}
	if !found {
		return oracle.NotOne(databaseKind)
	}
	d.DatabaseName, d.User, d.DatabaseTime = name.String, user.String, timestamppb.New(now)
	return nil
}

func version(ctx context.Context, s *oracle.Session, d *pb.DatabaseDescription) error {
	found, err := s.Row(ctx, versionKind, "SELECT VERSION_FULL FROM PRODUCT_COMPONENT_VERSION WHERE ROWNUM = 1", nil, &d.Version)
	if err == nil && !found {
		return oracle.NotOne(versionKind)
	}
	return err
}

func charsets(ctx context.Context, s *oracle.Session, d *pb.DatabaseDescription) error {
	found, err := pairs(ctx, s, databaseNLS,
		"SELECT PARAMETER, VALUE FROM NLS_DATABASE_PARAMETERS WHERE PARAMETER IN ('NLS_CHARACTERSET', 'NLS_NCHAR_CHARACTERSET')")
	d.CharacterSet, d.NationalCharacterSet = found["NLS_CHARACTERSET"], found["NLS_NCHAR_CHARACTERSET"]
	return err
}

func nls(ctx context.Context, s *oracle.Session, d *pb.DatabaseDescription) (err error) {
	d.Nls, err = pairs(ctx, s, sessionNLS, "SELECT PARAMETER, VALUE FROM NLS_SESSION_PARAMETERS")
	return err
}

// parameters reads max_string_size and the undo retention. The first can be
// found out without the right to see V$PARAMETER: RPAD stops at the limit.
func parameters(ctx context.Context, s *oracle.Session, d *pb.DatabaseDescription) error {
	found, err := pairs(ctx, s, parametersKind, "SELECT NAME, VALUE FROM V$PARAMETER WHERE NAME IN ('max_string_size', 'undo_retention')")
	if err != nil && !oracle.Withheld(err) {
		return err
	}
	if seconds, err := strconv.ParseInt(found["undo_retention"], 10, 64); err == nil {
		d.UndoRetentionSeconds = &seconds
	}
	switch strings.ToUpper(found["max_string_size"]) {
	case "EXTENDED":
		d.MaxStringBytes = 32767
	case "STANDARD":
		d.MaxStringBytes = 4000
	default:
		_, err := s.Row(ctx, stringSizeKind, "SELECT LENGTHB(RPAD('x', 32767, 'x')) FROM DUAL", nil, &d.MaxStringBytes)
		return err
	}
	return nil
}

func privileges(ctx context.Context, s *oracle.Session, d *pb.DatabaseDescription) error {
	for _, q := range []struct {
		kind oracle.Kind
		text string
	}{
		{privilegesKind, "SELECT PRIVILEGE FROM SESSION_PRIVS"},
		{executeKind, "SELECT 'EXECUTE ON ' || TABLE_NAME FROM ALL_TAB_PRIVS WHERE PRIVILEGE = 'EXECUTE' AND TABLE_NAME IN (" + packages + ")"},
	} {
		err := s.Query(ctx, q.kind, q.text, func(scan func(...any) error) error {
			var name string
			if err := scan(&name); err != nil {
				return err
			}
			d.Privileges = append(d.Privileges, name)
			return nil
		})
		if err != nil && !oracle.Withheld(err) {
			return err
		}
	}
	slices.Sort(d.GetPrivileges())
	d.Privileges = slices.Compact(d.GetPrivileges())
	return nil
}

// CurrentSCN returns the database's system change number: what is committed
// now is visible as of it.
func CurrentSCN(ctx context.Context, s *oracle.Session) (int64, error) {
	for _, q := range []struct {
		kind oracle.Kind
		text string
	}{
		{scnKind, "SELECT CURRENT_SCN FROM V$DATABASE"},
		{flashbackKind, "SELECT DBMS_FLASHBACK.GET_SYSTEM_CHANGE_NUMBER FROM DUAL"},
	} {
		var scn int64
		found, err := s.Row(ctx, q.kind, q.text, nil, &scn)
		if err == nil && found {
			return scn, nil
		}
		if err != nil && !oracle.Withheld(err) {
			return 0, err
		}
	}
	return 0, apierr.New(codes.PermissionDenied, pb.Reason_REASON_PRIVILEGE_MISSING, "the database's SCN cannot be read").
		WithHint("GRANT SELECT ON V_$DATABASE or EXECUTE ON DBMS_FLASHBACK to the agent's user")
}

// pairs reads a query of two columns into a map. NULLs are empty.
func pairs(ctx context.Context, s *oracle.Session, k oracle.Kind, query string) (map[string]string, error) {
	found := make(map[string]string)
	err := s.Query(ctx, k, query, func(scan func(...any) error) error {
		var name, value sql.NullString
		if err := scan(&name, &value); err != nil {
			return err
		}
		found[name.String] = value.String
		return nil
	})
	return found, err
}
