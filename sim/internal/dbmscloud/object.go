package dbmscloud

import (
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine"
)

// blob is the type of what objects hold.
var blob = datum.Type{Kind: datum.Blob}

// maxObject is the largest object that becomes a BLOB here.
const maxObject = 1 << 30

// credentialParam and objectParam begin the object procedures (reference,
// section 3).
var (
	credentialParam = engine.Param{Name: "CREDENTIAL_NAME", Type: varchar2, Optional: true}
	objectParam     = engine.Param{Name: "OBJECT_URI", Type: varchar2}
)

// objectAt takes the URI of one object and the rights to reach it.
func (c *cloud) objectAt(s *engine.Session, args *engine.Args) (remote, location, error) {
	return c.place(s, args, "OBJECT_URI", true)
}

// place takes the URI in an argument; one of an object must name it.
func (c *cloud) place(s *engine.Session, args *engine.Args, param string, object bool) (remote, location, error) {
	r, err := c.remoteFor(s, args)
	if err != nil {
		return r, location{}, err
	}
	loc, err := c.parseLocation(args.Value(param).Text())
	if err == nil && (loc.directory != "" || loc.pattern != nil || object && loc.name == "") {
		err = invalidURI(loc.raw)
	}
	return r, loc, err
}

// unconfirmed refuses a PAR where only the knob says whether it would do.
func (c *cloud) unconfirmed(procedure string, loc location) error {
	if loc.par() && c.knobs.ObjectsNeedCredential {
		return datum.Errorf(20010, "Missing credential for %s", procedure)
	}
	return nil
}
