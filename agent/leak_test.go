package agent_test

import (
	"testing"

	"go.uber.org/goleak"
)

// TestMain proves that agents which have stopped leave no goroutine behind,
// whatever the tests did to them.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
