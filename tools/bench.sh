#!/usr/bin/env bash
# Prints what this machine measures: the simulator through go-ora over TLS on
# one connection, migrations with and without verifying, three damaged rows in a
# million, the planning of a thousand tables, the memory of agents that move much, and the demo with the memory of its
# processes. Figures are medians, of COUNT runs (5 unless set) for the simulator;
# one with a bar of its own (set for two idle cores) shows whether it is met.
set -euo pipefail
cd "$(dirname "$0")/.."

# bars are: benchmark, unit, at least; of memory, at most.
bars='Fetch rows/s 400000
ArrayInsert rows/s 400000
MillionRows/Count MB/s 100
MillionRows/Checksum MB/s 60
MillionRows/Export MB/s 80
MillionRows/Import MB/s 80
State/Narrow/Hold resident/data 2
State/Wide/Hold resident/data 2'

# medians turns the output of `go test -bench -count N` into a line per figure.
medians() {
	awk -v bars="$bars" '
	BEGIN {
		n = split(bars, line, "\n")
		for (i = 1; i <= n; i++) { split(line[i], f, " "); bar[f[1] " " f[2]] = f[3] }
	}
	/^Benchmark/ {
		name = substr($1, 10); sub(/-[0-9]+$/, "", name)
		for (i = 3; i < NF; i += 2) {
			key = name " " $(i + 1)
			if (!(key in count)) order[++keys] = key
			value[key, ++count[key]] = $i
		}
	}
	/^(FAIL|panic)/ { print; failed = 1 }
	END {
		for (k = 1; k <= keys; k++) {
			key = order[k]; n = count[key]
			for (i = 2; i <= n; i++) # insertion sort
				for (j = i; j > 1 && value[key, j] + 0 < value[key, j - 1] + 0; j--) {
					t = value[key, j]; value[key, j] = value[key, j - 1]; value[key, j - 1] = t
				}
			split(key, f, " ")
			median = value[key, int((n + 1) / 2)]
			verdict = ""
			if (key in bar) {
				met = f[2] == "resident/data" ? median + 0 <= bar[key] : median + 0 >= bar[key]
				verdict = sprintf("  bar %d: %s", bar[key], met ? "met" : "MISSED")
			}
			printf "%-28s %14s %-12s of %d: %s to %s%s\n", f[1], median, f[2], n, value[key, 1], value[key, n], verdict
		}
		exit failed
	}'
}

"${GO:-go}" test -run '^$' -bench . -benchtime "${BENCHTIME:-1s}" -count "${COUNT:-5}" ./sim | medians
"${GO:-go}" test -run '^$' -bench . -benchtime 1x -count 3 ./examples/planted-damage ./examples/thousand-tables | medians
PATH="$PWD/bin:$PATH" bash examples/planted-damage/run.sh
"${GO:-go}" test -count 1 -v -run LittleMemory ./examples/chaos | sed -n 's/^ *[a-z_]*\.go:[0-9]*: \(.* MB at most\)$/memory after 200,000 rows, a 64 MB value and doctor: \1/p; /^FAIL/p'
start=$(date +%s.%N)
PATH="$PWD/bin:$PATH" bash examples/sanjose-to-phoenix/run.sh
echo "demo: $(echo "$(date +%s.%N) $start" | awk '{printf "%.1f", $1 - $2}') s wall clock, built already"
