#!/usr/bin/env bash
# Fetches the released airconn of one version into a folder: the first step of action.yml. Needs no compiler.
#
#   tools/ci/get-airconn.sh FOLDER [VERSION]
#
# The archive of a release is taken if its SHA-256 is the published one; where there is none for this system, pip installs the
# wheel. VERSION is that of this checkout unless told. AIRCONN_RELEASES: where the releases are, such as
# https://github.com/OWNER/airconn/releases/download. The command is left in FOLDER/bin.
set -euo pipefail

[ $# -ge 1 ] || { echo 'usage: tools/ci/get-airconn.sh FOLDER [VERSION]' >&2; exit 2; }
folder=$1
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
version=${2:-$(sed -n 's/^version = "\(.*\)"$/\1/p' "$root/Cargo.toml" | head -n 1)}
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+([-.+a-z0-9]*)$ ]] || { echo "get-airconn.sh: \`$version\` is not a version" >&2; exit 2; }

say() { printf 'get-airconn.sh: %s\n' "$*" >&2; }

case $(uname -s)-$(uname -m) in
    Linux-x86_64) target=x86_64-unknown-linux-musl ;;
    Linux-aarch64 | Linux-arm64) target=aarch64-unknown-linux-musl ;;
    Darwin-x86_64) target=x86_64-apple-darwin ;;
    Darwin-arm64) target=aarch64-apple-darwin ;;
    MINGW*-x86_64 | MSYS*-x86_64) target=x86_64-pc-windows-msvc ;;
    *) target='' ;;
esac
archive=airconn-$target.tar.gz
[[ $target != *windows* ]] || archive=airconn-$target.zip

sum() {
    if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$folder/bin"

get() { curl --fail --silent --show-error --location --retry 3 --output "$work/$1" "$AIRCONN_RELEASES/v$version/$1"; }

if [ -n "$target" ] && [ -n "${AIRCONN_RELEASES:-}" ] && get "$archive" && get "$archive.sha256"; then
    expected=$(cut -d ' ' -f 1 "$work/$archive.sha256")
    # A file that is not the published one is an attack or an accident: nothing else is tried in its place.
    [ "$(sum "$work/$archive")" = "$expected" ] || { say "the SHA-256 of $archive is not the published one"; exit 1; }
    if [[ $archive == *.zip ]]; then unzip -q "$work/$archive" -d "$work"; else tar -xzf "$work/$archive" -C "$work"; fi
    cp "$work/airconn-$target/airconn"* "$folder/bin/"
else
    say "no archive of airconn $version for $(uname -s) $(uname -m); installing the wheel"
    python=$(command -v python3 || command -v python)
    "$python" -m venv "$work/python"
    scripts=$work/python/bin
    [ -d "$scripts" ] || scripts=$work/python/Scripts
    "$scripts/pip" install --quiet --disable-pip-version-check --no-deps --only-binary=:all: "airconn==$version"
    cp "$scripts/airconn"* "$folder/bin/"
fi
"$folder/bin/airconn" --version
