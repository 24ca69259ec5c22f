package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/adbferry/adbferry/pkg/receipt"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func (a *app) newReceiptCommand() *cobra.Command {
	var d detail
	cmd := &cobra.Command{
		Use:   "receipt ID",
		Short: "Print the receipt of a migration, signed with the controller's key",
		Long: `Print what a migration moved and what proves it. With --output json it is a file to
keep: the receipt to be read, and the same signed with the controller's key, so that
"adbferry receipt verify" can tell years later whether it was altered.
` + exitHelp,
		Example: `  adbferry receipt nightly-2026-11-22
  adbferry receipt nightly-2026-11-22 --output json > receipt.json
  adbferry receipt verify receipt.json`,
		Args: oneID,
		RunE: a.run(func(ctx context.Context, args []string) error { return a.runReceipt(ctx, args[0], d) }),
	}
	addDetail(cmd, &d)
	cmd.AddCommand(a.newReceiptVerifyCommand())
	return cmd
}

// addDetail adds the flags that ask for more of a receipt.
func addDetail(cmd *cobra.Command, d *detail) {
	cmd.Flags().BoolVar(&d.all, "verbose", false, "show all about every table, also when there are many")
	cmd.Flags().BoolVar(&d.objects, "objects", false, "name every object that was staged, with its size and MD5")
}

// runReceipt exits with 0 whatever the verdict is: it prints, it does not judge.
func (a *app) runReceipt(ctx context.Context, id string, d detail) error {
	return a.withController(func(client pb.MigrationServiceClient) error {
		resp, err := client.GetReceipt(ctx, &pb.GetReceiptRequest{MigrationId: id})
		if err != nil {
			return err
		}
		if a.output == formJSON {
			text, err := receipt.Encode(resp.GetReceipt())
			if err != nil {
				return err
			}
			a.print("%s", text)
			return nil
		}
		opened, err := receipt.Open(resp.GetReceipt())
		if err != nil {
			return err
		}
		a.print("%s%s", receiptText(opened, d), signatureText(resp.GetReceipt()))
		return nil
	})
}

// signatureText says with which key a receipt is signed.
func signatureText(s *pb.SignedReceipt) string {
	return "Signed: with the key " + receipt.Fingerprint(s.GetPublicKey()) + "\n"
}
