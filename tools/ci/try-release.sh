#!/usr/bin/env bash
# Builds what a release has for this machine (Linux on x86-64) and tries it as its users do: the wheels by pip and uv in empty
# environments, the static binary in an empty root, the download of the action, the hooks of pre-commit without a compiler.
#
#   tools/ci/try-release.sh [--source] [FOLDER]
#
# FOLDER holds what tools/ci/release.py built for both targets, if that is not to be built here. With --source the hook is also built
# from source, some minutes. Needs PyPI; what cannot be tried here is named. The release is left in target/dist.
set -euo pipefail
source=no
[ "${1:-}" != --source ] || { source=yes; shift; }
dist=${1:+$(cd "$1" && pwd)}
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root=$PWD
python=${PYTHON:-python3}
work=$(mktemp -d)
server=''
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

release=$(dirname "$(tools/oracles/python-venv.sh release)")
tools=$(dirname "$(tools/oracles/python-venv.sh tools)")
if [ -z "$dist" ]; then
    dist=$root/target/dist
    rm -rf "$dist"
    for target in x86_64-unknown-linux-gnu x86_64-unknown-linux-musl; do
        rustup target add "$target"
        "$release/python" tools/ci/release.py "$target" --out "$dist"
    done
fi
manylinux=$(echo "$dist"/airconn-*-manylinux_2_28_x86_64.whl)
musllinux=$(echo "$dist"/airconn-*-musllinux_1_2_x86_64.whl)
[ -f "$manylinux" ] && [ -f "$musllinux" ] || fail "the wheels are not in $dist"

# What every installed command must do.
works() {
    local code=0
    "$@" --version >/dev/null || fail "$* does not start"
    "$@" check --isolated - <fixtures/valid/connections.uris >/dev/null || fail "$* refuses a good file"
    "$@" check --isolated - <fixtures/invalid/bad-port.uris >"$work/said" || code=$?
    [ $code = 1 ] && grep -q AC102 "$work/said" || fail "$* ends with $code on a bad file"
}
# From nothing to the first finding: an environment, the installation, and a check.
first_finding() {
    local label=$1 start end
    shift
    start=$(date +%s%N)
    "$@"
    "$work/$label/bin/airconn" check --isolated fixtures/invalid/bad-port.uris >/dev/null && fail "no finding" || true
    end=$(date +%s%N)
    printf 'wheels: %s, from nothing to the first finding: %d.%d s\n' "$label" $(((end - start) / 1000000000)) $(((end - start) / 100000000 % 10))
}
by_pip() { "$python" -m venv "$work/pip" && "$work/pip/bin/pip" install --quiet --no-index --find-links "$dist" airconn; }
by_uv() { "$release/uv" venv --quiet "$work/uv" && "$release/uv" pip install --quiet --python "$work/uv/bin/python" --no-index --find-links "$dist" airconn; }

for wheel in "$manylinux" "$musllinux"; do
    size=$(stat -c %s "$wheel")
    printf 'wheels: %s has %d.%d MB\n' "$(basename "$wheel")" $((size / 1000000)) $((size / 100000 % 10))
    [ "$size" -lt 10000000 ] || fail "$wheel has more than 10 MB"
    "$python" -m zipfile -l "$wheel" >"$work/listed"
    for due in LICENSE-THIRD-PARTY.txt LICENSE .cyclonedx.json; do grep -q -- "$due" "$work/listed" || fail "$wheel has no $due"; done
done
first_finding pip by_pip
works "$work/pip/bin/airconn"
first_finding uv by_uv
works "$work/uv/bin/airconn"
# Another system's wheel, which this one may still run as it needs nothing of it.
"$work/pip/bin/pip" install --quiet --no-index --no-deps --only-binary=:all: --platform musllinux_1_2_x86_64 --target "$work/musl" "$musllinux"
works "$work/musl/bin/airconn"
# Nothing listens on port 1: a probe that is in it comes as far as that.
for installed in "$work/pip/bin/airconn" "$work/musl/bin/airconn"; do
    code=0
    printf 'redshift://etl:pw@127.0.0.1:1/dev\n' | "$installed" probe --from uri --format json - >"$work/probe" 2>&1 || code=$?
    [ $code = 1 ] && grep -q '"cause":"connection-refused"' "$work/probe" || { cat "$work/probe"; fail "$installed has no live probe"; }
done
echo "wheels: install with pip and uv and run, the probe among it"

archive=airconn-x86_64-unknown-linux-musl.tar.gz
(cd "$dist" && sha256sum --quiet --check "$archive.sha256") || fail "the checksum of $archive"
mkdir "$work/empty"
tar -xzf "$dist/$archive" -C "$work"
cp "$work/airconn-x86_64-unknown-linux-musl/airconn" "$work/empty/"
if unshare --map-root-user true 2>/dev/null; then
    works unshare --map-root-user --root "$work/empty" /airconn
    echo "binary: runs in a root with nothing else in it"
else
    echo "not tried: the binary in an empty root, which needs unshare and user namespaces"
fi
if docker info >/dev/null 2>&1; then
    mkdir -p "$work/image/amd64"
    cp "$work/airconn-x86_64-unknown-linux-musl/"* "$work/image/amd64/"
    docker build --quiet --build-arg TARGETARCH=amd64 --file tools/ci/Dockerfile --tag airconn-try-release "$work/image" >/dev/null
    works docker run --rm --interactive airconn-try-release
    docker image rm airconn-try-release >/dev/null
    echo "binary: runs as an image"
else
    echo "not tried: the image, which needs Docker"
fi

# What the action does, from a stand-in for the page of releases.
version=$("$work/pip/bin/airconn" --version | cut -d ' ' -f 2)
mkdir -p "$work/releases/v$version"
cp "$dist/$archive" "$dist/$archive.sha256" "$work/releases/v$version/"
"$python" -u -m http.server --bind 127.0.0.1 --directory "$work/releases" 0 >"$work/server" 2>&1 &
server=$!
until grep -q '^Serving' "$work/server"; do kill -0 "$server"; sleep 0.1; done
AIRCONN_RELEASES=http://127.0.0.1:$(sed -n 's/.* port \([0-9]*\) .*/\1/p' "$work/server")
export AIRCONN_RELEASES
# No index either: what is not on the page is not to be had.
PIP_NO_INDEX=1 tools/ci/get-airconn.sh "$work/fetched"
works "$work/fetched/bin/airconn"
PATH="$work/fetched/bin:$PATH" AIRCONN_PATHS='fixtures/valid/connections.uris fixtures/valid/single.json' AIRCONN_ARGUMENTS='--isolated --airflow 2.11,3.3' \
    AIRCONN_FORMAT=github AIRCONN_SARIF="$work/a.sarif" tools/ci/ci-check.sh >/dev/null || fail "the script of action.yml"
[ -s "$work/a.sarif" ] || fail "the script of action.yml wrote no SARIF"
echo x >>"$work/releases/v$version/$archive"
! PIP_NO_INDEX=1 tools/ci/get-airconn.sh "$work/forged" 2>"$work/said" || fail "a forged archive is taken"
grep -q 'is not the published one' "$work/said" && [ ! -e "$work/forged/bin/airconn" ] || fail "a forged archive is not named"
rm "$work/releases/v$version/"*
PIP_NO_INDEX=1 PIP_FIND_LINKS=$dist tools/ci/get-airconn.sh "$work/by-pip" >/dev/null 2>&1 || fail "without an archive the wheel is not taken"
works "$work/by-pip/bin/airconn"
echo "download: the action takes the archive, refuses a forged one, and takes the wheel where there is none"

# The hooks of this repository as it is committed, for one who has no Rust.
export PRE_COMMIT_HOME=$work/pre-commit GIT_CONFIG_GLOBAL=/dev/null
git clone --quiet --no-local --depth 1 "file://$root" "$work/hooks"
mkdir "$work/repo" "$work/path"
for command in git bash sh env cat sed python3 dirname uname; do ln -s "$(command -v "$command")" "$work/path/"; done
cd "$work/repo"
git init --quiet
cat >.pre-commit-config.yaml <<EOT
repos:
  - repo: file://$work/hooks
    rev: $(git -C "$work/hooks" rev-parse HEAD)
    hooks:
      - id: airconn-check
      - id: airconn-fix
EOT
hooks() { env PATH="$tools:$work/path" PIP_NO_INDEX=1 PIP_FIND_LINKS="$dist" "$tools/pre-commit" run "$@" >"$work/log" 2>&1; }
printf "AIRFLOW_CONN_A='postgres://user:pw@host:port/db'\n" >bad.env
printf '{"name": "no connection"}\n' >package.json
git add .
code=0
hooks airconn-check || code=$?
[ $code = 1 ] && grep -q 'AC102' "$work/log" || { cat "$work/log"; fail "pre-commit did not find the bad file"; }
printf "AIRFLOW_CONN_A='postgres://user:pw@host:5432/db'\n" >bad.env
git add .
hooks || { cat "$work/log"; fail "pre-commit refuses good files"; }
printf "AIRFLOW_CONN_A='postgres://user:100%%@host:5432/db'\n" >bad.env
git add .
code=0
hooks airconn-fix || code=$?
[ $code = 1 ] && grep -q 'user:100%25@host' bad.env || { cat "$work/log" bad.env; fail "pre-commit did not repair a file"; }
echo "pre-commit: the hooks from the wheel, without a compiler, find a bad file, pass good ones and repair"

[ $source = yes ] || exit 0
# Whether it builds and works is the question here, not how fast it is.
export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$root/target}/hook
export CARGO_TARGET_DIR
printf "AIRFLOW_CONN_A='postgres://user:pw@host:port/db'\n" >bad.env
sed -i 's/- id: airconn-check/&\n        language: rust/' .pre-commit-config.yaml
git add .
code=0
"$tools/pre-commit" run airconn-check >"$work/log" 2>&1 || code=$?
[ $code = 1 ] && grep -q 'AC102' "$work/log" || { cat "$work/log"; fail "pre-commit with the hook from source"; }
echo "source: the hook from source finds a bad file"
"$python" -m venv "$work/git"
"$work/git/bin/pip" install --quiet "git+file://$work/hooks"
works "$work/git/bin/airconn"
echo "source: pip builds and installs a commit"
