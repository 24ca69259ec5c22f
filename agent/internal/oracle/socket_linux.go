package oracle

import (
	"errors"
	"fmt"
	"syscall"
	"time"
)

// tcpUserTimeout is TCP_USER_TIMEOUT of tcp(7), in milliseconds.
const tcpUserTimeout = 18

// limitUnanswered makes a connection fail when data that was sent is not
// acknowledged for so long.
func limitUnanswered(raw syscall.RawConn, limit time.Duration) error {
	var set error
	err := raw.Control(func(fd uintptr) {
		set = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int(limit.Milliseconds()))
	})
	if err = errors.Join(err, set); err != nil {
		return fmt.Errorf("limit unanswered data: %w", err)
	}
	return nil
}
