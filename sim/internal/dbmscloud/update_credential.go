package dbmscloud

// UPDATE_CREDENTIAL(credential_name, attribute, value)
//
// Simulated, by reference, section 3: the attributes USERNAME and PASSWORD of
// one of the caller's own credentials. Others are ORA-20020, a name that is
// none is ORA-20004, an empty value is ORA-20010 (reference, section 4.1).

import (
	"context"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine"
)

var updateCredentialParams = []engine.Param{
	{Name: "CREDENTIAL_NAME", Type: varchar2},
	{Name: "ATTRIBUTE", Type: varchar2},
	{Name: "VALUE", Type: varchar2},
}

func (c *cloud) updateCredential(ctx context.Context, s *engine.Session, args *engine.Args) error {
	name, err := credentialName(args)
	if err != nil {
		return raised(ctx, err)
	}
	value := args.Value("VALUE").Text()
	return raised(ctx, c.credentials.change(s.User(), name, func(k *credential) error {
		attribute := strings.ToUpper(args.Value("ATTRIBUTE").Text())
		switch {
		case attribute != "USERNAME" && attribute != "PASSWORD":
			return datum.Errorf(20020, "Invalid credential attribute - %s", attribute)
		case value == "":
			return datum.Errorf(20010, "Missing credential information")
		case attribute == "USERNAME":
			k.username = value
		default:
			k.password = value
		}
		return nil
	}))
}
