# Sourced by the demos. Everything that is not a user's own command is here: a
# folder that is gone at the end, daemons in the background, and two regions.
# Bash only.
set -euo pipefail

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

# regions ARGUMENTS… starts the simulator with these arguments, an agent next to
# each database, and the controller.
regions() {
	start sim adbferry-sim up --dir "$dir" "$@"
	start sanjose adbferry-agent --config "$dir/sanjose/agent.yaml"
	start phoenix adbferry-agent --config "$dir/phoenix/agent.yaml"
	start controller adbferry serve --config "$dir/adbferry.yaml"
	export ADBFERRY_CONFIG=$dir/adbferry.yaml
	controller=$(sed -n 's/^listen: *//p' "$dir/adbferry.yaml")
}

# memory prints what the daemons took at most.
memory() {
	for name in sanjose phoenix controller; do
		awk -v name="$name" '/^VmHWM/ {printf "peak resident memory of %s: %.0f MB\n", name, $2 / 1024}' "/proc/${pids[$name]}/status"
	done
}
