package engine

import (
	"crypto/md5"  //nolint:gosec // the function is called MD5
	"crypto/sha1" //nolint:gosec // the function is called SHA1
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"hash/fnv"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// The hash functions (reference, section 6.1).
func init() {
	define(map[string]*function{
		"STANDARD_HASH": {min: 1, max: 2, typ: returnsRaw(64), appends: appendHash, lazy: standardHash},
		"ORA_HASH":      {min: 1, max: 3, typ: returnsNumber, lazy: hashOfNoLong},
		"DBMS_CRYPTO.HASH": {
			min: 2, max: 2, typ: returnsRaw(64), appends: appendCrypto, lazy: cryptoOfNoText, restricted: "DBMS_CRYPTO",
		},
	})
	for name, code := range map[string]int64{"HASH_MD5": 2, "HASH_SH1": 3, "HASH_SH256": 4, "HASH_SH384": 5, "HASH_SH512": 6} {
		v := datum.FromInt(code)
		// Constants of a package cannot be used in SQL.
		functions["DBMS_CRYPTO."+name] = &function{
			typ: returnsNumber, plsql: true,
			call: func(*frame, []datum.Value) (datum.Value, error) { return v, nil },
		}
	}
}

var hashes = map[string]func() hash.Hash{
	"MD5": md5.New, "SHA1": sha1.New, "SHA256": sha256.New, "SHA384": sha512.New384, "SHA512": sha512.New,
}

// digest hashes bytes by an algorithm of the table above.
func digest(algorithm, data string) datum.Value {
	h := hashes[algorithm]()
	h.Write([]byte(data))
	return datum.FromRaw(h.Sum(nil))
}

// errLong is what a function that takes no LONG column says of one.
var errLong = datum.Errorf(997, "illegal use of LONG datatype")

// standardHash hashes the stored bytes of a value; NULL counts as empty.
func standardHash(_ *compiler, args []compiled) (evaluator, error) {
	switch {
	case isLOB(args[0].typ.Kind):
		return nil, datum.Errorf(902, "invalid datatype")
	case args[0].typ.Long:
		return nil, errLong
	}
	national := args[0].typ.National
	return func(f *frame) (datum.Value, error) {
		values, err := evaluate(f, args)
		if err != nil {
			return datum.NULL, err
		}
		algorithm := "SHA1"
		if len(values) == 2 {
			algorithm = strings.ToUpper(values[1].Text())
		}
		switch {
		case hashes[algorithm] == nil:
			return datum.NULL, datum.Errorf(43845, "Unsupported hash algorithm.")
		case isLOB(values[0].Kind()):
			return datum.NULL, datum.Errorf(902, "invalid datatype")
		case national:
			return digest(algorithm, datum.ToUTF16(values[0].Text())), nil
		}
		return digest(algorithm, values[0].Bytes()), nil
	}, nil
}

// appendHash is STANDARD_HASH by a constant algorithm.
func appendHash(_ *compiler, args []compiled) appender {
	name := "SHA1"
	if len(args) == 2 {
		if !args[1].isFixed() {
			return nil
		}
		name = strings.ToUpper(args[1].fixed.Text())
	}
	arg := args[0]
	if hashes[name] == nil || arg.typ.National || arg.typ.Long || isLOB(arg.typ.Kind) || arg.typ.Kind == datum.Null {
		return nil
	}
	h := newHasher(name)
	return func(f *frame, dst []byte) ([]byte, error) {
		if arg.append != nil {
			data, err := arg.append(f, h.data[:0])
			if err != nil {
				return dst, err
			}
			h.data = data
			return h.sum(dst), nil
		}
		v, err := arg.eval(f)
		switch {
		case err != nil:
			return dst, err
		case isLOB(v.Kind()):
			return dst, datum.Errorf(902, "invalid datatype")
		}
		h.data = append(h.data[:0], v.Bytes()...)
		return h.sum(dst), nil
	}
}

// A hasher computes digests of one expression, one after another, in memory of
// its own.
type hasher struct {
	hash hash.Hash
	data []byte
}

func newHasher(algorithm string) *hasher { return &hasher{hash: hashes[algorithm]()} }

// sum appends the digest of data.
func (h *hasher) sum(dst []byte) []byte {
	h.hash.Reset()
	h.hash.Write(h.data)
	return h.hash.Sum(dst)
}

// appendCrypto is DBMS_CRYPTO.HASH by a constant code.
func appendCrypto(c *compiler, args []compiled) appender {
	if !args[1].isFixed() || args[0].typ.Kind == datum.Text {
		return nil
	}
	code, err := c.s.integer(*args[1].fixed)
	if err != nil || cryptoNames[code] == "" {
		return nil
	}
	arg, h := args[0], newHasher(cryptoNames[code])
	return func(f *frame, dst []byte) ([]byte, error) {
		v, err := arg.eval(f)
		if err != nil {
			return dst, err
		}
		if v, err = hashed(f, v); err != nil {
			return dst, err
		}
		h.data = append(h.data[:0], v.Bytes()...)
		return h.sum(dst), nil
	}
}

// cryptoNames are the algorithms by DBMS_CRYPTO's codes; MD4 is not simulated.
var cryptoNames = map[int]string{2: "MD5", 3: "SHA1", 4: "SHA256", 5: "SHA384", 6: "SHA512"}

// cryptoOfNoText is cryptoHash for all but VARCHAR2, which could be meant for a
// RAW, a BLOB or a CLOB. Error: PLS-00307.
func cryptoOfNoText(c *compiler, args []compiled) (evaluator, error) {
	if args[0].typ.Kind == datum.Text && (args[0].fixed == nil || !args[0].fixed.IsNull()) {
		if c.vars != nil || c.bound != nil {
			return nil, datum.Errorf(307, "too many declarations of 'HASH' match this call")
		}
		return nil, datum.Errorf(6553, "PLS-307: too many declarations of 'HASH' match this call")
	}
	return func(f *frame) (datum.Value, error) {
		values, err := evaluate(f, args)
		if err != nil {
			return datum.NULL, err
		}
		return cryptoHash(f, values)
	}, nil
}

// cryptoHash is DBMS_CRYPTO.HASH(source, code): LOBs are hashed by their bytes,
// a CLOB in AL32UTF8 (reference, section 6.1).
func cryptoHash(f *frame, args []datum.Value) (datum.Value, error) {
	code, err := f.run.s.integer(args[1])
	if err != nil {
		return datum.NULL, err
	}
	name := cryptoNames[code]
	if code == 1 {
		return datum.NULL, unimplemented("DBMS_CRYPTO.HASH by MD4")
	}
	if name == "" {
		return datum.NULL, datum.Errorf(28817, "PL/SQL function returned an error.")
	}
	v, err := hashed(f, args[0])
	if err != nil {
		return datum.NULL, err
	}
	return digest(name, v.Bytes()), nil
}

// hashed brings the source of DBMS_CRYPTO.HASH to bytes. Error: ORA-28231 when
// there are none.
func hashed(f *frame, v datum.Value) (datum.Value, error) {
	switch v.Kind() {
	case datum.Null:
		return datum.NULL, datum.Errorf(28231, "no data passed to obfuscation toolkit")
	case datum.Raw, datum.Blob, datum.Clob:
		return v, nil
	default:
		return f.raw(v)
	}
}

// hashOfNoLong is oraHash for all but LONG columns.
func hashOfNoLong(_ *compiler, args []compiled) (evaluator, error) {
	if args[0].typ.Long {
		return nil, errLong
	}
	return func(f *frame) (datum.Value, error) {
		values, err := evaluate(f, args)
		if err != nil {
			return datum.NULL, err
		}
		return oraHash(f, values)
	}, nil
}

// oraHash spreads values over buckets. It is stable and even, and not the
// database's own function: numbers differ from a real ORA_HASH.
func oraHash(f *frame, args []datum.Value) (datum.Value, error) {
	if k := args[0].Kind(); k == datum.Clob || k == datum.Blob {
		return datum.NULL, datum.Errorf(932, "inconsistent datatypes: expected - got %s", kindName(k))
	}
	numbers := [2]int64{1<<32 - 1, 0}
	for i, a := range args[1:] {
		n, err := f.run.s.number(a)
		if err != nil {
			return datum.NULL, err
		}
		v, ok := n.Int()
		if !ok || v < 0 || v > 1<<32-1 {
			return datum.NULL, datum.Errorf(1428, "argument '%s' is out of range", n.Decimal())
		}
		numbers[i] = v
	}
	h := fnv.New64a()
	h.Write([]byte{byte(numbers[1]), byte(numbers[1] >> 8), byte(numbers[1] >> 16), byte(numbers[1] >> 24)})
	h.Write([]byte(args[0].Bytes()))
	x := h.Sum64()
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	return datum.FromInt(int64(uint32(x)) % (numbers[0] + 1)), nil
}
