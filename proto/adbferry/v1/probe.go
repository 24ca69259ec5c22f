package pb

// DefaultLOBBytes returns the sizes of large objects that a diagnosis tries unless
// it is told others, in bytes: around the longest texts of SQL, and 2 MB. The slice
// is the caller's.
func DefaultLOBBytes() []int64 { return []int64{4000, 32768, 40_000, 2 << 20} }
