package engine

import (
	"github.com/adbferry/adbferry/sim/internal/datum"
)

// The functions of package DBMS_LOB that SQL can call.
func init() {
	define(map[string]*function{
		"DBMS_LOB.GETLENGTH": {min: 1, max: 1, typ: returnsNumber, strict: true, call: length},
		"DBMS_LOB.SUBSTR":    {min: 1, max: 3, typ: lobSubstrType, strict: true, call: lobSubstr},
		"DBMS_LOB.INSTR": {min: 2, max: 4, typ: returnsNumber, strict: true, call: func(f *frame, args []datum.Value) (datum.Value, error) {
			return instr(f, args)
		}},
	})
}

// lobSubstrType is RAW for BLOBs, VARCHAR2 for CLOBs and NVARCHAR2 for NCLOBs.
func lobSubstrType(s *Session, args []compiled) datum.Type {
	if args[0].typ.Kind == datum.Blob || args[0].typ.Kind == datum.Raw {
		return datum.Type{Kind: datum.Raw, Size: s.instance.config.rawLimit()}
	}
	t := s.textType(32767)
	t.National, t.CharSized = args[0].typ.National, args[0].typ.National
	return t
}

// nationalClob is NCLOB.
func nationalClob(*Session, []compiled) datum.Type {
	return datum.Type{Kind: datum.Clob, National: true}
}

// lobSubstr is DBMS_LOB.SUBSTR(lob, amount, offset): the arguments are the
// other way round than SUBSTR's, and the amount is UCS-2 characters or bytes.
func lobSubstr(f *frame, args []datum.Value) (datum.Value, error) {
	numbers := [2]int{32767, 1}
	for i, a := range args[1:] {
		var err error
		if numbers[i], err = f.run.s.integer(a); err != nil {
			return datum.NULL, err
		}
	}
	amount, offset := numbers[0], numbers[1]
	if amount < 1 || amount > 32767 || offset < 1 {
		return datum.NULL, nil
	}
	if k := args[0].Kind(); k == datum.Blob || k == datum.Raw {
		from, to := bounds(len(args[0].Bytes()), offset, amount)
		return f.run.s.limitedRaw(args[0].Bytes()[from:to])
	}
	text, err := f.run.s.text(args[0])
	if err != nil {
		return datum.NULL, err
	}
	x := f.run.s.located(text)
	from, to := bounds(x.units, offset, amount)
	if from == to {
		return datum.NULL, nil
	}
	out := x.cut(from, to)
	if len(out) > f.run.s.instance.config.textLimit() {
		return datum.NULL, datum.Errorf(6502, "PL/SQL: numeric or value error: character string buffer too small")
	}
	return datum.FromText(out), nil
}
