package journal

import (
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/adbferry/adbferry/pkg/par"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// redact takes PAR tokens out of the texts of an event, wherever a Failure or a
// Notice stands in it. Events hold no PAR; but an error text may quote the
// request that failed, and what is written here stays. Names of objects are left
// alone, since an import needs them to the letter.
func redact(m protoreflect.Message) {
	switch text := m.Interface().(type) {
	case *pb.Failure:
		text.Text, text.Hint = par.Redact(text.GetText()), par.Redact(text.GetHint())
		for k, v := range text.GetFacts() {
			text.Facts[k] = par.Redact(v)
		}
		return
	case *pb.Notice:
		text.Text = par.Redact(text.GetText())
		return
	}
	m.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		switch {
		case field.Message() == nil || field.IsMap():
		case field.IsList():
			for i := range value.List().Len() {
				redact(value.List().Get(i).Message())
			}
		default:
			redact(value.Message())
		}
		return true
	})
}
