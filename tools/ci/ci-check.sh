#!/usr/bin/env bash
# `airconn check` as a step of CI, told by variables what to do: the script of action.yml.
#
# AIRCONN_PATHS, AIRCONN_ARGUMENTS: words separated by blanks; AIRCONN_FORMAT: the report on standard output; AIRCONN_SARIF: a file for
# a SARIF report, or nothing. Nothing in them is run by the shell.
set -euo pipefail

read -ra paths <<<"${AIRCONN_PATHS:-.}"
read -ra arguments <<<"${AIRCONN_ARGUMENTS:-}"
reports=(--format "${AIRCONN_FORMAT:-human}")
[ -z "${AIRCONN_SARIF:-}" ] || reports+=(--format "sarif=$AIRCONN_SARIF")
exec airconn check "${reports[@]}" ${arguments[@]+"${arguments[@]}"} -- "${paths[@]}"
