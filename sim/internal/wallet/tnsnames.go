package wallet

import (
	"bytes"
	"fmt"
)

// sqlnet tells Oracle's own clients to look for the wallet beside it.
const sqlnet = `WALLET_LOCATION = (SOURCE = (METHOD = file) (METHOD_DATA = (DIRECTORY="?/network/admin")))
SSL_SERVER_DN_MATCH=yes
`

// tnsnames returns one entry per service level, in the form that real wallets
// have.
func (s Spec) tnsnames() []byte {
	security := "(ssl_server_dn_match=yes)"
	if s.ServerDN != "" {
		security += fmt.Sprintf("(ssl_server_cert_dn=%q)", s.ServerDN)
	}
	var b bytes.Buffer
	for _, level := range Levels() {
		fmt.Fprintf(&b, "%s_%s = (description= (retry_count=20)(retry_delay=3)"+
			"(address=(protocol=tcps)(port=%d)(host=%s))(connect_data=(service_name=%s))(security=%s))\n\n",
			s.Database, level, s.Port, s.Host, ServiceName(s.Database, level), security)
	}
	return b.Bytes()
}
