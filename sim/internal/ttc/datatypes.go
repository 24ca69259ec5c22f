package ttc

// typeSB1 is the type whose representation tells how a client reads scales.
const typeSB1 = 27

// rawSB1 is the representation of typeSB1 that means one raw byte.
const rawSB1 = 10

// zone is the database time zone +00:00 in interval form.
const zone = "\x80\x00\x00\x00\x3C\x3C\x3C\x80\x00\x00\x00"

// zoneFileVersion is the version of the time zone file of a 19c database.
const zoneFileVersion = 32

// A DataTypesRequest tells how a client represents each data type.
type DataTypesRequest struct {
	Flags    uint8
	Compile  Capabilities
	Runtime  Capabilities
	National bool  // a national character set came along
	SB1      uint8 // representation of typeSB1
}

// Decode reads a data types request, message code included.
func (m *DataTypesRequest) Decode(r *Reader) error {
	if code := r.U8(); code != codeDataTypes {
		r.fail("message %#x where data types are expected", code)
	}
	r.U16LE()
	r.U16LE()
	m.Flags = r.U8()
	m.Compile = Capabilities(r.Raw(int(r.U8())))
	m.Runtime = Capabilities(r.Raw(int(r.U8())))
	if m.zoned() {
		r.Raw(len(zone))
	}
	if m.zoneFile() {
		r.U32()
	}
	first := r.U16()
	if m.National = first != 1; m.National { // every list starts with type 1
		first = r.U16()
	}
	for t := first; t != 0 && r.err == nil; t = r.U16() {
		if r.U16() == 0 {
			continue
		}
		representation := r.U16()
		r.U16()
		if t == typeSB1 {
			m.SB1 = uint8(representation)
		}
	}
	return r.Finish()
}

func (m *DataTypesRequest) zoned() bool { return m.Runtime.at(capZone)&capZoneExchange != 0 }

// zoneFile says that both sides add the version of their time zone file.
func (m *DataTypesRequest) zoneFile() bool {
	return m.zoned() && m.Compile.at(capOther)&capZoneFile != 0
}

// Dialect returns what the request settles for the rest of the connection.
func (m *DataTypesRequest) Dialect() Dialect {
	return Dialect{
		Field:        min(FieldVersion, int(m.Compile.at(capFieldVersion))),
		Counted:      m.Flags&0x02 != 0,
		RawScale:     m.SB1 == rawSB1,
		Placeholders: m.National,
	}
}

// A DataTypesReply is the answer to a DataTypesRequest. Its list of types is
// empty, which means: as you said.
type DataTypesReply struct {
	Zoned    bool // the client wants to hear the database time zone
	ZoneFile bool // and the version of its time zone file
}

// Reply returns the answer that fits m.
func (m *DataTypesRequest) Reply() DataTypesReply { return DataTypesReply{m.zoned(), m.zoneFile()} }

// Encode writes the reply.
func (m DataTypesReply) Encode(w *Writer) {
	w.U8(codeDataTypes)
	if m.Zoned {
		w.Raw(zone)
	}
	if m.ZoneFile {
		w.U32(zoneFileVersion)
	}
	w.U16(0)
}
