// Package schedules moves small tables with the real agents and the real
// controller between two simulated regions while statements, commits,
// connections, transfers and storage requests fail, agents and controller are
// restarted, by a plan that follows from a seed. It is the slower, smaller
// sister of controller/internal/schedules, whose agents are a model: what only
// the agents' own SQL can get wrong is found here.
//
// The faults of a seed are always the same; which of two calls at the same
// moment meets one is not.
package schedules
