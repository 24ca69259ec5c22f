package cli

import (
	"errors"
	"io/fs"
	"os"

	"github.com/spf13/pflag"

	"github.com/adbferry/adbferry/pkg/config"
)

// parVariable is the environment variable that may hold the PAR.
const parVariable = "ADBFERRY_PAR"

// A parSource says where the PAR is. There is no flag for the PAR itself: every
// user of the machine could read it in the process list.
type parSource struct{ file string }

func (s *parSource) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&s.file, "par-file", "",
		"`file` with the URL of the pre-authenticated request (default: environment variable "+parVariable+")")
}

// load returns the PAR, or a zero secret when none is given.
func (s *parSource) load() (config.Secret, error) {
	source := config.SecretSource{File: s.file}
	if s.file == "" {
		if os.Getenv(parVariable) == "" {
			return config.Secret{}, nil
		}
		source = config.SecretSource{Env: parVariable}
	}
	secret, err := source.Load("")
	if _, unread := errors.AsType[*fs.PathError](err); unread {
		return config.Secret{}, usage("name the file that holds the PAR's URL with --par-file, or put the URL into "+parVariable, "PAR: %v", err)
	}
	if err != nil {
		return config.Secret{}, usage("the file holds the URL that the console showed when the PAR was created", "PAR: %v", err)
	}
	return secret, nil
}

// need is load for commands that cannot do without.
func (s *parSource) need() (config.Secret, error) {
	secret, err := s.load()
	if err == nil && secret.IsZero() {
		err = usage("give --par-file, or set "+parVariable, "a PAR is needed")
	}
	return secret, err
}
