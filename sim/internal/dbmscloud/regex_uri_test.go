package dbmscloud_test

import (
	"testing"

	"github.com/adbferry/adbferry/sim/internal/dbmscloud"
	"github.com/adbferry/adbferry/sim/internal/objectstore"
)

const regexURI = `{"type":"csv","regexuri":true}`

func TestRegexURIsPickFileNames(t *testing.T) {
	objects := map[string]string{
		"run/a1.csv": "1,a1\n", "run/a12.csv": "2,a12\n", "run/b1.csv": "3,b1\n",
		"run/a1.csv.old": "4,old\n", "run/sub/a1.csv": "5,sub\n", "a1.csv": "6,top\n",
	}
	for name, test := range map[string]struct {
		pattern string
		whole   bool
		want    []string
	}{
		"anywhere in the name":    {`run/a1`, false, []string{"a1", "a12", "old"}},
		"digits":                  {`run/^[ab]\d\.csv$`, false, []string{"a1", "b1"}},
		"classes":                 {`run/^a[[:digit:]]+[.]csv$`, false, []string{"a1", "a12"}},
		"alternatives":            {`run/(^b1|a12)`, false, []string{"a12", "b1"}},
		"encoded":                 {`run/^a1%5C.csv%24`, false, []string{"a1"}},
		"without a folder":        {`a1.*`, false, []string{"top"}},
		"the whole name":          {`run/a1.csv`, true, []string{"a1"}},
		"the whole of each":       {`run/a1.csv|b1.csv`, true, []string{"a1", "b1"}},
		"a question mark is none": {`run/^a12?\.csv$`, false, []string{"a1", "a12"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, dbmscloud.Knobs{RegexURIMatchesWhole: test.whole})
			for name, text := range objects {
				w.put(name, text)
			}
			w.pair()
			w.mustLoad("p", w.full()+test.pattern, regexURI)
			w.wantRows("SELECT name FROM p ORDER BY name", test.want...)
			w.mustExternal("e", w.full()+test.pattern, regexURI, idAndName)
			w.wantRows("SELECT name FROM e ORDER BY name", test.want...)
		})
	}
}

func TestRegexURIsRefuse(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.put("a", "1,a\n")
	full := w.full()
	wantStack(t, w.load("p", full+"(", regexURI), 12725)
	wantStack(t, w.load("p", full+"run/", regexURI), 20011, "Invalid object URI")
	wantStack(t, w.load("p", full+"%zz", regexURI), 20011)
	wantStack(t, w.load("p", full+"none.*", regexURI), 29913, "ORA-20404: Object not found")
	wantStack(t, w.load("p", w.par(objectstore.AnyObjectRead, false)+"a", regexURI), 29913, "ORA-20404")
	wantStack(t, w.load("p", full+"a", `{"type":"csv","regexuri":"perhaps"}`), 20000, "Bad value for regexuri")
	w.mustLoad("p", full+"a", `{"type":"csv","regexuri":false}`)
}
