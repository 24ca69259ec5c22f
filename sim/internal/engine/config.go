// Package engine is the database behind the simulated listener: users, typed
// tables with multi-version rows, transactions and SCNs, SQL, PL/SQL blocks and
// the dictionary, with Oracle's semantics and Oracle's error numbers.
//
// It implements package database for the wire and offers a Go API beside it
// (Instance.Internal, Session) for set-up, tests and packages written in Go.
// It knows no protocol and no object storage; the DBMS_CLOUD procedures are
// registered from outside (Instance.Register).
package engine

import (
	"cmp"
	"strings"
	"time"

	"github.com/hashicorp/go-hclog"
)

// MaxStringSize is the initialisation parameter of that name.
type MaxStringSize string

// The two settings of max_string_size. Extended is the zero Config's choice,
// as reference, section 8.2 believes ADB to be.
const (
	Extended MaxStringSize = "EXTENDED" // VARCHAR2 and RAW up to 32767 bytes
	Standard MaxStringSize = "STANDARD" // VARCHAR2 up to 4000, RAW up to 2000
)

// Config says what database an Instance is. Its zero value is usable.
type Config struct {
	Name          string           // DB_NAME, default ADBSIM
	Region        string           // OCI region name, default us-sanjose-1
	ServiceNames  []string         // names the listener knows; default the five levels of Name
	Now           func() time.Time // the database's clock, default time.Now
	MaxStringSize MaxStringSize    // default Extended
	UndoRetention time.Duration    // how far AS OF SCN reaches back, default 900 s
	Version       string           // full version, default 19.25.0.0.0
	Logger        hclog.Logger     // default discards
}

// levels are the service levels of an Autonomous Database.
var levels = [...]string{"high", "medium", "low", "tp", "tpurgent"}

// withDefaults fills in what the zero value leaves open.
func (c Config) withDefaults() Config {
	c.Name = strings.ToUpper(cmp.Or(c.Name, "ADBSIM"))
	c.Region = cmp.Or(c.Region, "us-sanjose-1")
	c.MaxStringSize = cmp.Or(c.MaxStringSize, Extended)
	c.UndoRetention = cmp.Or(c.UndoRetention, 900*time.Second)
	c.Version = cmp.Or(c.Version, "19.25.0.0.0")
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = hclog.NewNullLogger()
	}
	if len(c.ServiceNames) == 0 {
		for _, level := range levels {
			c.ServiceNames = append(c.ServiceNames, strings.ToLower(c.Name)+"_"+level)
		}
	}
	return c
}

// textLimit is the largest VARCHAR2 of SQL in bytes.
func (c Config) textLimit() int {
	if c.MaxStringSize == Standard {
		return 4000
	}
	return 32767
}

// rawLimit is the largest RAW of SQL in bytes.
func (c Config) rawLimit() int {
	if c.MaxStringSize == Standard {
		return 2000
	}
	return 32767
}
