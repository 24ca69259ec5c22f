package oracle

import (
	"crypto/tls"
	"crypto/x509/pkix"
	"errors"
	"slices"
	"strings"
)

// errServerDN is a server whose certificate is not the one that tnsnames.ora
// names. The chain and the host name were right.
var errServerDN = errors.New("server certificate has another subject than ssl_server_cert_dn")

// requireDN makes cfg refuse a server whose subject differs from want, in
// addition to the standard checks of chain and host name.
func requireDN(cfg *tls.Config, want string) {
	parts := splitDN(want)
	cfg.VerifyConnection = func(state tls.ConnectionState) error {
		if len(state.PeerCertificates) == 0 || !slices.Equal(parts, subject(state.PeerCertificates[0].Subject)) {
			return errServerDN
		}
		return nil
	}
}

// subject returns the parts of a certificate's subject as splitDN does.
func subject(name pkix.Name) []string {
	var parts []string
	for _, set := range name.ToRDNSequence() {
		for _, a := range set {
			one := pkix.RDNSequence{{a}}
			parts = append(parts, splitDN(one.String())...)
		}
	}
	slices.Sort(parts)
	return parts
}

// splitDN splits "CN=a, O=b\, c" into sorted "CN=a" parts: writers disagree
// about the order and about blanks. Keys are compared without regard to case.
func splitDN(dn string) []string {
	var parts []string
	var part strings.Builder
	flush := func() {
		key, value, _ := strings.Cut(part.String(), "=")
		if key = strings.TrimSpace(key); key != "" {
			parts = append(parts, strings.ToUpper(key)+"="+strings.TrimSpace(value))
		}
		part.Reset()
	}
	escaped := false
	for _, c := range dn {
		switch {
		case escaped:
			part.WriteRune(c)
			escaped = false
		case c == '\\':
			escaped = true
		case c == ',' || c == '+':
			flush()
		default:
			part.WriteRune(c)
		}
	}
	flush()
	slices.Sort(parts)
	return parts
}
