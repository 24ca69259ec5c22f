//go:build !linux

package oracle

import (
	"syscall"
	"time"
)

// limitUnanswered leaves the limit to the kernel, where there is no portable
// way to set it.
func limitUnanswered(syscall.RawConn, time.Duration) error { return nil }
