package ttc

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

var moment = time.Date(2026, 11, 22, 8, 15, 30, 123456789, time.UTC)

// roundTrip sends a value out and takes it back in as a bind.
func roundTrip(b Bind, v datum.Value) (back datum.Value, invalid bool, err error) {
	r := NewReader(nil)
	var w Writer
	if b.Form == FormNational {
		w.National(v)
	} else {
		w.Value(v)
	}
	r.Begin(string(w.Bytes()))
	kind, _ := kindOf(b.Type)
	back = r.value(&b, kind, &invalid)
	return back, invalid, r.Finish()
}

func TestValuesSurviveTheWire(t *testing.T) {
	for name, tc := range map[string]struct {
		bind  Bind
		value datum.Value
	}{
		"text":           {Bind{Type: TypeText}, datum.FromText("Grüße 🚢")},
		"national text":  {Bind{Type: TypeText, Form: FormNational}, datum.FromText("Grüße 🚢")},
		"long text":      {Bind{Type: TypeLong}, datum.FromText(strings.Repeat("x", 100_000))},
		"null":           {Bind{Type: TypeText}, datum.NULL},
		"number":         {Bind{Type: TypeNumber}, datum.FromInt(-123456789)},
		"zero":           {Bind{Type: TypeNumber}, datum.FromInt(0)},
		"date":           {Bind{Type: TypeDate}, datum.FromDate(moment)},
		"timestamp":      {Bind{Type: TypeTimestamp}, datum.FromTimestamp(moment)},
		"zoned":          {Bind{Type: TypeTimestampTZ}, datum.FromTimestampTZ(moment, "-08:30")},
		"zoned, east":    {Bind{Type: typeTimestampTZ2}, datum.FromTimestampTZ(moment, "+05:45")},
		"zoned, region":  {Bind{Type: TypeTimestampTZ}, datum.FromTimestampTZ(moment, "Europe/Berlin")},
		"local zone":     {Bind{Type: typeTimestampLT2}, datum.FromTimestampLTZ(moment)},
		"raw":            {Bind{Type: TypeRaw}, datum.FromRaw([]byte{0, 1, 0xFF})},
		"double":         {Bind{Type: TypeDouble}, datum.FromDouble(-1.5)},
		"float":          {Bind{Type: TypeFloat}, datum.Of(datum.BinaryFloat, "\xBF\x80\x00\x00")},
		"day to second":  {Bind{Type: typeIntervalDS2}, datum.Of(datum.IntervalDS, "\x80\x00\x00\x01\x3C\x3C\x3C\x80\x00\x00\x00")},
		"year to month":  {Bind{Type: typeIntervalYM2}, datum.Of(datum.IntervalYM, "\x80\x00\x00\x01\x3C")},
		"true":           {Bind{Type: TypeBoolean}, datum.FromBool(true)},
		"false":          {Bind{Type: TypeBoolean}, datum.FromBool(false)},
		"null timestamp": {Bind{Type: TypeTimestamp}, datum.NULL},
	} {
		got, invalid, err := roundTrip(tc.bind, tc.value)
		if got != tc.value || invalid || err != nil {
			t.Errorf("%s: kind %v, % x, invalid %t, %v", name, got.Kind(), got.Bytes(), invalid, err)
		}
	}
}

func TestValuesAsTheNotesShow(t *testing.T) {
	half, err := datum.ParseNumber("0.5")
	if err != nil {
		t.Fatal(err)
	}
	for want, v := range map[string]datum.Value{
		"02 C102": datum.FromInt(1), "02 C12B": datum.FromInt(42), "02 C202": datum.FromInt(100),
		"03 3E6466": datum.FromInt(-1), "02 C033": half, "01 80": datum.FromInt(0), "00": datum.NULL,
		"07 787E0B1609101F":                datum.FromDate(moment),
		"0B 787E0B1609101F 075BCD15":       datum.FromTimestamp(moment),
		"0D 787E0B1609101F 075BCD15 14 3C": datum.FromTimestampTZ(moment, "+00:00"),
		"0D 787E0B1609101F 075BCD15 0C 1E": datum.FromTimestampTZ(moment, "-08:30"),
		"0D 787E0B1609101F 075BCD15 D0 04": datum.FromTimestampTZ(moment, "UTC"),
		"0D 787E0B1609101F 075BCD15 0F 3C": datum.FromTimestampTZ(moment, "America/Jamaica"),
	} {
		wantBytes(t, encoded(Dialect{}, func(w *Writer) { w.Value(v) }), unhex(t, want))
	}
	wantBytes(t, encoded(Dialect{}, (*Writer).NullBoolean), "\xFD\x01")
}

func TestLongValuesCarryAnIndicator(t *testing.T) {
	long := func(v datum.Value, national bool) string {
		return encoded(Dialect{}, func(w *Writer) { w.Long(v, national) })
	}
	wantBytes(t, long(datum.FromClob("ab"), false), "\x02ab\x00\x00")
	wantBytes(t, long(datum.FromClob("ab"), true), "\x04\x00a\x00b\x00\x00")
	wantBytes(t, long(datum.NULL, false), unhex(t, "00 8101 02057D"))
}

func TestLocatorsInRows(t *testing.T) {
	wantBytes(t, encoded(Dialect{}, func(w *Writer) { w.Locator("abc"); w.Locator("") }), "\x01\x03\x03abc\x00")
	wantBytes(t, encoded(Dialect{}, func(w *Writer) { w.SizedLocator("abc", 300); w.SizedLocator("", 0) }),
		"\x01\x03\x02\x01\x2C\x02\x1F\xC4\x03abc\x00")
}

func TestShortTimestampsArePadded(t *testing.T) {
	r := reading(Dialect{}, unhex(t, "07 787E0B1609101F"))
	var invalid bool
	got := r.value(&Bind{Type: TypeTimestamp}, datum.Timestamp, &invalid)
	if got != datum.FromTimestamp(moment.Truncate(time.Second)) || invalid {
		t.Errorf("% x", got.Bytes())
	}
}

func TestLocalFieldsBecomeUTC(t *testing.T) {
	r := reading(Dialect{}, unhex(t, "0D 787E0B1609101F 075BCD15 56 3C"))
	var invalid bool
	got := r.value(&Bind{Type: TypeTimestampTZ}, datum.TimestampTZ, &invalid)
	if got != datum.FromTimestampTZ(moment.Add(-2*time.Hour), "+02:00") || invalid {
		t.Errorf("%v %s", got.Time(), got.Zone())
	}
}

func TestMalformedValuesAreNoted(t *testing.T) {
	for name, tc := range map[string]struct {
		bind  uint8
		bytes string
	}{
		"number":               {TypeNumber, "02 C1FF"},
		"short date":           {TypeDate, "06 787E0B160910"},
		"month 13":             {TypeDate, "07 787E0D1609101F"},
		"hour 0":               {TypeDate, "07 787E0B1600101F"},
		"too many nanoseconds": {TypeTimestamp, "0B 787E0B1609101F FFFFFFFF"},
		"zone of one byte":     {TypeTimestampTZ, "0C 787E0B1609101F 075BCD15 14"},
		"zone of 40 hours":     {TypeTimestampTZ, "0D 787E0B1609101F 075BCD15 3C 3C"},
		"local zone, no date":  {TypeTimestampTZ, "0D 00000000000000 00000000 56 3C"},
		"double of 7 bytes":    {TypeDouble, "07 00000000000000"},
		"float of 3 bytes":     {TypeFloat, "03 000000"},
		"short interval":       {TypeIntervalDS, "05 0000000000"},
		"other interval":       {TypeIntervalYM, "04 00000000"},
		"unknown type":         {109, "01 00"},
	} {
		r := reading(Dialect{}, unhex(t, tc.bytes))
		kind, _ := kindOf(tc.bind)
		var invalid bool
		got := r.value(&Bind{Type: tc.bind}, kind, &invalid)
		if !got.IsNull() || !invalid || r.Finish() != nil {
			t.Errorf("%s: % x, invalid %t, %v", name, got.Bytes(), invalid, r.Err())
		}
	}
}

// options for a plan whose binds all have values of their own.
func options(rows int) PlanOptions {
	return PlanOptions{
		Rows:   rows,
		Absent: func(int) bool { return false }, SameAs: func(i int) int { return i },
		Resolver: func(_ int, locator string) (datum.Value, error) {
			if locator == "lost" {
				return datum.NULL, datum.Errorf(22922, "nonexistent LOB value")
			}
			return datum.FromClob("content of " + locator), nil
		},
	}
}

func TestBindRowsAreOrderedByThePlan(t *testing.T) {
	text, num := Bind{Type: TypeText, Size: 10}, Bind{Type: TypeNumber}
	for name, tc := range map[string]struct {
		binds   []Bind
		options func(o *PlanOptions)
		row     string
		want    string // texts of the values, "-" for NULL
	}{
		"in order":          {[]Bind{text, text}, nil, "07 0161 0162", "a b"},
		"LONG comes last":   {[]Bind{{Type: TypeLong}, text}, nil, "07 0162 0161", "a b"},
		"large comes last":  {[]Bind{{Type: TypeText, Size: 40000}, text}, nil, "07 0162 0161", "a b"},
		"but not in blocks": {[]Bind{{Type: TypeText, Size: 40000}, text}, func(o *PlanOptions) { o.Block = true }, "07 0161 0162", "a b"},
		"repeated": {
			[]Bind{text, {Type: TypeText, Flags: bindRepeated}, text},
			func(o *PlanOptions) { o.SameAs = func(int) int { return 0 } }, "07 0161 0162", "a a b",
		},
		"absent":        {[]Bind{text, text}, func(o *PlanOptions) { o.Absent = func(i int) bool { return i == 0 } }, "07 0162", "- b"},
		"all absent":    {[]Bind{text}, func(o *PlanOptions) { o.Absent = func(int) bool { return true } }, "", "-"},
		"LOB":           {[]Bind{{Type: TypeClob}, text}, nil, "07 0103 03616263 0162", "content of abc b"},
		"null LOB":      {[]Bind{{Type: TypeClob}, text}, nil, "07 00 0162", "- b"},
		"null cursor":   {[]Bind{{Type: TypeCursor}, text}, nil, "07 00 0162", "- b"},
		"closed cursor": {[]Bind{{Type: TypeCursor}, text}, nil, "07 0100 0162", "- b"},
		"open cursor":   {[]Bind{{Type: TypeCursor}, text}, nil, "07 0101 0107 0162", "- b"},
		"table":         {[]Bind{{Type: TypeNumber, Flags: bindTable}, text}, nil, "07 0102 02C102 02C103 0162", "- b"},
		"null number":   {[]Bind{num, text}, nil, "07 00 0162", "- b"},
	} {
		o := options(1)
		if tc.options != nil {
			tc.options(&o)
		}
		plan := Plan(tc.binds, o)
		r := reading(Dialect{}, unhex(t, tc.row))
		var got []string
		for _, v := range plan.Read(r) {
			if v.IsNull() {
				got = append(got, "-")
				continue
			}
			got = append(got, v.Text())
		}
		if strings.Join(got, " ") != tc.want || r.Finish() != nil || plan.Invalid() != nil {
			t.Errorf("%s: %q, %v, %v", name, got, r.Err(), plan.Invalid())
		}
	}
}

func TestBatchesOfRows(t *testing.T) {
	plan := Plan([]Bind{{Type: TypeNumber}, {Type: TypeText}}, options(3000))
	r := reading(Dialect{}, encoded(Dialect{}, func(w *Writer) {
		for i := range 3000 {
			w.Row()
			w.Value(datum.FromInt(int64(i)))
			w.Value(datum.FromText("t"))
		}
	}))
	var rows [][]datum.Value
	for range 3000 {
		rows = append(rows, plan.Read(r))
	}
	for i, row := range rows {
		if row[0] != datum.FromInt(int64(i)) || row[1] != datum.FromText("t") {
			t.Fatalf("row %d holds %v", i, row)
		}
	}
	if err := r.Finish(); err != nil {
		t.Error(err)
	}
}

func TestBadRowsAreReported(t *testing.T) {
	plan := Plan([]Bind{{Type: TypeNumber}}, options(1))
	plan.Read(reading(Dialect{}, "\x07\x02\xC1\xFF"))
	if e, ok := errors.AsType[*datum.Error](plan.Invalid()); !ok || e.Code != 1460 {
		t.Errorf("malformed number: %v", plan.Invalid())
	}
	plan = Plan([]Bind{{Type: TypeClob}}, options(1))
	plan.Read(reading(Dialect{}, "\x07\x01\x04\x04lost"))
	if e, ok := errors.AsType[*datum.Error](plan.Invalid()); !ok || e.Code != 22922 {
		t.Errorf("lost LOB: %v", plan.Invalid())
	}
	r := reading(Dialect{}, "\x08\x00")
	plan.Read(r)
	if !errors.Is(r.Finish(), ErrProtocol) {
		t.Errorf("no row: %v", r.Err())
	}
}

func FuzzBindRows(f *testing.F) {
	f.Add("\x07\x02\xC1\x02\x01a", uint8(TypeNumber), uint8(TypeText), uint8(0))
	f.Add("\x07\x01\x03\x03abc\x0D\x78\x7E\x0B\x16\x09\x10\x1F\x07\x5B\xCD\x15\x56\x3C", uint8(TypeClob), uint8(TypeTimestampTZ), uint8(0))
	f.Fuzz(func(t *testing.T, in string, a, b, flags uint8) {
		plan := Plan([]Bind{{Type: a, Flags: flags &^ bindRepeated}, {Type: b}}, options(2))
		r := NewReader(nil)
		r.Begin(in)
		for range 2 {
			for _, v := range plan.Read(r) {
				_, _ = v.Decimal(), v.Text()
				if k := v.Kind(); k == datum.Date || k == datum.Timestamp || k == datum.TimestampTZ {
					_ = v.Time()
				}
				var w Writer
				w.Value(v)
				if w.Len() > 10*len(in)+100 {
					t.Errorf("%d bytes from %d", w.Len(), len(in))
				}
			}
		}
	})
}
