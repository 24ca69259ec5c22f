#!/usr/bin/env bash
# Finds three rows in a million: one changed, one missing and one extra on the
# target. Prints how long that took and what the daemons needed, and fails when
# a row is not named, or an agent takes more than 40 MB.
source "$(dirname "$0")/../regions.sh"
here=$(dirname "$0")
regions --sql sanjose="$here/source.sql" --sql phoenix="$here/target.sql"

echo "+ adbferry verify --controller $controller --source sanjose --target phoenix --table ADMIN.ORDERS"
begun=$(date +%s.%N)
status=0
timeout 600 adbferry verify --controller "$controller" --source sanjose --target phoenix --table ADMIN.ORDERS >"$dir/found" || status=$?
ended=$(date +%s.%N)
cat "$dir/found"
[ "$status" -ne 0 ] || { echo "the tables were called equal" >&2; exit 1; }
for row in '^ *changed.*314159.*TOTAL' '^ *missing.*271828' '^ *extra.*1414213'; do
	grep -Eiq "$row" "$dir/found" || { echo "not found: $row" >&2; exit 1; }
done
memory | tee "$dir/memory"
awk '/sanjose|phoenix/ && $(NF-1) > 40 {print "too much: " $0; bad = 1} END {exit bad}' "$dir/memory" >&2
awk -v begun="$begun" -v ended="$ended" 'BEGIN {printf "planted damage: three rows in a million found in %.1f s\n", ended - begun}'
