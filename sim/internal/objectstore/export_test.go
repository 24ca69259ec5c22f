package objectstore

// PendingFaults returns how many hooks are still waiting.
func (s *Store) PendingFaults() int {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	return len(s.faults.hooks)
}
