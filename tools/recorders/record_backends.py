#!/usr/bin/env python3
"""Asks the real secrets backends what they make of secrets, with clients that answer from a list: fixtures/backends.jsonl.

Run it with the python that `tools/oracles/airflow-venv.sh 3.3.2` prints. The provider packages are fetched with pip, without their
dependencies: only the modules of the backends are loaded, from their files.
"""

import importlib.util
import json
import pathlib
import subprocess
import sys
import tempfile
import types
import zipfile

TARGET = pathlib.Path(__file__).resolve().parents[2] / "fixtures" / "backends.jsonl"

# 7.0.0 is the first that has words of its own for the fields of JSON secrets.
AMAZON = ["6.2.0", "7.0.0", "7.4.1", "8.29.0", "9.39.0"]
AMAZON_MODULE = "airflow/providers/amazon/aws/secrets/secrets_manager.py"
VAULT_PACKAGE = ("apache-airflow-providers-hashicorp==4.8.4", "airflow/providers/hashicorp/secrets/vault.py")

FIELDS = {"login": ["login", "user", "username", "user_name"], "password": ["password", "pass", "key"],
          "host": ["host", "remote_host", "server"], "schema": ["database", "schema", "dbname", "db"],
          "conn_type": ["conn_type", "conn_id", "connection_type", "engine", "type"]}

SECRETS = [
    "redshift://etl:p%40ss@h.example.com:5439/dev?a=1",
    " redshift://etl@h.example.com ",
    '{"engine": "redshift", "username": "etl", "password": "made-up", "host": "h.example.com", "port": 5439, "dbname": "dev"}',
    '{"engine": "postgres", "username": "u", "password": "p", "host": "h", "port": "5432", "database": "d", "schema": "s"}',
    '{"schema": "s", "database": "d", "conn_type": "x"}',
    '{"conn_id": "a", "conn_type": "x"}',
    '{"conn_type": "x", "conn_id": "a"}',
    '{"conn_type": "my-type", "extra": {"a": 1, "b": null}}',
    '{"conn_type": "x", "extra": "{\\"a\\": 1}"}',
    '{"conn_type": "x", "extra": "a"}',
    '{"conn_type": "x", "extra": ""}',
    '{"conn_type": "x", "description": "d", "extra_dejson": {"a": 1}}',
    '{"conn_type": "x", "port": "abc"}',
    '{"conn_type": "x", "port": 0}',
    '{"conn_type": "x", "password": 5}',
    '{"conn_type": "x", "key": "k", "pass": "p", "password": "w"}',
    '{"host": "h"}',
    '{"conn_type": "x", "conn_type": "y", "login": "a", "user": "b"}',
    '  {"conn_type": "x", "user": "\\u00e9"}\n',
    '{"conn_type": "x", "login": null, "user": "b"}',
    "{}",
    "{'conn_type': 'x'}",
    '[{"conn_type": "x"}]',
    "text",
]
SECRETS += [json.dumps({"conn_type": "x", word: "v"}) for words in FIELDS.values() for word in words]

VAULT = [
    {"conn_uri": "redshift://etl:p%40ss@h.example.com:5439/dev"},
    {"conn_uri": "", "conn_type": "x"},
    {"conn_type": "redshift", "host": "h", "login": "l", "password": "p", "schema": "s", "port": 5439, "extra": {"iam": True}},
    {"conn_type": "x", "extra": "{\"a\": 1}", "port": "80"},
    {"conn_type": "x", "user": "u"},
    {"conn_type": "x", "conn_id": "a"},
    {"conn_type": "my-type", "description": "d"},
    {"conn_uri": "x://h", "conn_type": "y"},
    {"host": "h"},
    {},
]


def load(package, path, folder):
    subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, package], check=True)
    wheel = next(pathlib.Path(folder).glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extract(path, folder)
    # What the modules import from their packages plays no part in reading.
    for name in ("airflow.compat", "airflow.compat.functools", "airflow.providers.amazon", "airflow.providers.amazon.aws", "airflow.providers.amazon.aws.utils",
                 "airflow.providers.hashicorp", "airflow.providers.hashicorp._internal_client",
                 "airflow.providers.hashicorp._internal_client.vault_client"):
        module = sys.modules.setdefault(name, types.ModuleType(name))
        module.get_airflow_version = lambda: (3, 3, 2)
        module.trim_none_values, module.cached_property = dict, property
        module._VaultClient = lambda **_: None
    spec = importlib.util.spec_from_file_location(pathlib.Path(path).stem, pathlib.Path(folder) / path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def answer(backend):
    try:
        c = backend.get_connection("a")
    except Exception as error:
        return {"error": type(error).__name__}
    return None if c is None else {name: getattr(c, name) for name in ("conn_type", "description", "host", "login", "password", "schema", "port", "extra")}


def main():
    # Airflow logs to standard output: the answers go straight into the file.
    with open(TARGET, "w") as out:
        for version in AMAZON:
            with tempfile.TemporaryDirectory() as folder:
                amazon = load(f"apache-airflow-providers-amazon=={version}", AMAZON_MODULE, folder)
                for secret in SECRETS:
                    backend = amazon.SecretsManagerBackend()
                    # The call to AWS was a part of _get_secret once.
                    backend._get_secret = lambda *_, secret=secret: secret
                    case = {"format": "aws-secrets", "amazon": version, "secret": secret, "answer": answer(backend)}
                    print(json.dumps(case), file=out)
        with tempfile.TemporaryDirectory() as folder:
            vault = load(*VAULT_PACKAGE, folder)
            for secret in VAULT:
                backend = vault.VaultBackend()
                backend.vault_client = types.SimpleNamespace(get_secret=lambda secret_path, secret=secret: secret)
                print(json.dumps({"format": "vault", "secret": json.dumps(secret), "answer": answer(backend)}), file=out)


main()
