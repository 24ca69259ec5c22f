package command

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/adbferry/adbferry/sim"
)

// readScripts reads REGION=FILE settings; several files of a region are run one
// after the other.
func readScripts(settings []string) (map[string]string, error) {
	scripts := map[string]string{}
	for _, setting := range settings {
		region, file, ok := strings.Cut(setting, "=")
		if !ok || !slices.Contains([]string{sim.SanJose, sim.Phoenix}, region) {
			return nil, fmt.Errorf("--sql %q is not REGION=FILE with a region of %s and %s", setting, sim.SanJose, sim.Phoenix)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("--sql: %w", err)
		}
		scripts[region] += string(text) + "\n/\n"
	}
	return scripts, nil
}
