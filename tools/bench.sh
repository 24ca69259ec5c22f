#!/usr/bin/env bash
# Prints what this machine measures: the simulator through go-ora over TLS on
# one connection, migrations with and without verifying, three damaged rows in a
# million, the planning of a thousand tables, and the demo with the memory of its processes.
set -euo pipefail
cd "$(dirname "$0")/.."
"${GO:-go}" test -run '^$' -bench . -benchtime 3s ./sim ./examples/planted-damage ./examples/thousand-tables
PATH="$PWD/bin:$PATH" bash examples/planted-damage/run.sh
start=$(date +%s.%N)
PATH="$PWD/bin:$PATH" bash examples/sanjose-to-phoenix/run.sh
echo "demo: $(echo "$(date +%s.%N) $start" | awk '{printf "%.1f", $1 - $2}') s wall clock, built already"
