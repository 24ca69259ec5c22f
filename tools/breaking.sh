#!/usr/bin/env bash
# Fails when the protocol breaks what the previous commit spoke.
# Usage: tools/breaking.sh <buf command…>
set -euo pipefail
if git rev-parse -q --verify HEAD~1:proto >/dev/null; then
	"$@" breaking --against '.git#ref=HEAD~1'
else
	echo "breaking: no earlier protocol to compare with"
fi
