package cli

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

type doctorOptions struct {
	source, target string
	par            parSource
	formats        []string
	lobBytes       []int64
	last           bool
}

func (a *app) newDoctorCommand() *cobra.Command {
	var o doctorOptions
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Find out, by round trips, what can be carried between two databases",
		Long: `Make small tables with every type and boundary value on the source, carry them to
the target in each format, and compare. Ask both databases what the documentation
leaves open. Print which format carries what, leave nothing in the databases, and
keep the answers: plans use them from then on.

The exit code is 0 when at least one format carried everything that it takes.
` + exitHelp,
		Example: `  adbferry doctor --source sanjose --target phoenix --par-file par.url
  adbferry doctor --source sanjose --target phoenix --last`,
		Args: onlyFlags,
		RunE: a.run(func(ctx context.Context, _ []string) error { return a.runDoctor(ctx, o) }),
	}
	flags := cmd.Flags()
	flags.StringVar(&o.source, "source", "", "`database` that exports")
	flags.StringVar(&o.target, "target", "", "`database` that imports")
	o.par.addFlags(flags)
	flags.StringSliceVar(&o.formats, "formats", nil, "`formats` to try, separated by commas (default: csv,json,parquet,datapump)")
	flags.Int64SliceVar(&o.lobBytes, "lob-bytes", nil, "`bytes` of the large objects to try, up to 67108864 each (default: around the longest texts of SQL, and 2 MB)")
	flags.Lookup("lob-bytes").DefValue = "" // else help would say that none is the default
	flags.BoolVar(&o.last, "last", false, "print what was found out last, and try nothing")
	return cmd
}

func (a *app) runDoctor(ctx context.Context, o doctorOptions) error {
	if o.source == "" || o.target == "" {
		return usage("adbferry databases lists the databases", "--source and --target are needed")
	}
	formats, err := parseFormats(o.formats)
	if err != nil {
		return err
	}
	return a.withController(func(client pb.MigrationServiceClient) error {
		found, err := a.diagnose(ctx, client, o, formats)
		if err != nil {
			return err
		}
		if a.output == formJSON {
			if err := a.printJSON(found); err != nil {
				return err
			}
		} else {
			a.print("%s", diagnosisText(found))
		}
		return judgeDiagnosis(found)
	})
}

// diagnose carries a diagnosis out, or looks the last one up.
func (a *app) diagnose(ctx context.Context, client pb.MigrationServiceClient, o doctorOptions, formats []pb.Format) (*pb.Diagnosis, error) {
	if o.last {
		resp, err := client.GetDiagnosis(ctx, &pb.GetDiagnosisRequest{Source: o.source, Target: o.target})
		if err == nil && resp.GetDiagnosis() == nil {
			err = apierr.New(codes.NotFound, pb.Reason_REASON_NOT_FOUND, "there is no diagnosis of %s and %s yet", o.source, o.target).
				WithHint("run adbferry doctor without --last")
		}
		return resp.GetDiagnosis(), err
	}
	par, err := o.par.need()
	if err != nil {
		return nil, err
	}
	ctx, cancel := unbounded(ctx)
	defer cancel()
	stream, err := client.DiagnosePair(ctx, &pb.DiagnosePairRequest{
		Source: o.source, Target: o.target, ParUrl: par.Reveal(), Formats: formats, LobBytes: o.lobBytes,
	})
	if err != nil {
		return nil, err
	}
	return a.followDiagnosis(stream)
}

// followDiagnosis prints the steps and returns the result.
func (a *app) followDiagnosis(stream interface {
	Recv() (*pb.DiagnosePairResponse, error)
},
) (*pb.Diagnosis, error) {
	for {
		resp, err := stream.Recv()
		switch {
		case errors.Is(err, io.EOF):
			return nil, apierr.New(codes.Internal, pb.Reason_REASON_INTERNAL, "the controller ended without a diagnosis")
		case err != nil:
			return nil, err
		case resp.GetDiagnosis() != nil:
			return resp.GetDiagnosis(), nil
		}
		a.warn(resp.GetStep())
	}
}

// parseFormats reads names of formats.
func parseFormats(names []string) ([]pb.Format, error) {
	var formats []pb.Format
	for _, name := range names {
		f, ok := pb.Format_value["FORMAT_"+strings.ToUpper(name)]
		if !ok || f == 0 {
			return nil, usage("", "--formats takes csv, json, parquet and datapump, not %q", name)
		}
		formats = append(formats, pb.Format(f))
	}
	return formats, nil
}

// judgeDiagnosis fails when no format works. A format without a failure moved
// the rows and does not work all the same: values arrived changed, or not at all.
func judgeDiagnosis(d *pb.Diagnosis) error {
	var why *pb.Failure
	for _, f := range d.GetFormats() {
		if f.GetWorks() {
			return nil
		}
		if why == nil {
			why = f.GetFailure()
		}
	}
	if why == nil {
		return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TABLE_UNSUPPORTED,
			"no format carries tables from %s to %s as they are: the matrix says what was changed or failed", d.GetSource(), d.GetTarget()).
			WithHint("see what stands below the matrix; adbferry doctor --last prints it again")
	}
	return apierr.New(codes.FailedPrecondition, why.GetReason(), "no format carries tables from %s to %s: %s", d.GetSource(), d.GetTarget(), why.GetText()).
		WithHint("%s", why.GetHint())
}
