#!/usr/bin/env bash
# Every repeated element of every format, sixteen times as often, through every command: what it takes grows by how much.
# Usage: tools/bench/growth.sh [SCALE [WORDS]]   SCALE 1 is the size of the suite, 4 four times that; WORDS narrow it down.
#
# Where valgrind is there and a release build (or $AIRCONN), the steps of the processor are counted as well, by callgrind.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
report="$folder/report.txt" status=0
export AIRCONN_GROWTH="${1:-1}" AIRCONN_GROWTH_ONLY="${2:-}" AIRCONN_GROWTH_REPORT="$report"
cargo test --config 'profile.test.package.airconn.opt-level=1' --locked --all-features --test it growth:: || status=$?
echo "the most allocations, of $(wc -l <"$report") runs:"
sort -rn "$report" | sed -n 1,10p

airconn=${AIRCONN:-${CARGO_TARGET_DIR:-target}/release/airconn}
if ! command -v valgrind >/dev/null || [ ! -x "$airconn" ]; then
    echo "steps were not counted: valgrind or $airconn is missing"
    exit "$status"
fi

# connections COUNT: as lines of JSON, some of them with findings and repairs.
connections() {
    local i
    for ((i = 0; i < $1; i++)); do
        printf '{"conn_id": "c%d", "uri": "redshift://etl:pw@h.example.com/d?iam=false&ssl=true"}\n' "$i"
        printf '{"conn_id": "d%d", "uri": "postgres://etl:pw@h.example.com:5432/d?sslmode=require"}\n' "$i"
    done
}

# steps ARGUMENTS...: how many steps airconn takes.
steps() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$airconn" "$@" 2>&1 >/dev/null |
        sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}

most=0 worst=''
for format in env jsonl export-json export-yaml compose kubernetes-data; do
    for count in 1 20 320; do
        connections "$count" | "$airconn" convert --isolated --from jsonl --to "$format" -o "$folder/$count" - 2>/dev/null
    done
    for arguments in check 'check --diff --fix=unsafe' 'convert --to jsonl' inspect 'probe --dry-run'; do
        read -ra words <<<"$arguments"
        none=$(steps "${words[@]}" --isolated --from "$format" "$folder/1")
        few=$(steps "${words[@]}" --isolated --from "$format" "$folder/20")
        many=$(steps "${words[@]}" --isolated --from "$format" "$folder/320")
        # In hundredths; what a run takes for nothing is left out.
        growth=$((100 * (many - none) / (few - none)))
        printf '%4d.%02d times the steps: %s, %s\n' $((growth / 100)) $((growth % 100)) "$format" "$arguments"
        [ "$growth" -le "$most" ] || { most=$growth worst="$format, $arguments"; }
    done
done
echo "the most steps: $((most / 100)).$((most % 100))-fold, $worst"
# Sixteen times the connections may take twenty-four times the steps.
[ "$most" -le 2400 ] || status=1
exit "$status"
