// Package wallet writes what a user of an Autonomous Database downloads: the
// client credentials and the connect descriptors of its service levels (wire
// notes, section 18). Drivers read different files of it:
//
//	ewallet.pem    python-oracledb, node-oracledb
//	ewallet.p12    go-ora with a wallet password, OpenSSL
//	cwallet.sso    go-ora without one
//	tnsnames.ora   all but go-ora
//	sqlnet.ora     for completeness
//
// It does not make keys or certificates; package pki does.
package wallet

import (
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/adbferry/adbferry/pkg/pki"
)

// Levels returns the service levels of a database, in the order of tnsnames.ora.
func Levels() []string { return []string{"high", "low", "medium", "tp", "tpurgent"} }

// A Spec is all that goes into a wallet.
type Spec struct {
	Client   pki.Pair          // RSA: go-ora reads no other keys
	CA       *x509.Certificate // that signed the server's and the client's certificate
	Password string            // of ewallet.p12 and of the key in ewallet.pem

	Host     string
	Port     int
	Database string // aliases are <Database>_<level>
	ServerDN string // subject of the server's certificate, "" to leave it unchecked
}

// ServiceName is how a database calls the service of a level.
func ServiceName(database, level string) string {
	return database + "_" + level + ".adb.oraclecloud.com"
}

// A file is one file of a wallet.
type file struct {
	name string
	data []byte
}

// Write makes a wallet in dir, which is created when missing. Files of an
// older wallet are replaced. They are readable by their owner only.
func (s Spec) Write(dir string) error {
	files, err := s.files()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make wallet directory: %w", err)
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.name), f.data, 0o600); err != nil {
			return fmt.Errorf("write wallet: %w", err)
		}
	}
	return nil
}

// files makes all files of the wallet.
func (s Spec) files() ([]file, error) {
	if s.Password == "" {
		return nil, errors.New("make wallet: no password")
	}
	contents, err := s.safe()
	if err != nil {
		return nil, err
	}
	p12, err := sealPFX(contents, s.Password)
	if err != nil {
		return nil, fmt.Errorf("make ewallet.p12: %w", err)
	}
	sso, err := sealSSO(contents)
	if err != nil {
		return nil, fmt.Errorf("make cwallet.sso: %w", err)
	}
	pem, err := s.pem()
	if err != nil {
		return nil, fmt.Errorf("make ewallet.pem: %w", err)
	}
	return []file{
		{"tnsnames.ora", s.tnsnames()},
		{"sqlnet.ora", []byte(sqlnet)},
		{"cwallet.sso", sso},
		{"ewallet.p12", p12},
		{"ewallet.pem", pem},
	}, nil
}
