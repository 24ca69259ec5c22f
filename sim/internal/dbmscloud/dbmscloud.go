// Package dbmscloud is the DBMS_CLOUD package of the simulated database, in
// Go: EXPORT_DATA and COPY_DATA between a query or table and Object Storage,
// external tables over its objects, the load operations they log, credentials,
// the procedures for objects and for files of a database directory, and the
// pitfalls that come with them. FACTS.md says which test proves which fact of the
// reference.
//
// It reaches Object Storage only as a real database would: over HTTPS, through
// the URL in its arguments, with an HTTP client that it is given. It owns
// formats, object names, the loader, the access drivers of external tables, the
// files of directories and the operation log; tables, SQL, rights and NLS belong
// to packages engine and nls.
//
// What is simulated follows docs/reference/dbms-cloud.md, sections 1 to 4: each
// procedure's file says which lines. Only facts tagged C or F there are built
// in; what is UNCONFIRMED is a field of Knobs. What is not simulated is refused
// with an error that names it, never ignored.
//
// Errors print URLs with their PAR tokens, and so does FILE_URI_LIST, because
// the real package does: hiding them is the client's business.
package dbmscloud

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine"
)

// owner is the schema of the package, as error stacks show it (reference,
// introduction).
const owner = "C##CLOUD$SERVICE"

// A Config says how the package reaches the outside.
type Config struct {
	// HTTPClient carries every request to Object Storage; it trusts the
	// store's certificate. Nil is http.DefaultClient.
	HTTPClient *http.Client

	// Hosts are accepted as Object Storage beside the real service's names:
	// "127.0.0.1:8443". The first also answers for those names, so that native
	// URIs as users write them reach it. Any other host is refused with
	// ORA-20006.
	Hosts []string

	Knobs  Knobs
	Logger hclog.Logger // default discards; never sees a URL

	// Observe, when set, is told of every call before it is carried out. It
	// runs in the calling session's goroutine.
	Observe func(Call)

	// WorkUnits, when set, says how many work units the export of a call is
	// split into, by the call's context; what it answers with 0 is left to the
	// knob.
	WorkUnits func(context.Context) int
}

// A Call is one call of a procedure as its caller wrote it.
type Call struct {
	Procedure string
	// Arguments by upper-case name, without those that are or may hold a
	// secret: URIs, which hold the PAR, and what credentials are made of.
	Arguments map[string]string
}

// secret reports parameters that are left out of Call.Arguments.
func secret(param string) bool {
	return strings.Contains(param, "URI") || slices.Contains([]string{"PASSWORD", "PRIVATE_KEY", "PARAMS", "VALUE"}, param)
}

// cloud is one installed package.
type cloud struct {
	hosts       []string
	remote      remote
	knobs       Knobs
	log         hclog.Logger
	now         func() time.Time
	operations  *operations
	credentials *credentials
	files       *files
	units       func(context.Context) int // nil for the knob

	mu    sync.Mutex
	stamp time.Time // of the newest object name
}

// Register installs DBMS_CLOUD and its views (USER_ and DBA_LOAD_OPERATIONS,
// USER_ and ALL_CREDENTIALS) in a database, in place of any that were there.
//
// The error names a host that is not a lower-case host[:port], or a knob whose
// value makes no sense.
func Register(inst *engine.Instance, cfg Config) error {
	if err := cfg.check(); err != nil {
		return err
	}
	if cfg.HTTPClient == nil {
		cfg.HTTPClient = http.DefaultClient
	}
	if cfg.Logger == nil {
		cfg.Logger = hclog.NewNullLogger()
	}
	now := inst.Config().Now
	c := &cloud{
		hosts:       cfg.Hosts,
		remote:      newRemote(cfg),
		knobs:       cfg.Knobs.withDefaults(),
		log:         cfg.Logger,
		now:         now,
		operations:  newOperations(now),
		credentials: &credentials{},
		files:       newFiles(now),
		units:       cfg.WorkUnits,
	}
	procedures := append(c.procedures(), refusals()...)
	if cfg.Observe != nil {
		for i, p := range procedures {
			procedures[i] = observed(p, cfg.Observe)
		}
	}
	inst.Register(engine.Package{
		Owner: owner, Name: "DBMS_CLOUD", Restricted: true, Procedures: procedures,
		TableFunctions: []engine.TableFunction{c.listObjects(), c.listFiles()},
	})
	c.registerAccessDrivers(inst)
	c.registerViews(inst)
	inst.Attach(saved{c, inst.Config().Name})
	inst.Attach(savedFiles{c.files, inst.Config().Name})
	return nil
}

func (c *cloud) registerViews(inst *engine.Instance) {
	inst.RegisterView(c.operations.view("USER_LOAD_OPERATIONS", false))
	inst.RegisterView(c.operations.view("DBA_LOAD_OPERATIONS", true))
	inst.RegisterView(c.credentials.view("USER_CREDENTIALS", false))
	inst.RegisterView(c.credentials.view("ALL_CREDENTIALS", true))
}

func (c Config) check() error {
	for _, host := range c.Hosts {
		if host == "" || strings.ContainsAny(host, "/?# ") || strings.ToLower(host) != host {
			return fmt.Errorf("object storage host %q: want a lower-case host:port", host)
		}
	}
	return c.Knobs.Validate()
}

// observed tells about the calls of a procedure before they happen.
func observed(p engine.Procedure, observe func(Call)) engine.Procedure {
	carryOut := p.Call
	p.Call = func(ctx context.Context, s *engine.Session, args *engine.Args) error {
		call := Call{Procedure: p.Name, Arguments: map[string]string{}}
		for _, param := range p.Params {
			if args.Given(param.Name) && !secret(param.Name) {
				call.Arguments[param.Name] = args.Value(param.Name).Text()
			}
		}
		observe(call)
		return carryOut(ctx, s, args)
	}
	return p
}

func (c *cloud) procedures() []engine.Procedure {
	return []engine.Procedure{
		{Name: "EXPORT_DATA", Params: exportParams, Call: c.exportData},
		{Name: "EXPORT_DATA", Params: withOperationID(exportParams), Call: c.exportData},
		{Name: "COPY_DATA", Params: copyParams, Call: c.copyData},
		{Name: "COPY_DATA", Params: withOperationID(copyParams), Call: c.copyData},
		{Name: "CREATE_EXTERNAL_TABLE", Params: createExternalParams, Call: c.createExternalTable},
		{Name: "VALIDATE_EXTERNAL_TABLE", Params: validateParams, Call: c.validateExternalTable},
		{Name: "VALIDATE_EXTERNAL_TABLE", Params: withOperationID(validateParams), Call: c.validateExternalTable},
		{Name: "CREATE_CREDENTIAL", Params: createCredentialParams, Call: c.createCredential},
		{Name: "CREATE_CREDENTIAL", Params: createParamsParams, Call: c.createSigningKey},
		{Name: "CREATE_CREDENTIAL", Params: createSigningKeyParams, Call: c.createSigningKey},
		{Name: "DROP_CREDENTIAL", Params: dropCredentialParams, Call: c.dropCredential},
		{Name: "UPDATE_CREDENTIAL", Params: updateCredentialParams, Call: c.updateCredential},
		{Name: "GET_OBJECT", Params: getObjectParams, Returns: &blob, Call: c.getObject},
		{Name: "GET_OBJECT", Params: getObjectFileParams, Call: c.objectToFile},
		{Name: "PUT_OBJECT", Params: putObjectParams, Call: c.putObject},
		{Name: "PUT_OBJECT", Params: putObjectFileParams, Call: c.fileToObject},
		{Name: "GET_METADATA", Params: getMetadataParams, Returns: &clob, Call: c.getMetadata},
		{Name: "DELETE_OBJECT", Params: deleteObjectParams, Call: c.deleteObject},
		{Name: "DELETE_FILE", Params: deleteFileParams, Call: c.deleteFile},
		{Name: "BULK_DELETE", Params: bulkDeleteParams, Call: c.bulkDelete},
		{Name: "BULK_DELETE", Params: withOperationID(bulkDeleteParams), Call: c.bulkDelete},
		{Name: "BULK_COPY", Params: bulkCopyParams, Call: c.bulkCopy},
		{Name: "BULK_COPY", Params: withOperationID(bulkCopyParams), Call: c.bulkCopy},
		{Name: "BULK_MOVE", Params: bulkCopyParams, Call: c.bulkMove},
		{Name: "BULK_MOVE", Params: withOperationID(bulkCopyParams), Call: c.bulkMove},
		{Name: "BULK_DOWNLOAD", Params: bulkDirectoryParams, Call: c.bulkDownload},
		{Name: "BULK_DOWNLOAD", Params: withOperationID(bulkDirectoryParams), Call: c.bulkDownload},
		{Name: "BULK_UPLOAD", Params: bulkDirectoryParams, Call: c.bulkUpload},
		{Name: "BULK_UPLOAD", Params: withOperationID(bulkDirectoryParams), Call: c.bulkUpload},
		{Name: "DELETE_OPERATION", Params: deleteOperationParams, Call: c.deleteOperation},
		{Name: "DELETE_ALL_OPERATIONS", Params: deleteAllOperationsParams, Call: c.deleteAllOperations},
	}
}

// The types of the package's parameters.
var (
	varchar2 = datum.Type{Kind: datum.Text, Size: 32767}
	clob     = datum.Type{Kind: datum.Clob}
	number   = datum.Type{Kind: datum.Number, Scale: -127}
)

// withOperationID makes the second overload of a procedure.
func withOperationID(params []engine.Param) []engine.Param {
	id := engine.Param{Name: "OPERATION_ID", Type: number, Mode: database.Out}
	return append(slices.Clip(params), id)
}

// nextStamp returns the time for an object's name: the clock, moved on by a
// microsecond when it has not moved since the last name.
func (c *cloud) nextStamp() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.now().UTC().Truncate(time.Microsecond)
	if !t.After(c.stamp) {
		t = c.stamp.Add(time.Microsecond)
	}
	c.stamp = t
	return t
}

// workUnits returns how many work units an export is split into.
func (c *cloud) workUnits(ctx context.Context) int {
	if c.units != nil {
		if n := c.units(ctx); n > 0 {
			return n
		}
	}
	return c.knobs.WorkUnits
}
