package sim

import (
	"context"
	"fmt"
	"strings"
)

// Script runs the statements of a text in this region, as ADMIN, and commits.
// A statement ends with a line that holds only a slash; lines that begin with
// two dashes are comments when they stand between statements.
//
// Error: the database's, with the number of the line on which the statement
// begins. What was done before stays.
func (r *Region) Script(ctx context.Context, text string) error {
	session := r.instance.Internal(admin)
	defer session.Close()
	for _, s := range split(text) {
		if err := session.Exec(ctx, s.text); err != nil {
			return fmt.Errorf("line %d: %w", s.line, err)
		}
	}
	if err := session.Commit(ctx); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// A scripted is one statement of a script.
type scripted struct {
	text string
	line int // on which it begins, from 1
}

func split(text string) (all []scripted) {
	var now scripted
	end := func() {
		if s := strings.TrimSpace(now.text); s != "" {
			all = append(all, scripted{text: s, line: now.line})
		}
		now = scripted{}
	}
	for i, line := range strings.Split(text, "\n") {
		bare := strings.TrimSpace(line)
		switch {
		case bare == "/":
			end()
			continue
		case now.text == "" && (bare == "" || strings.HasPrefix(bare, "--")):
			continue
		case now.text == "":
			now.line = i + 1
		}
		now.text += line + "\n"
	}
	end()
	return all
}

// runScripts runs the configured scripts, by region.
func (s *Simulation) runScripts(ctx context.Context, config Config) error {
	if s.restored {
		return nil
	}
	for _, r := range s.regions {
		if text := config.Scripts[r.place.name]; text != "" {
			if err := r.Script(ctx, text); err != nil {
				return fmt.Errorf("script of %s: %w", r.place.name, err)
			}
		}
	}
	return nil
}
