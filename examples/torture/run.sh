#!/usr/bin/env bash
# Moves a deliberately difficult schema, source.sql, from San Jose to Phoenix:
# every type with boundary values, text that breaks files, large objects, odd
# names, a thousand columns, keys, partitions, identities.
source "$(dirname "$0")/../regions.sh"
here=$(dirname "$0")
regions --sql sanjose="$here/source.sql" --sql phoenix="$here/target.sql"

# What would be done?
run adbferry plan --controller "$controller" --source sanjose --target phoenix --schema TORTURE --par-file "$dir/par.url"

# Do it.
run adbferry migrate --controller "$controller" --id torture --source sanjose --target phoenix --schema TORTURE --par-file "$dir/par.url"

# The receipt can be kept, and proves itself.
echo "+ adbferry receipt torture --controller $controller --output json >receipt.json"
adbferry receipt torture --controller "$controller" --output json >"$dir/receipt.json"
run adbferry receipt verify "$dir/receipt.json" | tail -n 3

memory
echo "demo: done"
