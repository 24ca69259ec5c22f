package dbmscloud

// LIST_FILES(directory_name), as SELECT … FROM DBMS_CLOUD.LIST_FILES(…)
//
// Simulated, by reference, section 3: a row per file of a directory, of the row
// type of LIST_OBJECTS: CHECKSUM is NULL, CREATED and LAST_MODIFIED are known.
// The caller needs READ on the directory, of which there is one: DATA_PUMP_DIR.
//
// Not simulated: wildcards in directory_name.

import (
	"context"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine"
)

var directoryParam = engine.Param{Name: "DIRECTORY_NAME", Type: varchar2}

// listFiles describes the function to the engine.
func (c *cloud) listFiles() engine.TableFunction {
	return engine.TableFunction{
		Name: "LIST_FILES", Params: []engine.Param{directoryParam}, Columns: listingColumns(),
		Rows: func(ctx context.Context, s *engine.Session, args *engine.Args) ([]datum.Row, error) {
			rows, err := c.fileRows(s, args.Value("DIRECTORY_NAME").Text())
			return rows, raised(ctx, err)
		},
	}
}

func (c *cloud) fileRows(s *engine.Session, given string) ([]datum.Row, error) {
	directory, err := directoryOf(s, given, "READ")
	if err != nil {
		return nil, err
	}
	var rows []datum.Row
	for _, n := range c.files.in(directory) {
		f, err := c.files.get(n)
		if err != nil {
			continue // deleted a moment ago
		}
		rows = append(rows, datum.Row{
			datum.FromText(n.name), datum.FromInt(int64(len(f.data))), datum.NULL,
			datum.FromTimestampTZ(f.created, "+00:00"), datum.FromTimestampTZ(f.modified, "+00:00"),
		})
	}
	return rows, nil
}
