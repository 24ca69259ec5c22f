package oracle

import (
	"net/url"

	"github.com/adbferry/adbferry/agent/internal/wallet"
	"github.com/adbferry/adbferry/pkg/config"
)

// dataSource makes the driver's connection URL. The driver's own builders
// split values at commas and would cut a descriptor in two (wire notes, section 19).
func dataSource(descriptor string, a wallet.Address, user string, password config.Secret) string {
	q := url.Values{
		"connStr":         {descriptor},
		"SERVER LOCATION": {"UTC"},      // saves a SYSTIMESTAMP query per connection
		"TIMEOUT":         {"0"},        // its default ends every call of more than ten minutes
		"PREFETCH_ROWS":   {"500"},      // dictionary queries of wide tables in one round trip
		"PROGRAM":         {"adbferry"}, // in V$SESSION
	}
	if a.Protocol == "tcps" {
		q.Set("SSL", "TRUE")
	}
	u := url.URL{Scheme: "oracle", User: url.UserPassword(user, password.Reveal()), Host: ":0", Path: "/", RawQuery: q.Encode()}
	return u.String()
}
