#!/usr/bin/env bash
# Runs every fuzz target of the module for FUZZTIME each. Targets are found, not
# listed, so a new one cannot be forgotten.
set -euo pipefail

# Go before 1.27 may end a target at its deadline with a bare "context deadline
# exceeded" (go.dev/issue/75804). A finding never looks so: it panics, names a
# process that hung, or prints the failing input that it wrote.
ended_by_deadline() {
	grep -qx ' *context deadline exceeded' "$1" &&
		! grep -qE '(Failing|failing) input|panic:|hung or terminated|_test\.go:[0-9]+:' "$1"
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
grep -rlE --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u | while read -r dir; do
	for target in $(grep -hoE '^func Fuzz[A-Za-z0-9_]+' "$dir"/*_test.go | cut -d' ' -f2); do
		echo "fuzz $dir $target"
		"${GO:-go}" test -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZTIME:-10s}" -fuzzminimizetime 1s -parallel 2 "$dir" >"$log" 2>&1 ||
			ended_by_deadline "$log" || { cat "$log"; exit 1; }
	done
done
