#!/usr/bin/env bash
# Labels rows with the real hooks, without a network.
# usage: run.sh PYTHON TYPE[,TYPE] ROWS.jsonl LABELS.jsonl
# PYTHON is that of an environment with requirements.txt, not below /opt. Needs root, or namespaces of users.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
python=$(realpath -s "$1")
rows=$(realpath "$3")
labels=$(realpath -m "$4")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bash "$here/keys.sh" "$work/keys"
printf 'hosts: files\npasswd: files\n' > "$work/nsswitch"
python3 - "$rows" > "$work/hosts" << 'PYTHON'
import re
import sys

names = set()
for line in open(sys.argv[1]):
    names |= set(re.findall(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", line.replace("\\n", " ")))
print("127.0.0.1 localhost")
for name in sorted(name for name in names if len(name) < 100):
    print("198.51.100.7", name)
PYTHON
cd "$work"
mapped=()
[ "$(id -u)" -eq 0 ] || mapped=(-r)
unshare "${mapped[@]}" -n -m sh -ec '
    mount --bind nsswitch /etc/nsswitch.conf
    mount --bind hosts /etc/hosts
    mount -t tmpfs none /opt
    mkdir -p /opt/airflow/keys /opt/airflow/aws
    cp keys/* /opt/airflow/keys/
    chmod 600 /opt/airflow/keys/*
    printf "[profile etl]\nregion = eu-west-1\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n" > /opt/airflow/aws/config
    : > /opt/airflow/aws/credentials
    exec "$0" "$1" "$2" < "$3" > "$4"' "$python" "$here/label.py" "$2" "$rows" "$labels"
