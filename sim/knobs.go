package sim

import (
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/adbferry/adbferry/sim/internal/dbmscloud"
	"github.com/adbferry/adbferry/sim/internal/engine"
	"github.com/adbferry/adbferry/sim/internal/objectstore"
)

// Knobs are the behaviours that public documentation leaves open. The zero
// value of each is its documented default; README.md lists them.
type Knobs struct {
	Cloud   CloudKnobs   `yaml:"cloud"`
	Storage StorageKnobs `yaml:"storage"`
	// MaxStringSize is the initialisation parameter: Extended or Standard.
	MaxStringSize MaxStringSize `yaml:"max_string_size"`
	// UndoRetention is how far AS OF SCN reaches back; 0 for 15 minutes.
	UndoRetention time.Duration `yaml:"undo_retention"`
	// Version is the release of both databases, such as "23.6.0.24.10"; "" for a 19c.
	Version string `yaml:"version"`
}

// version is how Oracle writes a release: at least the year, at most five parts.
var version = regexp.MustCompile(`^(19|21|23|26)(\.\d+){0,4}$`)

// Validate names everything that is in no position.
func (k Knobs) Validate() error {
	errs := []error{k.Cloud.Validate(), k.Storage.Validate()}
	if k.MaxStringSize != "" && k.MaxStringSize != Extended && k.MaxStringSize != Standard {
		errs = append(errs, fmt.Errorf("knob MaxStringSize: %q is neither %s nor %s", k.MaxStringSize, Extended, Standard))
	}
	if k.UndoRetention < 0 {
		errs = append(errs, fmt.Errorf("knob UndoRetention: %v is negative", k.UndoRetention))
	}
	if k.Version != "" && !version.MatchString(k.Version) {
		errs = append(errs, fmt.Errorf("knob Version: %q is not a release such as 19.25.0.0.0 or 23.6.0.24.10", k.Version))
	}
	return errors.Join(errs...)
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
