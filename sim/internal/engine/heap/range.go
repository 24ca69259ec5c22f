package heap

// Size returns how many places for rows the table has by now, those of deleted
// rows included: every Position is below it.
func (t *Table) Size() Position {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.size()
}

// BlockOf returns the first and the last Position of the block that holds p.
func BlockOf(p Position) (first, last Position) {
	first = p / blockRows * blockRows
	return first, first + blockRows - 1
}

// Within narrows a scan that has not begun to the blocks that hold the
// positions from first to last. It may still return other rows of these
// blocks.
func (s *Scan) Within(first, last Position) {
	s.next, _ = BlockOf(first)
	if last < s.until {
		s.until = last + 1
	}
	s.next = min(s.next, s.until)
}
