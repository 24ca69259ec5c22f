#!/usr/bin/env bash
# Runs every fuzz target of the module for FUZZTIME each. Targets are found, not
# listed, so a new one cannot be forgotten.
set -euo pipefail
grep -rlE --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u | while read -r dir; do
	for target in $(grep -hoE '^func Fuzz[A-Za-z0-9_]+' "$dir"/*_test.go | cut -d' ' -f2); do
		echo "fuzz $dir $target"
		"${GO:-go}" test -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZTIME:-10s}" -fuzzminimizetime 1s -parallel 2 "$dir" >/tmp/fuzz.$$ 2>&1 ||
			{ cat /tmp/fuzz.$$; exit 1; }
		rm -f /tmp/fuzz.$$
	done
done
