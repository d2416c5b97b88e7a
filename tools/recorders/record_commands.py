#!/usr/bin/env python3
"""Has real Airflow do what pages of rules say that it does, and keeps what came of it: fixtures/airflow/commands.jsonl.

    tools/recorders/record_commands.py            writes it anew
    tools/recorders/record_commands.py --check    says whether it still is what Airflow does

With Airflow 2.11.2 and 3.3.2, of each a fresh database:

  export-json-env   `connections export x.env --serialization-format json` and `connections import x.env` (AC110)
  repeated-key      `connections add --conn-json` and `connections import` of connections with a key that stands twice (AC111)
  get-hook          what `get_hook()` says to connections whose type no provider has (AC210)
  cache             what `[secrets] use_cache` hands out, and what was put into it (AC211)

and with 3.3.2 and the provider of Snowflake:

  snowflake         what SnowflakeHook would connect with (AC210)
"""

import json
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "oracles"))
import real_airflow  # noqa: E402

ROOT = real_airflow.ROOT
TARGET = ROOT / "fixtures" / "airflow" / "commands.jsonl"
VERSIONS = ["2.11.2", "3.3.2"]

EXPORTED = {
    "dwh": {"conn_type": "postgres", "host": "db.example.com", "login": "etl", "password": "made-up", "schema": "dwh"},
    "api": {"conn_type": "http", "host": "https://api.example.com", "password": "p@:/", "extra": '{"timeout": 5}'},
    "bare": {"conn_type": "fs"},
}

REPEATED = {
    "field": '{"conn_type": "postgres", "host": "db1.example.com", "login": "etl", "host": "db2.example.com"}',
    "extra": '{"conn_type": "postgres", "host": "db.example.com", "extra": "{\\"sslmode\\": \\"require\\", \\"sslmode\\": \\"disable\\"}"}',
    "inner": '{"conn_type": "aws", "extra": {"assume_role_kwargs": {"ExternalId": "one", "ExternalId": "two"}}}',
    "same": '{"conn_type": "postgres", "host": "db.example.com", "login": "etl", "host": "db.example.com"}',
}

URLS = [
    "postgresql+psycopg2://etl:made-up@db.example.com:5432/dwh",
    "mysql+pymysql://etl:made-up@db.example.com:3306/dwh?charset=utf8mb4",
    "redshift+redshift_connector://etl:made-up@db.example.com:5439/dev",
    "oracle+cx_oracle://etl:made-up@db.example.com:1521/dwh",
    "mssql+pyodbc://etl:made-up@db.example.com:1433/dwh",
    "jdbc:redshift://db.example.com:5439/dev",
    "jdbc:postgresql://db.example.com:5432/dwh?user=etl",
    "host=db.example.com port=5432 dbname=dwh user=etl",
]

CACHED = [
    '{"conn_type": "HTTPS", "host": "https://api.example.com"}',
    '{"conn_type": "http", "host": "http://api.example.com", "login": "etl"}',
    '{"conn_type": "http", "host": "https://api.example.com"}',
    '{"conn_type": "http", "host": "my_proto://api.example.com"}',
    '{"conn_type": "my type", "host": "api.example.com"}',
    '{"conn_type": "1st", "host": "api.example.com"}',
    '{"conn_type": "caf\\u00e9", "host": "api.example.com"}',
    '{"conn_type": "postgres", "host": "db.example.com", "port": -1}',
    '{"conn_type": "postgres", "host": "db.example.com", "port": 70000}',
    '{"conn_type": "postgres", "host": "db.example.com", "login": "etl", "password": "p@ss:w/or#d?&+ %", "schema": "a/b c", "port": 5432}',
    '{"conn_type": "postgres", "host": "db.example.com", "extra": {"sslmode": "require", "keepalives": 1}}',
    '{"conn_type": "aws", "login": "AKIAIOSFODNN7EXAMPLE", "password": "made/up+key", "extra": {"region_name": "us-west-1", "a": {"b": null}}}',
    '{"conn_type": "jdbc", "host": "jdbc:db2://db.example.com:50000/DWH", "login": "etl"}',
    '{"conn_type": "spark", "host": "spark://spark.example.com", "port": 7077}',
    '{"conn_type": "google_cloud_platform", "extra": {"project": "example"}}',
]

SNOWFLAKE = [
    "snowflake://etl:made-up@example-ab12345/RAW/PUBLIC?warehouse=LOADING",
    "snowflake://etl:made-up@/PUBLIC?account=example-ab12345&database=RAW&warehouse=LOADING",
]

FIELDS = ("conn_type", "description", "host", "login", "password", "schema", "port", "extra")

# The rows of the database, as this Airflow reads them.
ROWS = """
import json
from airflow import settings
from airflow.models import Connection
settings.configure_orm()
rows = {}
for c in settings.Session().query(Connection):
    rows[c.conn_id] = {f: getattr(c, f) for f in %r}
print("\\n" + json.dumps(rows, sort_keys=True))
""" % (FIELDS,)

GET_HOOK = """
import json, sys
from airflow.models import Connection
told = []
for url in json.load(sys.stdin):
    connection = Connection(conn_id="c", uri=url)
    try:
        hook = type(connection.get_hook()).__name__
    except Exception as error:
        hook = {"!": [type(error).__name__, str(error)]}
    told.append({"conn_type": connection.conn_type, "host": connection.host, "hook": hook})
print("\\n" + json.dumps(told))
"""

ASK_SNOWFLAKE = """
import json, os, sys
from airflow.providers.snowflake.hooks.snowflake import SnowflakeHook
told = []
for url in json.load(sys.stdin):
    os.environ["AIRFLOW_CONN_C"] = url
    arguments = SnowflakeHook("c")._get_conn_params()
    told.append({k: arguments.get(k) for k in ("account", "database", "schema", "warehouse", "host", "user")})
print("\\n" + json.dumps(told))
"""

# The second reading is the one that the cache answers.
CACHE = """
import json, os, sys
os.environ["AIRFLOW__SECRETS__USE_CACHE"] = "True"
from airflow.models import Connection
try:
    from airflow.sdk.execution_time.cache import SecretCache
except ImportError:
    from airflow.secrets.cache import SecretCache
def fields(read):
    try:
        connection = read()
        return {f: getattr(connection, f) for f in %r}
    except Exception as error:
        return {"!": type(error).__name__}
if __name__ == "__main__":
    SecretCache.init()
    told = []
    for i, text in enumerate(json.load(sys.stdin)):
        os.environ["AIRFLOW_CONN_C%%d" %% i] = text
        read = lambda: Connection.get_connection_from_secrets("c%%d" %% i)
        first, second = fields(read), fields(read)
        told.append({"first": first, "second": second, "uri": SecretCache.get_connection_uri("c%%d" %% i)})
    print("\\n" + json.dumps(told))
""" % (FIELDS,)


def last(text):
    return json.loads(text.splitlines()[-1])


def runs(version, folder):
    """What this Airflow did, one dictionary for each thing that it was asked for."""
    def fresh(name):
        home = folder / name
        home.mkdir()
        airflow = real_airflow.Airflow(version, home)
        airflow.airflow("db", "migrate")
        return airflow

    one, other = fresh("one"), fresh("other")
    source, env = folder / "source.json", folder / "x.env"
    source.write_text(json.dumps(EXPORTED))
    one.airflow("connections", "import", source)
    one.airflow("connections", "export", env, "--serialization-format", "json")
    said = other.airflow("connections", "import", env)
    ids = sorted(conn_id for conn_id in EXPORTED if f"Imported connection {conn_id}" in said)
    yield {"run": "export-json-env", "exported": env.read_text(), "imported": ids, "rows": last(other.run("-c", ROWS))}

    third = fresh("third")
    file = folder / "repeated.json"
    file.write_text("{" + ", ".join(f'"file_{name}": {text}' for name, text in REPEATED.items()) + "}")
    third.airflow("connections", "import", file)
    for name, text in REPEATED.items():
        third.airflow("connections", "add", f"added_{name}", "--conn-json", text)
    yield {"run": "repeated-key", "file": file.read_text(), "added": REPEATED, "rows": last(third.run("-c", ROWS))}

    for url, told in zip(URLS, last(third.run("-c", GET_HOOK, stdin=json.dumps(URLS)))):
        yield {"run": "get-hook", "uri": url, **told}

    # A process of its own manages the cache, and has to find the program in a file.
    program = folder / "cache_run.py"
    program.write_text(CACHE)
    for text, told in zip(CACHED, last(third.run(program, stdin=json.dumps(CACHED)))):
        yield {"run": "cache", "value": text, **told}


def snowflake(folder):
    airflow = real_airflow.Airflow("3.3.2-snowflake", folder)
    for url, told in zip(SNOWFLAKE, last(airflow.run("-c", ASK_SNOWFLAKE, stdin=json.dumps(SNOWFLAKE)))):
        yield {"run": "snowflake", "uri": url, "arguments": told}


def main(arguments):
    if arguments not in ([], ["--check"]):
        sys.exit(__doc__)
    lines = []
    for version in VERSIONS:
        with tempfile.TemporaryDirectory() as folder:
            lines += [json.dumps({"airflow": version, **run}) + "\n" for run in runs(version, Path(folder))]
    with tempfile.TemporaryDirectory() as folder:
        lines += [json.dumps({"airflow": "3.3.2", **run}) + "\n" for run in snowflake(Path(folder))]
    real_airflow.keep("".join(lines), TARGET, check=bool(arguments))
    print(f"{len(lines)} runs, {len(VERSIONS)} versions of Airflow")


if __name__ == "__main__":
    main(sys.argv[1:])
