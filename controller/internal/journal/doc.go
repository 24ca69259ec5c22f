// Package journal keeps what happened in migrations: one append-only file for
// each migration, from which its state is folded again after any crash. It owns
// the files, their numbering, their clock and the lock that allows one writer;
// what the events mean is pkg/progress.
//
// A journal directory holds, for each migration ID,
//
//	ID.journal   one line for each durable event
//	ID.lock      locked by the process that carries the migration out
//
// A line is the CRC-32C of the event in eight hexadecimal digits, a space, the
// event as protojson, and a line end, which protojson never contains:
//
//	3f2a90c1 {"sequence":"1","time":"2026-11-22T08:00:00Z",…}
//
// Sequences count from 1 without gaps. Append returns after fsync, so an event
// that anybody acted on survives a crash. A crash in the middle of Append leaves
// a last line without its end, or with NUL bytes where the data is missing, which
// the next writer cuts off: nobody acted on it. Damage anywhere else is an error that says where, because then an
// event that somebody acted on is gone.
//
// Watchers pull. They read the same file from where they stand, so a slow one
// costs nothing and a late one misses nothing; only ticks are kept in memory,
// the latest for each chunk.
package journal
