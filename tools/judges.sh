#!/usr/bin/env bash
# Installs the two drivers that judge the simulator beside go-ora: Debian's
# python3-oracledb and npm's oracledb. Does nothing when both are there.
set -euo pipefail
cd "$(dirname "$0")/../sim/judges"

packages=()
/usr/bin/python3 -c 'import oracledb' 2>/dev/null || packages+=(python3-oracledb)
command -v node >/dev/null || packages+=(nodejs)
command -v npm >/dev/null || packages+=(npm)
if ((${#packages[@]})); then
	apt-get update -q
	apt-get install -y -q --no-install-recommends "${packages[@]}"
fi

# The driver's install script only speaks of its thick mode, which is not used.
if ! cmp -s package-lock.json node_modules/.installed; then
	npm ci --ignore-scripts --no-audit --no-fund
	cp package-lock.json node_modules/.installed
fi
