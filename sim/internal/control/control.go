// Package control is how a running adbferry-sim is told to break something: a
// small HTTP service on a loopback port of the system's choice, and its client.
// Both find each other through the file "control" in the simulation's folder,
// which holds the address and a token and is readable by its owner only.
//
// It owns requests and answers; what a fault is and does belongs to package
// sim.
package control

import (
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

// An Expiry asks for the end of a PAR's lifetime.
type Expiry struct {
	URL string `json:"url"`
}

// An Answer is what every request is answered with; each uses what it needs.
type Answer struct {
	Faults []string `json:"faults,omitempty"` // pending ones in words
	Healed int      `json:"healed,omitempty"`
	Error  string   `json:"error,omitempty"` // why nothing was done
}
