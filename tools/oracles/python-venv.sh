#!/usr/bin/env bash
# Creates (once) a virtual environment with the packages of tools/oracles/requirements/NAME.txt, and prints the path of its python.
#
# The environment lives in ${AIRCONN_CACHE:-~/.cache/airconn}/NAME and counts as ready only when its stamp holds the hash of that file.
set -euo pipefail

[ $# -eq 1 ] || { echo "usage: tools/oracles/python-venv.sh NAME (aws, certificates, clients, libpq, release, tools)" >&2; exit 2; }
name=$1
say() { printf 'python-venv.sh: %s\n' "$*" >&2; }

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
requirements=$here/requirements/$name.txt
[ -f "$requirements" ] || { say "no $requirements"; exit 2; }
cache=${AIRCONN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/airconn}
home=$cache/$name
mkdir -p "$cache"

# Two runs at once must not build the same environment on top of each other.
if command -v flock >/dev/null 2>&1; then
    exec 9>"$cache/.$name-lock"
    flock 9
fi

hash=$(grep -v "^#" "$requirements" | cksum)
if ! { [ "$(cat "$home/airconn-stamp" 2>/dev/null)" = "$hash" ] && "$home/bin/python" -c '' 2>/dev/null; }; then
    for candidate in ${AIRCONN_PYTHON:-python3.11 python3.12 python3}; do
        command -v "$candidate" >/dev/null 2>&1 && break
    done
    say "making $home with $candidate"
    rm -rf "$home"
    "$candidate" -m venv "$home" >&2
    "$home/bin/python" -m pip install --quiet --disable-pip-version-check -r "$requirements" >&2
    printf '%s\n' "$hash" >"$home/airconn-stamp"
fi
printf '%s\n' "$home/bin/python"
