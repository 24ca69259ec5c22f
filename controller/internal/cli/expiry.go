package cli

import (
	"github.com/spf13/pflag"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// An earlyExpiry is the consent to a PAR that ends before the migration does.
type earlyExpiry struct{ allowed bool }

func (e *earlyExpiry) addFlags(flags *pflag.FlagSet) {
	flags.BoolVar(&e.allowed, "allow-early-expiry", false,
		"start although the PAR expires before the estimated end; the migration then pauses and takes another one")
}

// starting asks for a migration to be carried out. A start without a known
// expiry is compared with nothing.
func (e *earlyExpiry) starting(expiry *timestamppb.Timestamp) *pb.StartMigrationRequest {
	return &pb.StartMigrationRequest{ParExpiry: expiry, AllowEarlyExpiry: e.allowed}
}
