package catalog

import (
	"context"
	"database/sql"
	"strconv"
	"strings"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// addIdentities reads how identity columns count, and from ALL_SEQUENCES, when
// the user may see it, where they have got to: LAST_NUMBER, which lies past
// the cache. That is where the target has to go on, so it is start_with.
func addIdentities(ctx context.Context, s *oracle.Session, b batch) error {
	if !b.any(func(l *listed) bool { return l.identity }) {
		return nil
	}
	const query = `SELECT I.TABLE_NAME, I.COLUMN_NAME, I.GENERATION_TYPE, I.IDENTITY_OPTIONS, C.DEFAULT_ON_NULL, TO_CHAR(Q.LAST_NUMBER, 'TM9')
		FROM ALL_TAB_IDENTITY_COLS I
		JOIN ALL_TAB_COLS C ON C.OWNER = I.OWNER AND C.TABLE_NAME = I.TABLE_NAME AND C.COLUMN_NAME = I.COLUMN_NAME
		LEFT JOIN ALL_SEQUENCES Q ON Q.SEQUENCE_OWNER = I.OWNER AND Q.SEQUENCE_NAME = I.SEQUENCE_NAME
		WHERE I.OWNER = :owner AND I.TABLE_NAME BETWEEN :low AND :high`
	return s.Query(ctx, identitiesKind, query, func(scan func(...any) error) error {
		var table, column, generation string
		var options, onNull, last sql.NullString
		if err := scan(&table, &column, &generation, &options, &onNull, &last); err != nil {
			return err
		}
		if d := b.definition(table); d != nil {
			id := identityOf(options.String)
			id.Column, id.Always, id.OnNull = column, generation == "ALWAYS", onNull.String == "YES" && generation != "ALWAYS"
			if last.String != "" {
				id.StartWith = last.String
			}
			d.Identities = append(d.Identities, id)
		}
		return nil
	}, b.args()...)
}

// identityOf parses IDENTITY_OPTIONS: "START WITH: 1, INCREMENT BY: 1,
// MAX_VALUE: 99, …". What it does not know stays out.
func identityOf(options string) *pb.Identity {
	id := &pb.Identity{}
	for part := range strings.SplitSeq(options, ",") {
		name, value, _ := strings.Cut(part, ":")
		value = strings.TrimSpace(value)
		switch strings.TrimSpace(name) {
		case "START WITH":
			id.StartWith = value
		case "INCREMENT BY":
			id.IncrementBy = value
		case "MAX_VALUE":
			id.MaxValue = value
		case "MIN_VALUE":
			id.MinValue = value
		case "CACHE_SIZE":
			id.Cache, _ = strconv.ParseInt(value, 10, 64) // 0 is no cache
		case "CYCLE_FLAG":
			id.Cycle = value == "Y"
		case "ORDER_FLAG":
			id.Order = value == "Y"
		}
	}
	return id
}
