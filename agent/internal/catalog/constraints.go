package catalog

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// conditionLimit is less than where SEARCH_CONDITION_VC ends, in bytes: 4000, or
// before a character that does not fit. What is as long may be longer, and is
// read from the LONG.
const conditionLimit = 3990

// addConstraints reads keys, checks and foreign keys, and with them the
// primary key. SEARCH_CONDITION_VC stands for the LONG, which must not take
// part in joins. Both sides of the join are told which tables it is about:
// either may be read first.
func addConstraints(ctx context.Context, s *oracle.Session, b batch) error {
	const query = `SELECT K.TABLE_NAME, K.CONSTRAINT_NAME, K.CONSTRAINT_TYPE, K.GENERATED, K.STATUS, K.VALIDATED, K.DEFERRABLE, K.DEFERRED,
		K.RELY, K.DELETE_RULE, K.INDEX_NAME, K.SEARCH_CONDITION_VC, C.COLUMN_NAME FROM ALL_CONSTRAINTS K
		JOIN ALL_CONS_COLUMNS C ON C.OWNER = K.OWNER AND C.CONSTRAINT_NAME = K.CONSTRAINT_NAME AND C.TABLE_NAME = K.TABLE_NAME
		WHERE K.OWNER = :owner AND K.TABLE_NAME BETWEEN :low AND :high AND K.CONSTRAINT_TYPE IN ('P', 'U', 'R', 'C')
		AND C.TABLE_NAME BETWEEN :low2 AND :high2
		ORDER BY K.TABLE_NAME, K.CONSTRAINT_NAME, C.POSITION`
	r := constraintReader{batch: b, found: make(map[constraintName]*pb.Constraint)}
	if err := s.Query(ctx, constraintsKind, query, r.read, append(b.args(), b.again("2")[1:]...)...); err != nil {
		return err
	}
	if err := longConditions(ctx, s, b, r.found); err != nil {
		return err
	}
	if err := addReferences(ctx, s, b, r.found); err != nil {
		return err
	}
	slices.SortStableFunc(r.order, func(x, y constraintName) int { return byKindAndName(r.found[x], r.found[y]) })
	for _, name := range r.order {
		b.byName[name.table].adopt(r.found[name])
	}
	return nil
}

// A constraintReader collects the constraints of a batch.
type constraintReader struct {
	batch
	found map[constraintName]*pb.Constraint
	order []constraintName
}

func (r *constraintReader) read(scan func(...any) error) error {
	var row constraintRow
	if err := scan(row.dest()...); err != nil {
		return err
	}
	l := r.byName[row.table]
	if l == nil {
		return nil
	}
	name := constraintName{row.table, row.name}
	k := r.found[name]
	if k == nil {
		k = row.constraint()
		r.found[name] = k
		r.order = append(r.order, name)
		if row.index.String == row.name {
			l.ofKeys[row.index.String] = true
		}
	}
	k.Columns = append(k.Columns, row.column.String)
	return nil
}

// A constraintName names a constraint or an index of a table.
type constraintName struct{ table, name string }

// A constraintRow is one column of one constraint.
type constraintRow struct {
	table, name, kind                                  string
	generated, status, validated, deferrable, deferred sql.NullString
	rely, deleteRule, index, condition, column         sql.NullString
}

func (r *constraintRow) dest() []any {
	return []any{
		&r.table, &r.name, &r.kind, &r.generated, &r.status, &r.validated, &r.deferrable, &r.deferred,
		&r.rely, &r.deleteRule, &r.index, &r.condition, &r.column,
	}
}

var constraintKinds = map[string]pb.ConstraintKind{
	"P": pb.ConstraintKind_CONSTRAINT_KIND_PRIMARY, "U": pb.ConstraintKind_CONSTRAINT_KIND_UNIQUE,
	"C": pb.ConstraintKind_CONSTRAINT_KIND_CHECK, "R": pb.ConstraintKind_CONSTRAINT_KIND_REFERENCE,
}

func (r *constraintRow) constraint() *pb.Constraint {
	k := &pb.Constraint{
		Name: r.name, Generated: r.generated.String == "GENERATED NAME", Kind: constraintKinds[r.kind], Condition: r.condition.String,
		Deferrable: r.deferrable.String == "DEFERRABLE", InitiallyDeferred: r.deferred.String == "DEFERRED",
		Disabled: r.status.String == "DISABLED", NotValidated: r.validated.String == "NOT VALIDATED", Rely: r.rely.String == "RELY",
	}
	if r.deleteRule.String != "NO ACTION" {
		k.DeleteRule = r.deleteRule.String
	}
	return k
}

// longConditions reads the conditions that may be cut off. Long ones are rare.
func longConditions(ctx context.Context, s *oracle.Session, b batch, found map[constraintName]*pb.Constraint) error {
	cut := false
	for _, k := range found {
		isCheck := k.GetKind() == pb.ConstraintKind_CONSTRAINT_KIND_CHECK
		cut = cut || isCheck && (k.GetCondition() == "" || len(k.GetCondition()) >= conditionLimit)
	}
	if !cut {
		return nil
	}
	const query = `SELECT TABLE_NAME, CONSTRAINT_NAME, SEARCH_CONDITION FROM ALL_CONSTRAINTS
		WHERE OWNER = :owner AND TABLE_NAME BETWEEN :low AND :high AND CONSTRAINT_TYPE = 'C'`
	return s.Query(ctx, conditionsKind, query, func(scan func(...any) error) error {
		var table, name string
		var condition sql.NullString
		if err := scan(&table, &name, &condition); err != nil {
			return err
		}
		if k := found[constraintName{table, name}]; k != nil {
			k.Condition = condition.String
		}
		return nil
	}, b.args()...)
}

// addReferences reads which columns of which table foreign keys refer to.
func addReferences(ctx context.Context, s *oracle.Session, b batch, found map[constraintName]*pb.Constraint) error {
	if !slices.ContainsFunc(slices.Collect(maps.Values(found)), isReference) {
		return nil
	}
	const query = `SELECT K.TABLE_NAME, K.CONSTRAINT_NAME, C.OWNER, C.TABLE_NAME, C.COLUMN_NAME FROM ALL_CONSTRAINTS K
		JOIN ALL_CONS_COLUMNS C ON C.OWNER = K.R_OWNER AND C.CONSTRAINT_NAME = K.R_CONSTRAINT_NAME
		WHERE K.OWNER = :owner AND K.TABLE_NAME BETWEEN :low AND :high AND K.CONSTRAINT_TYPE = 'R'
		ORDER BY K.TABLE_NAME, K.CONSTRAINT_NAME, C.POSITION`
	return s.Query(ctx, referencesKind, query, func(scan func(...any) error) error {
		var table, name, owner, referenced, column string
		if err := scan(&table, &name, &owner, &referenced, &column); err != nil {
			return err
		}
		if k := found[constraintName{table, name}]; k != nil {
			k.ReferencedTable = &pb.TableName{Schema: owner, Name: referenced}
			k.ReferencedColumns = append(k.ReferencedColumns, column)
		}
		return nil
	}, b.args()...)
}

// adopt gives a constraint to its table, whose primary key it has by then. A
// NOT NULL is the column's, unless somebody gave it a name, or the column would
// not be nullable without it either.
func (l *listed) adopt(k *pb.Constraint) {
	d := l.table.GetDefinition()
	k.Condition = strings.TrimSpace(k.GetCondition())
	switch k.GetKind() {
	case pb.ConstraintKind_CONSTRAINT_KIND_PRIMARY:
		if !k.GetDisabled() {
			l.table.PrimaryKey = k.GetColumns()
		}
	case pb.ConstraintKind_CONSTRAINT_KIND_CHECK:
		columns := k.GetColumns()
		notNull := l.isNotNull(k)
		k.Columns = nil
		if notNull && k.GetGenerated() && !slices.Contains(l.table.GetPrimaryKey(), columns[0]) {
			return
		}
	case pb.ConstraintKind_CONSTRAINT_KIND_REFERENCE:
		if k.GetReferencedTable() == nil {
			l.note("foreign key %s: the agent's user may not see the table that it refers to", k.GetName())
			return
		}
	default:
	}
	d.Constraints = append(d.Constraints, k)
}

// isNotNull tells the NOT NULL of a column from a check with the same
// condition, which leaves the column nullable.
func (l *listed) isNotNull(k *pb.Constraint) bool {
	if len(k.GetColumns()) != 1 || k.GetDisabled() || k.GetCondition() != `"`+k.GetColumns()[0]+`" IS NOT NULL` {
		return false
	}
	return slices.ContainsFunc(l.table.GetColumns(), func(c *pb.Column) bool {
		return c.GetName() == k.GetColumns()[0] && !c.GetNullable()
	})
}

func isReference(k *pb.Constraint) bool {
	return k.GetKind() == pb.ConstraintKind_CONSTRAINT_KIND_REFERENCE
}

// byKindAndName puts the primary key first.
func byKindAndName(a, b *pb.Constraint) int {
	primary := func(k *pb.Constraint) int {
		if k.GetKind() == pb.ConstraintKind_CONSTRAINT_KIND_PRIMARY {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(primary(a), primary(b)), strings.Compare(a.GetName(), b.GetName()))
}
