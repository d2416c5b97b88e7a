#!/usr/bin/env bash
# What Microsoft's validator, with GitHub's own rules, says against the SARIF of airconn: nothing.
#
# tools/compare/sarif_check.sh AIRCONN    needs npm; the validator is kept in ${AIRCONN_CACHE:-~/.cache/airconn}/sarif
set -euo pipefail

[ $# -eq 1 ] || { echo "usage: tools/compare/sarif_check.sh AIRCONN" >&2; exit 2; }
airconn=$(realpath "$1")
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
cache=${AIRCONN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/airconn}/sarif
package=@microsoft/sarif-multitool-linux
version=5.7.0
validator=$cache/node_modules/$package/Sarif.Multitool
if ! grep -qs "\"version\": \"$version\"" "$cache/node_modules/$package/package.json"; then
    mkdir -p "$cache"
    npm install --prefix "$cache" --silent --no-save --ignore-scripts "$package@$version" >&2
fi
chmod u+x "$validator"

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
"$airconn" check --exit-zero --format sarif fixtures/sample fixtures/invalid fixtures/seed >"$logs/airconn.sarif"
# Without it .NET asks for ICU.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
"$validator" validate --rule-kind 'Sarif;Ghas' "$logs/airconn.sarif" >"$logs/said" 2>&1 || true
complaints=$(grep -cE ' (error|warning) [A-Z]+[0-9]+: ' "$logs/said" || true)
results=$(grep -o '"ruleId"' "$logs/airconn.sarif" | wc -l)
fixes=$({ grep -o '"fixes"' "$logs/airconn.sarif" || true; } | wc -l)
if [ "$complaints" -ne 0 ] || ! grep -q 'Analysis completed successfully' "$logs/said"; then
    head -c 4000 "$logs/said"
    exit 1
fi
echo "$results results, $fixes of them with an edit: no complaint of $package $version"
