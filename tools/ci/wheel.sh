#!/usr/bin/env bash
# Builds the wheel, installs it with pip into a fresh environment and runs it. With --pre-commit, real pre-commit runs it as a hook in a
# new repository; with --source too, the hooks of this repository, which build airconn anew (some minutes, the first time).
#
# Needs Python with venv and PyPI (maturin and pre-commit, once). The wheel is left in target/wheels.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root=$PWD
python=${PYTHON:-python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

tools=$(tools/oracles/python-venv.sh tools)
tools=$(dirname "$tools")
rm -rf target/wheels
"$tools/maturin" build --release --out target/wheels
wheels=(target/wheels/*.whl)
[ ${#wheels[@]} = 1 ] || fail "not one wheel: ${wheels[*]}"
wheel=$root/${wheels[0]}

"$python" -m venv "$work/user"
"$work/user/bin/pip" install --quiet --no-index "$wheel"
installed=$work/user/bin/airconn
"$installed" --version
"$installed" check --isolated fixtures/valid/connections.uris >/dev/null || fail "the installed binary refuses a good file"
code=0
"$installed" check --isolated fixtures/invalid/bad-port.uris >/dev/null || code=$?
[ $code = 1 ] || fail "the installed binary ends with $code on a bad file"
# Nothing listens on port 1: a probe that is in it comes as far as that.
code=0
printf 'redshift://etl:pw@127.0.0.1:1/dev\n' | "$installed" probe --from uri --format json - >"$work/probe" 2>&1 || code=$?
[ $code = 1 ] && grep -q '"cause":"connection-refused"' "$work/probe" || { cat "$work/probe"; fail "the installed binary has no live probe"; }
PATH="$work/user/bin:$PATH" AIRCONN_PATHS='fixtures/valid/connections.uris fixtures/valid/single.json' AIRCONN_ARGUMENTS='--isolated --airflow 2.11,3.3' \
    AIRCONN_FORMAT=github AIRCONN_SARIF="$work/a.sarif" tools/ci/ci-check.sh >/dev/null || fail "the script of action.yml"
[ -s "$work/a.sarif" ] || fail "the script of action.yml wrote no SARIF"
echo "wheel: $(basename "$wheel") installs and runs"

[ "${1:-}" = --pre-commit ] || exit 0
export PRE_COMMIT_HOME=$work/pre-commit GIT_CONFIG_GLOBAL=/dev/null
mkdir "$work/repo"
cd "$work/repo"
git init --quiet
cat >.pre-commit-config.yaml <<EOT
repos:
  - repo: local
    hooks:
      - id: airconn-check
        name: airconn check
        entry: airconn check --only-connections --force-exclude
        language: python
        additional_dependencies: ["$wheel"]
        types: [text]
      - id: airconn-fix
        name: airconn check --fix
        entry: airconn check --fix --only-connections --force-exclude
        language: python
        additional_dependencies: ["$wheel"]
        types: [text]
EOT
printf "AIRFLOW_CONN_A='postgres://user:pw@host:port/db'\n" >bad.env
printf '{"name": "no connection"}\n' >package.json
git add .
code=0
"$tools/pre-commit" run airconn-check >"$work/log" 2>&1 || code=$?
[ $code = 1 ] && grep -q 'AC102' "$work/log" || { cat "$work/log"; fail "pre-commit did not find the bad file"; }
printf "AIRFLOW_CONN_A='postgres://user:pw@host:5432/db'\n" >bad.env
git add .
"$tools/pre-commit" run >"$work/log" 2>&1 || { cat "$work/log"; fail "pre-commit refuses good files"; }
printf "AIRFLOW_CONN_A='postgres://user:100%%@host:5432/db'\n" >bad.env
git add .
code=0
"$tools/pre-commit" run airconn-fix >"$work/log" 2>&1 || code=$?
[ $code = 1 ] && grep -q 'user:100%25@host' bad.env || { cat "$work/log" bad.env; fail "pre-commit did not repair a file"; }
echo "pre-commit: the hooks from the wheel find a bad file, pass good ones and repair"

[ "${2:-}" = --source ] || exit 0
printf "AIRFLOW_CONN_A='postgres://user:pw@host:port/db'\n" >bad.env
git add .
code=0
# Whether it builds and works is the question here, not how fast it is.
export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$root/target}/hook "$tools/pre-commit" try-repo "$root" airconn-check --all-files >"$work/log" 2>&1 || code=$?
[ $code = 1 ] && grep -q 'AC102' "$work/log" || { cat "$work/log"; fail "pre-commit with the hooks of this repository"; }
echo "pre-commit: the hook from source finds a bad file"
