package sim

import "regexp"

// What a remembered statement may not tell: passwords, the literals of a
// call that makes or changes a credential, and the tokens of PARs.
var (
	identified  = regexp.MustCompile(`(?i)(\bidentified\s+by\s+(?:values\s+)?)("[^"]*"?|'[^']*'?|\S+)`)
	credentials = regexp.MustCompile(`(?i)\b(create|update)_credential\b`)
	literals    = regexp.MustCompile(`(?is)n?q'\[.*?(?:\]'|$)|n?q'\{.*?(?:\}'|$)|n?q'\(.*?(?:\)'|$)|n?q'<.*?(?:>'|$)|n?q'(?:[^\[{(<]).*|'(?:[^']|'')*(?:'|$)`)
	parTokens   = regexp.MustCompile(`/p/[^/\s']+/n/`)
)

// masked is a statement without its secrets. In doubt it masks too much: all
// literals of a statement that deals with credentials.
func masked(sql string) string {
	sql = identified.ReplaceAllString(sql, "$1***")
	if credentials.MatchString(sql) {
		sql = literals.ReplaceAllString(sql, "'***'")
	}
	return parTokens.ReplaceAllString(sql, "/p/***/n/")
}
