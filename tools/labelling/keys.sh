#!/usr/bin/env bash
# Makes the throw-away keys and files that rows name as /opt/airflow/keys/…
# usage: keys.sh FOLDER (needs openssl and ssh-keygen)
set -euo pipefail
umask 077
mkdir -p "$1"
cd "$1"
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=example.com -days 3650 -keyout rsa_pkcs8.pem -out cert.pem 2> /dev/null
openssl rsa -traditional -in rsa_pkcs8.pem -out rsa_pkcs1.pem 2> /dev/null
openssl pkcs8 -topk8 -passout pass:made-up -in rsa_pkcs8.pem -out rsa_pkcs8_enc.pem
ssh-keygen -q -t ed25519 -N '' -C made-up -f id_ed25519
ssh-keygen -q -t ed25519 -N made-up -C made-up -f id_ed25519_enc
ssh-keygen -q -t rsa -b 2048 -N '' -C made-up -f id_rsa_openssh
printf 'eyJhbGciOi.e30.x' > token
cat > kubeconfig << 'JSON'
{"apiVersion": "v1", "kind": "Config", "current-context": "x",
 "clusters": [{"name": "c", "cluster": {"server": "https://k8s.example.com:6443"}}],
 "users": [{"name": "u", "user": {"token": "made-up"}}], "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}]}
JSON
python3 - << 'PYTHON'
import json
account = {"type": "service_account", "project_id": "example-project", "private_key_id": "0123456789abcdef", "client_id": "123456789012345678901",
           "private_key": open("rsa_pkcs8.pem").read(), "client_email": "etl@example-project.iam.gserviceaccount.com",
           "token_uri": "https://oauth2.googleapis.com/token"}
json.dump(account, open("sa.json", "w"))
PYTHON
