package dbmscloud

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/adbferry/adbferry/sim/internal/engine"
)

func TestRegisterRefusesAConfigThatMakesNoSense(t *testing.T) {
	bad := map[string]Config{
		"host with a scheme":    {Hosts: []string{"https://127.0.0.1"}},
		"host in capitals":      {Hosts: []string{"LOCALHOST:1"}},
		"no host":               {Hosts: []string{""}},
		"unknown ZeroRows":      {Knobs: Knobs{ZeroRows: 3}},
		"negative WorkUnits":    {Knobs: Knobs{WorkUnits: -1}},
		"negative MinFileSize":  {Knobs: Knobs{MinFileSize: -1}},
		"negative field length": {Knobs: Knobs{DefaultFieldBytes: -1}},
	}
	for name, cfg := range bad {
		if err := Register(engine.New(engine.Config{}), cfg); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if err := Register(engine.New(engine.Config{}), Config{Hosts: []string{"127.0.0.1:8443"}}); err != nil {
		t.Error(err)
	}
}

func TestEveryKnobIsInTheREADME(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for field := range reflect.TypeFor[Knobs]().Fields() {
		if name := field.Name; !strings.Contains(string(text), "| `Cloud."+name+"` |") {
			t.Errorf("knob %s is not in sim/README.md", name)
		}
	}
}
