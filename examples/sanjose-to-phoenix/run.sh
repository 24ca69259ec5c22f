#!/usr/bin/env bash
# Moves a table of customer orders from San Jose to Phoenix. It is the table of a
# tutorial: a published walk-through of the same job, which moved 48,226 of 50,000
# rows and 12 of 16 columns and called it 96.5 % success.
#
# Every line below the first is what a user types. The only thing that is
# not real is the two databases and the bucket: adbferry-sim plays them, and
# writes wallets, configuration and a PAR ready to use. Against real databases
# you write the two agent.yaml yourself (README).
source "$(dirname "$0")/../regions.sh"
regions --demo-rows "${DEMO_ROWS:-50000}"

# What is there?
run adbferry databases --controller "$controller"

# What would be done? All 16 columns are carried, the four CLOBs among them.
run adbferry plan --controller "$controller" --source sanjose --target phoenix \
	--table ADMIN.CUSTOMER_ORDERS_DEMO --par-file "$dir/par.url"

# Do it.
run adbferry migrate --controller "$controller" --source sanjose --target phoenix \
	--table ADMIN.CUSTOMER_ORDERS_DEMO --par-file "$dir/par.url"
echo "the tutorial's way, plain csv: 48,226 of 50,000 rows, 12 of 16 columns"

# What it took of memory.
memory
echo "demo: done"
