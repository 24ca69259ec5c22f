package dbmscloud

// CREATE_CREDENTIAL(credential_name, username, password)
//
// Simulated, by reference, section 3: user name and auth token, kept in the
// caller's schema for EXPORT_DATA, COPY_DATA and the object procedures, which
// send them to native URIs. An existing name is ORA-20022; a missing user name
// or password is ORA-20010 (reference, section 4.1). Nothing is checked against the store
// here: a wrong token shows when it is used. A caller needs the privilege CREATE
// CREDENTIAL, which ADMIN has; ORA-27486 without it is UNCONFIRMED.
//
// Not simulated, and refused: signing keys (user_ocid …) and params.

import (
	"context"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine"
)

var (
	createCredentialParams = []engine.Param{
		{Name: "CREDENTIAL_NAME", Type: varchar2},
		{Name: "USERNAME", Type: varchar2},
		{Name: "PASSWORD", Type: varchar2, Optional: true},
	}
	createSigningKeyParams = []engine.Param{
		{Name: "CREDENTIAL_NAME", Type: varchar2},
		{Name: "USER_OCID", Type: varchar2, Optional: true},
		{Name: "TENANCY_OCID", Type: varchar2, Optional: true},
		{Name: "PRIVATE_KEY", Type: varchar2},
		{Name: "FINGERPRINT", Type: varchar2, Optional: true},
	}
	createParamsParams = []engine.Param{
		{Name: "CREDENTIAL_NAME", Type: varchar2},
		{Name: "PARAMS", Type: clob},
	}
)

func (c *cloud) createCredential(ctx context.Context, s *engine.Session, args *engine.Args) error {
	if !s.HasPrivilege("CREATE CREDENTIAL") {
		return raised(ctx, datum.Errorf(27486, "insufficient privileges"))
	}
	name, err := credentialName(args)
	if err != nil {
		return raised(ctx, err)
	}
	k := credential{
		owner: s.User(), name: name,
		username: args.Value("USERNAME").Text(), password: args.Value("PASSWORD").Text(),
	}
	if k.username == "" || k.password == "" {
		return raised(ctx, datum.Errorf(20010, "Missing credential information"))
	}
	return raised(ctx, c.credentials.add(k))
}

func (c *cloud) createSigningKey(ctx context.Context, _ *engine.Session, _ *engine.Args) error {
	return raised(ctx, notSimulated("credentials with a signing key or params"))
}
