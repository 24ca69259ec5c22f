#!/usr/bin/env bash
# Fails when the committed protobuf code is not what the protocol generates.
# Usage: tools/fresh.sh <buf command…>
set -euo pipefail
before=$(mktemp -d)
trap 'rm -rf "$before"' EXIT
cp -r proto "$before"
"$@" generate
if ! diff -r "$before/proto" proto; then
	echo "the generated code was stale; it is fresh now, commit it" >&2
	exit 1
fi
