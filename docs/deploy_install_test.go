package docs

import (
	"os"
	"path"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// namedFiles lists the files that a sample configuration names, and reports what
// it takes from the environment.
func namedFiles(t *testing.T, sample string) []string {
	t.Helper()
	text, err := os.ReadFile("../deploy/" + sample)
	if err != nil {
		t.Fatal(err)
	}
	var keys map[string]any
	if err := yaml.Unmarshal(text, &keys); err != nil {
		t.Fatal(err)
	}
	var files []string
	for key, value := range keys {
		inner, _ := value.(map[string]any)
		switch {
		case inner["env"] != nil:
			t.Errorf("%s takes %s from the environment, which the service does not set", sample, key)
		case key == "wallet":
			files = append(files, value.(string))
		case key == "tls":
			for _, file := range inner {
				files = append(files, file.(string))
			}
		case inner["file"] != nil:
			files = append(files, inner["file"].(string))
		}
	}
	return files
}

// What the sample configurations name is where deploy/README.md installs it: in
// the folder of the configuration, or in a folder of it.
func TestDeployInstallsWhatTheSamplesName(t *testing.T) {
	text, err := os.ReadFile("../deploy/README.md")
	if err != nil {
		t.Fatal(err)
	}
	installed := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if len(words) < 3 || words[0] != "install" {
			continue
		}
		for _, file := range words[1 : len(words)-1] {
			installed[path.Join(words[len(words)-1], path.Base(file))] = true
		}
	}
	for sample, count := range map[string]int{"agent.yaml": 6, "adbferry.yaml": 3} {
		files := append(namedFiles(t, sample), sample)
		if len(files) != count+1 {
			t.Errorf("%s names %q", sample, files)
		}
		for _, file := range files {
			if !installed[path.Join("/etc/adbferry", file)] {
				t.Errorf("deploy/README.md does not install %s of %s", file, sample)
			}
		}
	}
}
