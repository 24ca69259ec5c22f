package wallet_test

// The facts of reference, section 9, one test each; sim/internal/dbmscloud/FACTS.md
// lists them.

import (
	"strings"
	"testing"

	"github.com/adbferry/adbferry/sim/internal/wallet"
)

func TestFact_9_OneAliasPerService(t *testing.T) {
	_, dir := writeWallet(t)
	names := string(read(t, dir, "tnsnames.ora"))
	for _, level := range []string{"high", "medium", "low", "tp", "tpurgent"} {
		if !strings.Contains(names, "adbsj_"+level+" = (description=") {
			t.Errorf("no alias for %s in\n%s", level, names)
		}
	}
	if got := strings.Count(names, "(description="); got != len(wallet.Levels()) {
		t.Errorf("%d entries", got)
	}
}

func TestFact_9_SQLNetHasTheWalletsPlaceAndTheNameCheck(t *testing.T) {
	_, dir := writeWallet(t)
	want := "WALLET_LOCATION = (SOURCE = (METHOD = file) (METHOD_DATA = (DIRECTORY=\"?/network/admin\")))\nSSL_SERVER_DN_MATCH=yes\n"
	if got := string(read(t, dir, "sqlnet.ora")); got != want {
		t.Errorf("sqlnet.ora = %q", got)
	}
}

func TestFact_9_EntriesAreTCPSDescriptionsWithRetries(t *testing.T) {
	_, dir := writeWallet(t)
	names := string(read(t, dir, "tnsnames.ora"))
	for _, part := range []string{
		"(retry_count=20)(retry_delay=3)", "(address=(protocol=tcps)(port=1522)(host=", "(connect_data=(service_name=", "(ssl_server_dn_match=yes)",
	} {
		if strings.Count(names, part) != len(wallet.Levels()) {
			t.Errorf("not every entry has %s", part)
		}
	}
}
