#!/usr/bin/env python3
"""Has the command line of real Airflows add connections, and keeps what came of it: fixtures/airflow/connections_add.jsonl.

    tools/recorders/record_connections_add.py            writes it anew
    tools/recorders/record_connections_add.py --check    says whether it still is what Airflow does

Each line is one command: its arguments behind `airflow connections add`, and by version the row that was stored, or what
the parser or Airflow ended with.
"""

import json
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "oracles"))
import real_airflow  # noqa: E402

ROOT = real_airflow.ROOT
TARGET = ROOT / "fixtures" / "airflow" / "connections_add.jsonl"
VERSIONS = ["2.3.4-providers", "2.6.2-amazon-7.4.1", "2.11.2-amazon-9.39.0", "3.3.2-amazon-9.39.0"]

URI = "postgresql://app:pw@db.example.com:5432/app"
COMMANDS = [
    ["a", "--conn-uri", URI],
    ["a", f"--conn-uri={URI}"],
    ["--conn-uri", URI, "a"],
    ["--conn-uri", URI, "--", "a"],
    ["a", "--conn-u", URI],
    ["a", "--conn-uri", URI + "?sslmode=prefer&a=b"],
    ["a", "--conn-uri", URI + "?a=b", "--conn-extra", '{"sslmode": "require"}'],
    ["a", "--conn-uri", URI, "--conn-extra", '{"sslmode": "require"}'],
    ["a", "--conn-uri", URI + "?a=b", "--conn-extra", ""],
    ["a", "--conn-uri", URI, "--conn-description", "the app"],
    ["a", "--conn-uri", URI, "--conn-type", "postgres"],
    ["a", "--conn-uri", URI, "--conn-login", ""],
    ["a", "--conn-uri", URI, "--conn-json", '{"conn_type": "http"}'],
    ["a", "--conn-uri", "", "--conn-type", "http"],
    ["a", "--conn-uri", "://u:p@h.example.com:42/s"],
    ["a", "--conn-uri", "//u:p@h.example.com:42/s"],
    ["a", "--conn-uri", "nonsense"],
    ["a", "--conn-uri", "u:p@h.example.com/db"],
    ["a", "--conn-uri", "h.example.com:5432"],
    ["a", "--conn-uri", "postgres:///db"],
    ["a", "--conn-uri", "aws://"],
    ["a", "--conn-uri", "http://?a=b"],
    ["a", "--conn-json", '{"conn_type": "http", "host": "h"}'],
    ["a", "--conn-json", '{"conn_type": "http"}', "--conn-extra", '{"a": 1}'],
    ["a", "--conn-json", '{"conn_type": "http"}', "--conn-extra", ""],
    ["a", "--conn-json", '{"conn_type": "http"}', "--conn-description", "d"],
    ["a", "--conn-json", '{"conn_type": "http"}', "--conn-host", "h"],
    ["a", "--conn-json", '{"host": "h"}'],
    ["a", "--conn-json", '{"conn_type": "", "host": "h"}'],
    ["a", "--conn-json", "{'conn_type': 'http'}"],
    ["a", "--conn-type", "http", "--conn-host", "h", "--conn-port", "80", "--conn-login", "l", "--conn-password", "p", "--conn-schema", "s"],
    ["a", "--conn-type", "http", "--conn-extra", '{"a": 1}'],
    ["a", "--conn-type", "http", "--conn-extra", ""],
    ["a", "--conn-type", "http", "--conn-host", ""],
    ["a", "--conn-type", "http", "--conn-password=-x"],
    ["a", "--conn-type", "http", "--conn-password", "-x"],
    ["a", "--conn-type", "http", "--conn-password", "-1"],
    ["a", "--conn-type", "http", "--conn-password", "-a b"],
    ["a", "--conn-type", "http", "--conn-password", "--x"],
    ["a", "--conn-type", "http", "--conn-password"],
    ["a", "--conn-type", "http", "--conn-password", "--", "x"],
    ["a", "--conn-type", "http", "--conn-p", "x"],
    ["a", "--conn-type", "http", "--conn-pa", "x"],
    ["a", "--conn-type", "http", "b"],
    ["a", "--conn-type", "http", "--verbose"],
    ["a", "--conn-type", "http", "--conn-host", "one", "--conn-host", "two"],
    ["a", "--conn_type", "http"],
    ["a", "--type", "http"],
    ["a", "--conn-id", "b", "--conn-type", "http"],
    ["--conn-type", "http"],
    ["a"],
    ["a", "--conn-host", "h"],
    ["a", "--conn-type", ""],
    ["a", "--conn-type", "aws"],
    ["a", "--conn-type", "redshift"],
    ["a", "--conn-type", "Redshift"],
    ["a", "--conn-type", "Amazon Redshift"],
    ["a", "--conn-type", "File"],
    ["a", "--conn-type", "s3"],
    ["a", "--conn-type", "postgresql"],
    ["a", "--conn-type", "pg"],
    ["a", "--conn-type", "generic"],
    ["a", "--conn-type", "email"],
    ["a", "--conn-type", "HTTP"],
    ["a b", "--conn-type", "http"],
    ["-a", "--conn-type", "http"],
    ["--conn-type", "http", "--", "-a"],
    ["", "--conn-type", "http"],
]

RUN = """
import io, json, os, sys, warnings, contextlib
warnings.simplefilter("ignore")
from airflow import settings
from airflow.cli import cli_parser
from airflow.models import Connection
settings.configure_orm()
parser = cli_parser.get_parser()
fields = ("conn_type", "description", "host", "login", "password", "schema", "port", "extra")
answers = []
for command in json.load(sys.stdin):
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            args = parser.parse_args(["connections", "add", *command])
            args.func(args)
        session = settings.Session()
        row = session.query(Connection).one()
        answers.append({"id": row.conn_id, **{f: getattr(row, f) for f in fields}})
    except SystemExit as end:
        answers.append({"!": "parser" if end.code == 2 else "SystemExit"})
    except Exception as error:
        answers.append({"!": type(error).__name__})
    session = settings.Session()
    session.rollback()
    session.query(Connection).delete()
    session.commit()
print("\\n" + json.dumps(answers))
"""


def told(version, folder):
    """What this Airflow did with each command."""
    airflow = real_airflow.Airflow(version, folder)
    airflow.airflow("db", "init" if version.startswith("2.3") or version.startswith("2.6") else "migrate")
    # The default connections are in the way.
    airflow.run("-c", "from airflow import settings; from airflow.models import Connection; settings.configure_orm(); "
                      "s = settings.Session(); s.query(Connection).delete(); s.commit()")
    return json.loads(airflow.run("-c", RUN, stdin=json.dumps(COMMANDS)).splitlines()[-1])


def main(arguments):
    if arguments not in ([], ["--check"]):
        sys.exit(__doc__)
    answers = {}
    for version in VERSIONS:
        with tempfile.TemporaryDirectory() as folder:
            answers[version.split("-")[0]] = told(version, Path(folder))
    lines = [
        json.dumps({"arguments": command, "answers": {v: a[i] for v, a in answers.items()}}) + "\n"
        for i, command in enumerate(COMMANDS)
    ]
    real_airflow.keep("".join(lines), TARGET, check=bool(arguments))
    print(f"{len(lines)} commands, {len(VERSIONS)} versions of Airflow")


if __name__ == "__main__":
    main(sys.argv[1:])
