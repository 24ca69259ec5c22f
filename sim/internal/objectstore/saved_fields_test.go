package objectstore

import (
	"testing"

	"github.com/adbferry/adbferry/sim/internal/state/statetest"
)

// TestEveryFieldIsSavedOrKnownNotToBe fails when somebody gives a type whose
// values are saved another field: saved.go has to say whether it belongs into
// the state, and the list here follows.
func TestEveryFieldIsSavedOrKnownNotToBe(t *testing.T) {
	for _, tt := range []struct {
		value any
		want  string
	}{
		{Store{}, "namespace knobs now mu buckets grants uploads accounts faults"},
		{bucket{}, "objects publicRead publicList"},
		{Object{}, "Name Size MD5 MultipartMD5 ETag ContentType Meta Created Modified content"},
		{content{}, "segments size"},
		{PAR{}, "Bucket Access Object List Expires"},
		{grant{}, "PAR revoked"},
		{upload{}, "id target object parts"},
		{target{}, "token namespace bucket object upload part signed user password"},
		{Writer{}, "store bucket object digest"},
	} {
		statetest.Fields(t, tt.value, tt.want)
	}
}
