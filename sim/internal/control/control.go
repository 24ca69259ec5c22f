// Package control is how a running adbferry-sim is told to break something: a
// small HTTP service on a loopback port of the system's choice, and its client.
// Both find each other through the file "control" in the simulation's folder,
// which holds the address and a token and is readable by its owner only.
//
// It owns requests and answers; what a fault is and does belongs to package
// sim.
package control

import (
	"time"

	"github.com/adbferry/adbferry/sim"
)

// fileName is the file in the simulation's folder.
const fileName = "control"

// An endpoint is where a service listens; the file holds it as JSON.
type endpoint struct {
	Address string `json:"address"`
	Token   string `json:"token"`
}

// A CallFault asks for a fault of calls in a region.
type CallFault struct {
	Region string        `json:"region"`
	When   sim.Trigger   `json:"when"`
	What   sim.CallFault `json:"what"`
}

// A StorageFault asks for a fault of requests to Object Storage.
type StorageFault struct {
	When sim.Trigger      `json:"when"`
	What sim.StorageFault `json:"what"`
}

// A PAR asks for a new PAR of the store's bucket.
type PAR struct {
	Access   string        `json:"access"`   // ObjectRead … AnyObjectReadWrite
	Object   string        `json:"object"`   // the object, or the prefix of names; "" for all
	List     bool          `json:"list"`     // objects may be listed
	Lifetime time.Duration `json:"lifetime"` // 0 for a week; below 0 it has expired
}

// An End asks for the end of a PAR: revoked, or else expired.
type End struct {
	URL     string `json:"url"`
	Revoked bool   `json:"revoked"`
}

// An Answer is what every request is answered with; each uses what it needs.
type Answer struct {
	Faults []string `json:"faults,omitempty"` // pending ones in words
	Healed int      `json:"healed,omitempty"`
	URL    string   `json:"url,omitempty"`   // of a new PAR
	Error  string   `json:"error,omitempty"` // why nothing was done
}
