package codec

// The documents are carried as CLOBs of their text.

// xmlType is XMLTYPE. Its canonical text is its serialised form, which parsing
// and serialising again does not change.
var xmlType = large{
	dataType: "XMLTYPE", value: "XMLSERIALIZE(CONTENT %s AS CLOB)", restore: "XMLTYPE(%s)", pieces: characters,
}

// jsonType is JSON, of release 21 and later. EXTENDED writes scalars that the
// JSON standard lacks, such as dates, as objects, and reads such objects as
// scalars ("Textual JSON Objects That Represent Extended Scalar Values"). An
// object that only looks like one would become a scalar, so the digest has both
// texts: the difference shows in the other.
var jsonType = large{
	dataType: "JSON", value: "JSON_SERIALIZE(%s RETURNING CLOB EXTENDED)", restore: "JSON(%s EXTENDED)",
	digested: "JSON_SERIALIZE(%s RETURNING CLOB)", pieces: characters,
}
