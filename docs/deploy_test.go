package docs

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/adbferry/adbferry/agent"
	"github.com/adbferry/adbferry/controller"
	"github.com/adbferry/adbferry/pkg/config"
)

// leftOut is a key that a sample shows behind a "#".
var leftOut = regexp.MustCompile(`(?m)^# ( *[a-z_]+:( |$))`)

// sample loads a file of deploy twice: as it is, and with every key that it
// shows. It checks that those are all the keys that the configuration has.
func sample[C any](t *testing.T, name string, load func(path string) (C, error)) (asIs, whole C) {
	t.Helper()
	path := filepath.Join("../deploy", name)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	shown := leftOut.ReplaceAll(text, []byte("$1"))
	full := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(full, shown, 0o600); err != nil {
		t.Fatal(err)
	}
	if asIs, err = load(path); err != nil {
		t.Fatal(err)
	}
	if whole, err = load(full); err != nil {
		t.Fatal(err)
	}
	var keys map[string]any
	if err := yaml.Unmarshal(shown, &keys); err != nil {
		t.Fatal(err)
	}
	wantKeys(t, name, reflect.TypeFor[C](), keys)
	return asIs, whole
}

// wantKeys checks that a sample has every key of a struct. Of a secret's sources
// one is enough.
func wantKeys(t *testing.T, path string, of reflect.Type, keys map[string]any) {
	t.Helper()
	for _, f := range reflect.VisibleFields(of) {
		key := f.Tag.Get("yaml")
		if key == "" || of == reflect.TypeFor[config.SecretSource]() {
			continue
		}
		value, ok := keys[key]
		if !ok {
			t.Errorf("%s does not show the key %s", path, key)
			continue
		}
		inner, isMap := value.(map[string]any)
		switch {
		case f.Type.Kind() == reflect.Struct:
			wantKeys(t, path+": "+key, f.Type, inner)
		case f.Type.Kind() == reflect.Map && isMap:
			for name, entry := range inner {
				entry, _ := entry.(map[string]any)
				wantKeys(t, path+": "+key+"."+name, f.Type.Elem(), entry)
			}
		}
	}
}

// What a sample shows behind a "#" is the default, except for its examples.
func TestSampleConfigurationsShowEveryKeyAndItsDefault(t *testing.T) {
	asIs, whole := sample(t, "agent.yaml", agent.LoadConfig)
	if diff := cmp.Diff(asIs, whole, cmpopts.IgnoreUnexported(agent.Config{}),
		cmpopts.IgnoreFields(agent.Config{}, "Credential", "ObjectStorageCA")); diff != "" {
		t.Errorf("agent.yaml: what is left out is not what is shown: %s", diff)
	}
	served, all := sample(t, "adbferry.yaml", controller.Load)
	if diff := cmp.Diff(served, all, cmpopts.SortSlices(func(a, b string) bool { return a < b }),
		cmpopts.IgnoreFields(controller.Config{}, "PAR", "TLS", "Controller")); diff != "" { // the file's directory is another
		t.Errorf("adbferry.yaml: what is left out is not what is shown: %s", diff)
	}
}
