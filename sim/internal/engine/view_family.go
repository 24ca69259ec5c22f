package engine

import (
	"slices"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// A reach says whose objects a dictionary view shows.
type reach struct {
	s     *Session
	class byte // 'U': the session's user's own; 'A': those it may see; 'D': all
	names nameRange
}

// covers reports whether a table is within reach.
func (r reach) covers(t *table) bool {
	if !r.names.has(t.name) {
		return false
	}
	switch r.class {
	case 'U':
		return t.schema == r.s.user.name
	case 'A':
		return r.s.sees(t)
	}
	return true
}

// tables returns the tables within reach, sorted by name.
func (r reach) tables() []*table {
	return slices.DeleteFunc(r.s.instance.catalog.named(r.names), func(t *table) bool { return !r.covers(t) })
}

// A family is the ALL_, USER_ and DBA_ views of one kind of object.
type family[T any] struct {
	name     string
	fields   []field[T]
	subjects func(reach) []T
	noAll    bool // there is no ALL_ view
}

func (f family[T]) register(i *Instance) {
	for prefix, class := range map[string]byte{"ALL_": 'A', "USER_": 'U', "DBA_": 'D'} {
		fields := f.fields
		switch {
		case class == 'A' && f.noAll:
			continue
		case class == 'U':
			fields = slices.DeleteFunc(slices.Clone(fields), func(x field[T]) bool { return x.foreign })
		}
		v := newView(prefix+f.name, fields, func(s *Session) []T { return f.subjects(reach{s: s, class: class}) })
		if narrowable(fields) {
			v.narrow = func(s *Session, names nameRange) []datum.Row {
				return viewRows(fields, f.subjects(reach{s: s, class: class, names: names}))
			}
		}
		i.RegisterView(v)
	}
}

// none is the subjects of views about what the simulator does not have, such as
// triggers. Such views exist and are empty.
func none(reach) []struct{} { return nil }

// registerViews makes the data dictionary of a new instance.
func registerViews(i *Instance) {
	registerTableViews(i)
	registerExternalViews(i)
	registerDirectoryViews(i)
	registerColumnViews(i)
	registerConstraintViews(i)
	registerIndexViews(i)
	registerIdentityViews(i)
	registerCommentViews(i)
	registerLobViews(i)
	registerSegmentViews(i)
	registerObjectViews(i)
	registerAbsentViews(i)
	registerPolicyViews(i)
	registerPartitionViews(i)
	registerPartIndexViews(i)
	registerUserViews(i)
	registerGrantViews(i)
	registerPrivilegeViews(i)
	registerLanguageViews(i)
	registerParameterViews(i)
	registerDatabaseViews(i)
	registerInstanceViews(i)
	registerSessionViews(i)
	registerSchedulerViews(i)
	registerDictionaryViews(i)
}
