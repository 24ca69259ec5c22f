package cli

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// certified looks at the certificates that a directory has already.
type certified struct {
	dir   string
	ends  time.Time // of the one that ends first; zero for none
	wrong []error   // those of other hosts than were asked for
	files []string  // of those
}

// check looks at a holder's certificate. Hosts that nobody asked for are not
// compared: who adds an agent later need not repeat the others' hosts.
func (c *certified) check(h holder, asked bool) error {
	cert, err := readCertificate(c.dir, h.name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil // there is a key; it may have been taken away on purpose, as keys are
	case err != nil:
		return usage(c.reissue(h.name), "%v", err)
	}
	if ends := cert.NotAfter; c.ends.IsZero() || ends.Before(c.ends) {
		c.ends = ends
	}
	hosts := slices.Clone(cert.DNSNames)
	for _, ip := range cert.IPAddresses {
		hosts = append(hosts, ip.String())
	}
	if asked && !slices.Equal(sorted(hosts), sorted(h.hosts)) {
		c.wrong = append(c.wrong, fmt.Errorf("the certificate in %s is for %s, not for %s",
			filepath.Join(c.dir, h.name+".pem"), strings.Join(hosts, ", "), strings.Join(h.hosts, ", ")))
		c.files = append(c.files, h.name)
	}
	return nil
}

// err is what keeps certificates from being issued beside those that are there.
func (c *certified) err() error {
	if len(c.wrong) == 0 {
		return nil
	}
	return usage(c.reissue(c.files...), "%v", errors.Join(c.wrong...))
}

// complete is the error of a directory in which nothing is missing.
func (c *certified) complete() error {
	until := ""
	if !c.ends.IsZero() {
		until = ", valid until " + c.ends.UTC().Format(time.DateOnly)
	}
	return usage("to have one issued again by the same CA, delete its two files, such as agent-NAME.pem and agent-NAME-key.pem; --force makes everything anew, also the CA",
		"%s has all these certificates already%s", c.dir, until)
}

// reissue says how to have certificates issued again.
func (c *certified) reissue(names ...string) string {
	var files []string
	for _, name := range names {
		files = append(files, filepath.Join(c.dir, name+".pem"), filepath.Join(c.dir, name+"-key.pem"))
	}
	return "to have it issued again by the same CA, delete " + strings.Join(files, " and ") + ", and run this again"
}

// readCertificate reads a holder's certificate without its key, which may be
// elsewhere.
func readCertificate(dir, name string) (*x509.Certificate, error) {
	path := filepath.Join(dir, name+".pem")
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the certificate of %s: %w", name, err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s is not a certificate in PEM", path)
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return cert, nil
}

// sorted puts hosts into one order, and addresses into one spelling.
func sorted(hosts []string) []string {
	out := slices.Clone(hosts)
	for i, host := range out {
		if ip := net.ParseIP(host); ip != nil {
			out[i] = ip.String()
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
