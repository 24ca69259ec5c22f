package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/receipt"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func (a *app) newReceiptVerifyCommand() *cobra.Command {
	var key string
	var d detail
	cmd := &cobra.Command{
		Use:   "verify FILE",
		Short: "Check that a receipt's file is what a controller signed",
		Long: `Check the signature of a file that "adbferry receipt ID --output json" printed, and
that what a person reads in it is what was signed. No controller, agent or database
is asked. Only the fingerprint of the key tells that it is your controller's and not
somebody else's: give it with --key, as "adbferry receipt ID" of that controller prints it.
The FILE "-" is standard input.

An unaltered receipt exits with 0 whatever its verdict, an altered one with 1.
` + exitHelp,
		Example: `  adbferry receipt verify receipt.json --key SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU`,
		Args:    oneFile,
		RunE:    a.run(func(_ context.Context, args []string) error { return a.runReceiptVerify(args[0], key, d) }),
	}
	addDetail(cmd, &d)
	cmd.Flags().StringVar(&key, "key", "", "`fingerprint` of the key that must have signed, SHA256:…")
	return cmd
}

func (a *app) runReceiptVerify(path, key string, d detail) error {
	text, err := readReceipt(path)
	if err != nil {
		return usage("", "%v", err)
	}
	signed, r, err := receipt.Decode(text)
	switch {
	case errors.Is(err, receipt.ErrAltered):
		return apierr.New(codes.DataLoss, pb.Reason_REASON_RECEIPT_INVALID, "%s: %v", path, err).
			WithHint("fetch the receipt again from its controller: adbferry receipt ID --output json")
	case err != nil:
		return apierr.New(codes.InvalidArgument, pb.Reason_REASON_RECEIPT_INVALID, "%s: %v", path, err).
			WithHint("make the file with: adbferry receipt ID --output json")
	case key != "" && key != receipt.Fingerprint(signed.GetPublicKey()):
		return apierr.New(codes.PermissionDenied, pb.Reason_REASON_RECEIPT_INVALID,
			"%s is signed with another key, %s", path, receipt.Fingerprint(signed.GetPublicKey())).
			WithHint("compare with the fingerprint that adbferry receipt ID prints at the controller")
	}
	if a.output == formJSON {
		return a.printJSON(r)
	}
	a.print("%s%s", receiptText(r, d), signatureText(signed))
	if key == "" {
		a.print("The receipt is unaltered. Only the fingerprint tells whose key signed it; --key compares it.\n")
	} else {
		a.print("The receipt is unaltered and signed with the expected key.\n")
	}
	return nil
}

// readReceipt reads a file, "-" for standard input, as far as a receipt can go.
func readReceipt(path string) ([]byte, error) {
	in := os.Stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("read the receipt: %w", err)
		}
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, receipt.MaxFile+1))
	if err := errors.Join(err, in.Close()); err != nil {
		return nil, fmt.Errorf("read the receipt: %w", err)
	}
	return text, nil
}
