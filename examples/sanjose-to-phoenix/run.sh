#!/usr/bin/env bash
# Moves the tutorial's table of customer orders from San Jose to Phoenix.
#
# Every line below the setting-up is what a user types. The only thing that is
# not real is the two databases and the bucket: adbferry-sim plays them, and
# writes wallets, configuration and a PAR ready to use. Against real databases
# leave that one line out and write the two agent.yaml yourself (README).
set -euo pipefail

rows=${DEMO_ROWS:-50000}
dir=$(mktemp -d "${TMPDIR:-/tmp}/adbferry-demo.XXXXXX")
trap 'trap "" INT TERM; kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

declare -A pids

# start NAME COMMAND… runs a daemon in the background and waits for its line "ready".
start() {
	local name=$1 log=$dir/$1.log
	shift
	echo "+ $*  &"
	: >"$log"
	"$@" >"$log" 2>&1 &
	local pid=$!
	pids[$name]=$pid
	until grep -q ready "$log"; do
		kill -0 "$pid" 2>/dev/null || { echo "$name ended early:" >&2; cat "$log" >&2; exit 1; }
		sleep 0.1
	done
}

# run COMMAND… shows a command and runs it.
run() {
	echo "+ $*"
	"$@"
}

# Two regions, each with an Autonomous Database, and a bucket between them.
start sim adbferry-sim up --dir "$dir" --demo-rows "$rows"

# An agent next to each database, and the controller.
start sanjose adbferry-agent --config "$dir/sanjose/agent.yaml"
start phoenix adbferry-agent --config "$dir/phoenix/agent.yaml"
start controller adbferry serve --config "$dir/adbferry.yaml"

export ADBFERRY_CONFIG=$dir/adbferry.yaml
controller=$(sed -n 's/^listen: *//p' "$dir/adbferry.yaml")

# What is there?
run adbferry databases --controller "$controller"

# What would be done? All 16 columns travel, the four CLOBs among them.
run adbferry plan --controller "$controller" --source sanjose --target phoenix \
	--table ADMIN.CUSTOMER_ORDERS_DEMO --par-file "$dir/par.url"

# Do it.
run adbferry migrate --controller "$controller" --source sanjose --target phoenix \
	--table ADMIN.CUSTOMER_ORDERS_DEMO --par-file "$dir/par.url"
echo "the tutorial's way, plain csv: 48,226 of 50,000 rows, 12 of 16 columns"

# What it took of memory.
for name in sanjose phoenix controller; do
	awk -v name="$name" '/^VmHWM/ {printf "peak resident memory of %s: %.0f MB\n", name, $2 / 1024}' "/proc/${pids[$name]}/status"
done
echo "demo: done"
