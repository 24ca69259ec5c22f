package wallet

import (
	"errors"
	"net"
	"strconv"
	"strings"
)

// A Descriptor says how to reach a database service.
type Descriptor struct {
	Addresses   []Address
	ServiceName string
	// ServerDN is the subject the server's certificate must have, "" for none:
	// old wallets name one (ssl_server_cert_dn).
	ServerDN string
	// connectData is the connect_data group, which may say more than the service.
	connectData *node
}

// An Address is where a listener is.
type Address struct {
	Protocol string // "tcps" or "tcp", lower case
	Host     string
	Port     int
}

// String returns host:port.
func (a Address) String() string { return net.JoinHostPort(a.Host, strconv.Itoa(a.Port)) }

// describe makes a Descriptor of an entry's value: a description, or a list of
// them of which the first is taken.
func describe(value []*node) (Descriptor, error) {
	n := first(value, "description")
	if list := first(value, "description_list"); n == nil && list != nil {
		n = list.child("description")
	}
	if n == nil {
		return Descriptor{}, errors.New("no description")
	}
	d := Descriptor{
		ServiceName: n.child("connect_data", "service_name").value(),
		ServerDN:    n.child("security", "ssl_server_cert_dn").value(),
		connectData: n.child("connect_data"),
	}
	d.Addresses = addresses(n)
	if d.ServiceName == "" || len(d.Addresses) == 0 {
		return Descriptor{}, errors.New("a description needs an address and a service_name")
	}
	return d, nil
}

// addresses collects the addresses below n, in address lists or not.
func addresses(n *node) []Address {
	var all []Address
	for _, c := range n.children {
		switch c.key {
		case "address":
			port, err := strconv.Atoi(c.child("port").value())
			if err != nil || c.child("host").value() == "" {
				continue
			}
			protocol := strings.ToLower(c.child("protocol").value())
			all = append(all, Address{Protocol: protocol, Host: c.child("host").value(), Port: port})
		case "address_list":
			all = append(all, addresses(c)...)
		}
	}
	return all
}

// Connect renders the descriptor for one of its addresses, the way a listener
// wants it. What concerns only clients, such as retry counts and wallet
// locations, is left out: the caller retries by itself.
func (d Descriptor) Connect(a Address) string {
	var b strings.Builder
	b.WriteString("(DESCRIPTION=(ADDRESS=(PROTOCOL=" + a.Protocol + ")(HOST=" + a.Host + ")(PORT=" + strconv.Itoa(a.Port) + "))")
	d.connectData.render(&b)
	b.WriteString(")")
	return b.String()
}

func (n *node) render(b *strings.Builder) {
	b.WriteString("(" + strings.ToUpper(n.key) + "=" + quoteText(n.text))
	for _, c := range n.children {
		c.render(b)
	}
	b.WriteString(")")
}

func quoteText(text string) string {
	if strings.ContainsAny(text, `()=,"' `) {
		return `"` + strings.ReplaceAll(text, `"`, "") + `"`
	}
	return text
}
