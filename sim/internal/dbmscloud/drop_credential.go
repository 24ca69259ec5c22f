package dbmscloud

// DROP_CREDENTIAL(credential_name)
//
// Simulated, by reference, section 3: one of the caller's own credentials goes.
// The name of no credential is ORA-20004 (reference, section 4.1).

import (
	"context"

	"github.com/adbferry/adbferry/sim/internal/engine"
)

var dropCredentialParams = []engine.Param{{Name: "CREDENTIAL_NAME", Type: varchar2}}

func (c *cloud) dropCredential(ctx context.Context, s *engine.Session, args *engine.Args) error {
	name, err := credentialName(args)
	if err != nil {
		return raised(ctx, err)
	}
	return raised(ctx, c.credentials.drop(s.User(), name))
}
