package engine

import (
	"context"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
)

// registerBuiltins makes the packages that come with every database callable.
func registerBuiltins(i *Instance) {
	i.Register(applicationInfoPackage())
	i.Register(sessionPackage())
	i.Register(lockPackage())
	i.Register(flashbackPackage())
	i.Register(statisticsPackage())
	i.Register(metadataPackage())
	i.Register(lobPackage())
	i.Register(schedulerPackage(i.scheduler))
	i.Register(i.chunks.parallelPackage())
	i.chunks.registerViews(i)
	i.Register((&outputs{instance: i, buffers: map[int]*outputBuffer{}}).dbmsOutput())
}

// plsqlText is VARCHAR2 as a parameter: as long as PL/SQL allows.
func plsqlText() datum.Type { return textOf(32767) }

func textParam(name string) Param { return Param{Name: name, Type: plsqlText()} }

func numberParam(name string) Param { return Param{Name: name, Type: numberType()} }

func booleanParam(name string) Param { return Param{Name: name, Type: booleanType()} }

// optional gives a parameter a NULL default.
func optional(p Param) Param {
	p.Optional = true
	return p
}

func outParam(p Param) Param {
	p.Mode = database.Out
	return p
}

// committing is a procedure that begins by committing what the session has
// open.
func committing(name string, do func(ctx context.Context, s *Session, args *Args) error, params ...Param) Procedure {
	return Procedure{Name: name, Params: params, Call: func(ctx context.Context, s *Session, args *Args) error {
		if err := s.Commit(ctx); err != nil {
			return err
		}
		return do(ctx, s, args)
	}}
}

// setting is a procedure that cannot fail.
func setting(name string, apply func(s *Session, args *Args), params ...Param) Procedure {
	return Procedure{Name: name, Params: params, Call: func(_ context.Context, s *Session, args *Args) error {
		apply(s, args)
		return nil
	}}
}
