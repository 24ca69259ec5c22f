package sim

import (
	"time"

	"github.com/adbferry/adbferry/sim/internal/dbmscloud"
	"github.com/adbferry/adbferry/sim/internal/engine"
	"github.com/adbferry/adbferry/sim/internal/objectstore"
)

// Knobs are the behaviours that public documentation leaves open. The zero
// value of each is its documented default; README.md lists them.
type Knobs struct {
	Cloud   CloudKnobs
	Storage StorageKnobs
	// MaxStringSize is the initialisation parameter: Extended or Standard.
	MaxStringSize MaxStringSize
	// UndoRetention is how far AS OF SCN reaches back; 0 for 15 minutes.
	UndoRetention time.Duration
	// Version is the release of both databases, such as "23.6.0.24.10"; "" for a 19c.
	Version string
}

// CloudKnobs are the open questions of DBMS_CLOUD.
type CloudKnobs = dbmscloud.Knobs

// StorageKnobs are the open questions of Object Storage.
type StorageKnobs = objectstore.Knobs

// MaxStringSize is the initialisation parameter of that name.
type MaxStringSize = engine.MaxStringSize

// The settings of MaxStringSize.
const (
	Extended = engine.Extended
	Standard = engine.Standard
)

// The settings of CloudKnobs.ZeroRows.
const (
	ZeroNothing    = dbmscloud.ZeroNothing
	ZeroEmpty      = dbmscloud.ZeroEmpty
	ZeroHeaderOnly = dbmscloud.ZeroHeaderOnly
)
