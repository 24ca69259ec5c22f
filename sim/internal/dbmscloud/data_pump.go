package dbmscloud

import "github.com/adbferry/adbferry/sim/internal/engine"

func (e *export) checkDumpFiles(_ *engine.Args) error {
	return notSimulated("EXPORT_DATA with format type datapump")
}
