package sim

import "fmt"

// Faults says in words which faults are pending: where, when, what, and how
// often each has struck. It shows no PAR.
func (s *Simulation) Faults() []string {
	var all []string
	for _, r := range s.regions {
		for _, p := range r.callFaults.Pending() {
			all = append(all, fmt.Sprintf("%s: call %v %v; struck %d times", r.place.name, p.Trigger, p.Do, p.Struck()))
		}
		for _, p := range r.transferFaults.Pending() {
			all = append(all, fmt.Sprintf("%s: transfer %v %v; struck %d times", r.place.name, p.Trigger, p.Do, p.Struck()))
		}
	}
	for _, p := range s.storage.faults.Pending() {
		all = append(all, fmt.Sprintf("storage: request %v %v; struck %d times", p.Trigger, p.Do, p.Struck()))
	}
	return all
}

// Heal takes back all faults that Fail has set and returns how many there
// were. Hooks of Intercept stay.
func (s *Simulation) Heal() int {
	n := s.storage.faults.Heal()
	for _, r := range s.regions {
		n += r.callFaults.Heal() + r.transferFaults.Heal()
	}
	return n
}
