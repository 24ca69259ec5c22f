// Package statetest has what the tests of saved parts share. Only tests import it.
package statetest

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Fields fails unless the fields of value's type are those in want, in order and
// separated by blanks. Whoever gives a saved type another field decides where it
// is saved whether it belongs into the state, and then adds it to the test's list.
func Fields(t testing.TB, value any, want string) {
	t.Helper()
	typ := reflect.TypeOf(value)
	var fields []string
	for f := range typ.Fields() {
		fields = append(fields, f.Name)
	}
	if d := cmp.Diff(strings.Fields(want), fields); d != "" {
		t.Errorf("%v: %s", typ, d)
	}
}
