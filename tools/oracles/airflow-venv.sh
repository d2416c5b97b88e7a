#!/usr/bin/env bash
# Makes sure that a virtual environment with one exact Apache Airflow exists, and prints the path of its python.
#
# Conformance is proven against real Airflow, so the tests need one that does not change: every package is
# pinned in tools/oracles/requirements/airflow-VERSION.txt. An environment counts as ready only when its stamp holds
# the hash of that file, without its comments; a half-made or outdated one is thrown away and made again.
set -euo pipefail

# uv resolves a frozen list in seconds where pip takes minutes; pip alone works too.
readonly UV_VERSION=0.13.9

usage() {
    cat <<'EOF'
usage: tools/oracles/airflow-venv.sh VERSION
       tools/oracles/airflow-venv.sh --freeze AIRFLOW-amazon-VERSION
       tools/oracles/airflow-venv.sh --list

Creates (once) a virtual environment with Apache Airflow VERSION and prints the path of its python as the last
line of stdout. VERSION may name a provider too, as in 3.3.2-amazon-9.39.0. Progress goes to stderr. --list prints the versions that have pinned requirements.
--freeze asks PyPI for that Airflow with that Amazon provider, the Postgres provider and redshift_connector, and pins what it gets in
tools/oracles/requirements; what the caller wants to be older is added, as in --freeze 3.3.2-amazon-9.30.0 redshift-connector==2.1.17.

environment:
  AIRCONN_CACHE   where the environments live   [${XDG_CACHE_HOME:-$HOME/.cache}/airconn]
  AIRCONN_PYTHON  the python to build them with [python3.11, else python3.12, else python3; for 2.3.4 python3.8, else 3.9 or 3.10]
EOF
}

say() { printf 'airflow-venv.sh: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

versions() {
    local file
    for file in "$here"/requirements/airflow-*.txt; do
        file=${file##*/airflow-}
        printf '%s\n' "${file%.txt}"
    done
}

# The first python that can run both Airflow 2.11 (3.9 to 3.12) and 3.3 (3.10 and later). 3.11 comes first
# because the requirements were frozen with it.
find_python() {
    local candidate known='python3.11 python3.12 python3' range='(3, 11) <= sys.version_info[:2] <= (3, 12)'
    # Airflow 2.3 and the drivers of its time know no newer one.
    case $version in 2.3.*) known='python3.8 python3.9 python3.10' range='(3, 8) <= sys.version_info[:2] <= (3, 10)' ;; esac
    for candidate in ${AIRCONN_PYTHON:-$known}; do
        if command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c "import sys, venv, ensurepip; sys.exit(not $range)" 2>/dev/null; then
            "$candidate" -c 'import sys; print(sys.executable)'
            return
        fi
    done
    die "needs one of ${known// /, } with venv and ensurepip (set AIRCONN_PYTHON)"
}

# Prints the path of a uv of our own, or nothing when it cannot be had.
find_uv() {
    local python=$1 home=$cache/uv-$UV_VERSION
    if [ ! -f "$home/ready" ]; then
        rm -rf "$home"
        "$python" -m venv "$home" >&2 &&
            "$home/bin/python" -m pip install --quiet "uv==$UV_VERSION" >&2 &&
            touch "$home/ready" || { say "no uv here, pip will do"; return 0; }
    fi
    printf '%s\n' "$home/bin/uv"
}

create() {
    local home=$1 python uv
    python=$(find_python)
    say "making $home with $python"
    rm -rf "$home"
    "$python" -m venv "$home" >&2
    uv=$(find_uv "$python")
    # A list may leave out drivers that nobody can build any more.
    local alone=()
    if grep -q '^# no-deps' "$requirements"; then alone=(--no-deps); fi
    if [ -n "$uv" ]; then
        "$uv" pip install --quiet "${alone[@]}" --python "$home/bin/python" -r "$requirements" >&2
    else
        "$home/bin/python" -m pip install --quiet "${alone[@]}" -r "$requirements" >&2
    fi
    local installed
    installed=$("$home/bin/python" -c 'from importlib.metadata import version; print(version("apache-airflow"))')
    [ "$installed" = "${version%%-*}" ] || die "asked for Airflow $version, got $installed"
    printf '%s\n' "$hash" >"$home/airconn-stamp"
}

freeze() {
    local version=$1 python uv made=$here/requirements/airflow-$1.txt
    [[ $version =~ ^([0-9.]+)-amazon-([0-9.]+)$ ]] || die "not of the form 3.3.2-amazon-9.39.0: $version"
    local wanted=("apache-airflow==${BASH_REMATCH[1]}" "apache-airflow-providers-amazon==${BASH_REMATCH[2]}" apache-airflow-providers-postgres redshift-connector "${@:2}")
    [ ! -e "$made" ] || die "there is $made already"
    python=$(find_python)
    uv=$(find_uv "$python")
    [ -n "$uv" ] || die "--freeze needs uv $UV_VERSION from PyPI"
    {
        echo "# Airflow with the Amazon and Postgres providers that tools/compare/redshift_harness.py labels with, pinned; installed by tools/oracles/airflow-venv.sh."
        echo "# Made with 'airflow-venv.sh --freeze'."
        printf '%s\n' "${wanted[@]}" | "$uv" pip compile --quiet --no-annotate --no-header --python "$python" -
    } >"$made.new" || { rm -f "$made.new"; die "PyPI has no such set of packages"; }
    mv "$made.new" "$made"
    say "wrote $made"
}

case ${1:-} in
    -h | --help) usage; exit 0 ;;
    --list) versions; exit 0 ;;
    --freeze)
        [ $# -ge 2 ] || { usage >&2; exit 2; }
        cache=${AIRCONN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/airconn}
        mkdir -p "$cache"
        freeze "${@:2}"
        exit 0
        ;;
    '' | -*) usage >&2; exit 2 ;;
esac
[ $# -eq 1 ] || { usage >&2; exit 2; }

version=$1
requirements=$here/requirements/airflow-$version.txt
[ -f "$requirements" ] || die "no $requirements; known versions: $(versions | tr '\n' ' ')"

cache=${AIRCONN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/airconn}
home=$cache/airflow-$version
mkdir -p "$cache"

# Two runs at once must not build the same environment on top of each other.
if command -v flock >/dev/null 2>&1; then
    exec 9>"$cache/.lock"
    flock 9
fi

hash=$(grep -v "^#" "$requirements" | cksum)
if command -v sha256sum >/dev/null 2>&1; then
    hash=$(grep -v "^#" "$requirements" | sha256sum | cut -d ' ' -f 1)
fi
# The python that the environment was made with may be gone since, so it must also still start.
if ! { [ "$(cat "$home/airconn-stamp" 2>/dev/null)" = "$hash" ] && "$home/bin/python" -c '' 2>/dev/null; }; then
    create "$home"
fi
printf '%s\n' "$home/bin/python"
