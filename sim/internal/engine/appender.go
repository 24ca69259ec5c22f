package engine

import (
	"cmp"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/nls"
)

// An appender computes an expression of kind Text or Raw and writes its bytes
// behind dst; nothing written is NULL. After an error what is behind dst is
// undefined.
//
// It is an evaluator without the allocations: digests and exports nest half a
// dozen calls per column, and each would otherwise make a string that only the
// next one reads. Checksums of twelve columns are three times as fast with it.
type appender func(f *frame, dst []byte) ([]byte, error)

// appended is an expression that an appender computes.
func appended(t datum.Type, a appender) compiled {
	var buf []byte // this expression's own, as in apply
	return compiled{typ: t, nullable: true, append: a, eval: func(f *frame) (datum.Value, error) {
		out, err := a(f, buf[:0])
		if err != nil {
			return datum.NULL, err
		}
		buf = out
		return datum.Of(t.Kind, string(out)), nil
	}}
}

// appendText writes a value as a concatenation does: by implicit conversion,
// nothing for NULL.
func (x *compiled) appendText(f *frame, dst []byte) ([]byte, error) {
	if x.append != nil && x.typ.Kind == datum.Text {
		return x.append(f, dst)
	}
	v, err := x.eval(f)
	if err != nil {
		return dst, err
	}
	if v.Kind() == datum.Text {
		return append(dst, v.Bytes()...), nil
	}
	return f.run.s.nls.AppendText(dst, v)
}

// appendAs writes the bytes of a value brought to the kind of t, which is Text
// or Raw.
func (x *compiled) appendAs(f *frame, dst []byte, t datum.Type) ([]byte, error) {
	if x.append != nil && x.typ.Kind == t.Kind {
		return x.append(f, dst)
	}
	v, err := convertTo(f, *x, t)
	return append(dst, v.Bytes()...), err
}

// isFixed reports whether an argument is a constant that is not NULL.
func (x *compiled) isFixed() bool { return x.fixed != nil && !x.fixed.IsNull() }

// parameters are the NLS settings of a conversion whose third argument, if it
// has one, is a constant. The text is applied once, and again after an ALTER
// SESSION: parsing it for every value was a tenth of a checksum's time.
type parameters struct {
	text    string // "" when there is no third argument
	known   bool
	version int // of the session's settings
	changed nls.Settings
}

// of returns the settings that the conversion has now. Error: ORA-12702.
func (p *parameters) of(s *Session) (*nls.Settings, error) {
	if p.text == "" {
		return &s.nls, nil
	}
	if !p.known || p.version != s.nlsVersion {
		changed, err := withParameters(s.nls, p.text)
		if err != nil {
			return nil, err
		}
		p.changed, p.known, p.version = changed, true, s.nlsVersion
	}
	return &p.changed, nil
}

// A template is the constant mask and the parameters of a conversion. An
// invalid mask is an error only for the values it meets.
type template struct {
	parameters
	date      nls.DateMask
	dateErr   error
	number    nls.NumberMask
	numberErr error
}

// templateOf takes the second and third argument of a conversion apart; nil
// when they are not the same for every row.
func templateOf(args []compiled) *template {
	if len(args) < 2 || !args[1].isFixed() || len(args) > 2 && !args[2].isFixed() {
		return nil
	}
	t := &template{}
	mask := args[1].fixed.Text()
	t.date, t.dateErr = nls.ParseDateMask(mask)
	t.number, t.numberErr = nls.ParseNumberMask(mask)
	if len(args) > 2 {
		t.text = args[2].fixed.Text()
	}
	return t
}

// appendTime writes a date or timestamp.
func (t *template) appendTime(s *Session, dst []byte, v datum.Value) ([]byte, error) {
	settings, err := t.of(s)
	if err != nil || t.dateErr != nil {
		return dst, cmp.Or(err, t.dateErr)
	}
	return settings.AppendDate(dst, v, &t.date)
}

// appendNumber writes a NUMBER.
func (t *template) appendNumber(s *Session, dst []byte, v datum.Value) ([]byte, error) {
	settings, err := t.of(s)
	if err != nil || t.numberErr != nil {
		return dst, cmp.Or(err, t.numberErr)
	}
	return settings.AppendNumber(dst, v, &t.number)
}

// input returns the settings and the text to read v with, unless the mask is
// none: then its error, behind those of settings and text.
func (t *template) input(s *Session, v datum.Value, maskErr error) (*nls.Settings, string, error) {
	settings, err := t.of(s)
	if err != nil {
		return nil, "", err
	}
	text, err := s.text(v)
	return settings, text, cmp.Or(err, maskErr)
}
