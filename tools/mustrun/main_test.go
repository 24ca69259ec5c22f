package main

import (
	"strings"
	"testing"
)

const (
	passLine = `{"Action":"pass","Package":"m/a","Test":"TestOne"}`
	skipLine = `{"Action":"skip","Package":"m/a","Test":"TestTwo"}`
	failLine = `{"Action":"fail","Package":"m/a","Test":"TestThree"}`
)

func TestVerdicts(t *testing.T) {
	for name, tt := range map[string]struct {
		input, list, want string // want: part of the error, "" for none
	}{
		"all passed":         {passLine, "a TestOne", ""},
		"comment in list":    {passLine, "# nothing", ""},
		"a failure":          {passLine + "\n" + failLine, "", "failed"},
		"a skip":             {passLine + "\n" + skipLine, "", "skipped"},
		"one did not run":    {passLine, "a TestOther", "a TestOther"},
		"nothing ran":        {"", "", "no test ran"},
		"a build failed":     {passLine + "\n" + `{"Action":"build-fail","ImportPath":"m/b"}`, "", "failed"},
		"a package crashed":  {passLine + "\n" + `{"Action":"fail","Package":"m/a"}`, "", "failed"},
		"a line is not JSON": {passLine + "\nfatal: out of memory", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			err := run(strings.NewReader(tt.input), &out, tt.list)
			if (err == nil) != (tt.want == "") || (err != nil && !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("err = %v, want %q; printed %q", err, tt.want, out.String())
			}
		})
	}
}
