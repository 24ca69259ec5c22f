package docs

import (
	"testing"

	"github.com/adbferry/adbferry/agent"
	"github.com/adbferry/adbferry/controller"
)

func TestSampleConfigurationsAreAccepted(t *testing.T) {
	if _, err := agent.LoadConfig("../deploy/agent.yaml"); err != nil {
		t.Error(err)
	}
	if _, err := controller.Load("../deploy/adbferry.yaml"); err != nil {
		t.Error(err)
	}
}
