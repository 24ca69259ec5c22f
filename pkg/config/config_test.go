package config_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/adbferry/adbferry/pkg/config"
)

type sample struct {
	Listen string              `yaml:"listen"`
	Nested struct{ Depth int } `yaml:"nested"`
	Pass   config.SecretSource `yaml:"password"`
}

func (s *sample) Validate() error {
	var errs []error
	if s.Listen == "" {
		errs = append(errs, errors.New("listen is not set"))
	}
	if s.Nested.Depth < 0 {
		errs = append(errs, errors.New("nested.depth is negative"))
	}
	return errors.Join(errs...)
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoadKeepsDefaults(t *testing.T) {
	got := sample{Listen: "default"}
	got.Nested.Depth = 7
	if err := config.Load(write(t, "c.yaml", "listen: x:1\n"), &got); err != nil {
		t.Fatal(err)
	}
	if got.Listen != "x:1" || got.Nested.Depth != 7 {
		t.Errorf("got %+v", got)
	}
}

func TestLoadNamesTheProblem(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		want []string
	}{
		"unknown key":       {"listen: a\nlisen: b\n", []string{"line 2", "lisen"}},
		"key given twice":   {"listen: a\nlisten: b\n", []string{"line 2", "listen"}},
		"no YAML":           {"listen: [\n", []string{"line"}},
		"all problems":      {"nested: {depth: -1}\n", []string{"listen is not set", "nested.depth is negative"}},
		"empty file":        {"", []string{"listen is not set"}},
		"wrong type of key": {"listen: a\nnested: {depth: x}\n", []string{"line 2"}},
	} {
		t.Run(name, func(t *testing.T) {
			err := config.Load(write(t, "c.yaml", tt.text), &sample{})
			for _, want := range tt.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("err = %v, want it to say %q", err, want)
				}
			}
		})
	}
	if err := config.Load(filepath.Join(t.TempDir(), "none"), &sample{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
}

func TestSecretsComeFromEnvironmentOrFile(t *testing.T) {
	file := write(t, "secret", "pa:ss \n")
	t.Setenv("ADBFERRY_TEST_SECRET", "from env")
	for name, tt := range map[string]struct {
		source config.SecretSource
		want   string
	}{
		"environment":   {config.SecretSource{Env: "ADBFERRY_TEST_SECRET"}, "from env"},
		"file":          {config.SecretSource{File: file}, "pa:ss "},
		"relative file": {config.SecretSource{File: "secret"}, "pa:ss "},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := tt.source.Load(filepath.Dir(file))
			if err != nil || got.Reveal() != tt.want {
				t.Errorf("got %q, %v", got.Reveal(), err)
			}
		})
	}
}

func TestMissingSecretsAreErrors(t *testing.T) {
	for name, source := range map[string]config.SecretSource{
		"no source":      {},
		"unset variable": {Env: "ADBFERRY_TEST_UNSET"},
		"missing file":   {File: "/nonexistent/secret"},
		"empty file":     {File: write(t, "empty", "\n")},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := source.Load(""); err == nil {
				t.Errorf("got a secret of %d bytes", len(got.Reveal()))
			}
		})
	}
	if err := (config.SecretSource{Env: "A", File: "b"}).Validate(); err == nil {
		t.Error("two sources were accepted")
	}
}

func TestNoPrinterShowsASecret(t *testing.T) {
	s := config.NewSecret("hunter2")
	encoded, err := json.Marshal(map[string]any{"s": s})
	if err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprintf("%v %+v %#v %s %q %s", s, s, s, s, s, encoded); strings.Contains(text, "hunter2") {
		t.Errorf("printed %s", text)
	}
}
