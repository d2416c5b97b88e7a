#!/usr/bin/env python3
"""Asks real Airflow what it reads from the samples in fixtures/wild: fixtures/airflow/wild.jsonl.gz.

    tools/recorders/record_wild.py            writes it anew
    tools/recorders/record_wild.py --check    says whether it still is what Airflow answers

Variables of `.env` files are those that a real shell hands over after it has sourced the file; files of connections go to
load_connections_dict as they are. Airflow 2.11.2 and 3.3.2, server and worker, are asked.
"""

import json
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "oracles"))
import real_airflow  # noqa: E402

ROOT = real_airflow.ROOT
WILD = ROOT / "fixtures" / "wild"
TARGET = ROOT / "fixtures" / "airflow" / "wild.jsonl.gz"


def unquoted(path):
    """The variables of a file for `docker run --env-file`."""
    for line in path.read_text().splitlines():
        name, _, value = line.partition("=")
        if name.startswith(real_airflow.PREFIX):
            yield name.removeprefix(real_airflow.PREFIX).lower(), value


def cases():
    for path in sorted(WILD.rglob("*")):
        name = path.relative_to(WILD).as_posix()
        first = name.split("/")[0]
        is_dotenv = path.suffix == ".env" or path.name == ".env"
        if first == "airflow-core" and path.name.startswith("local-filesystem") or path.name == "defaults.yaml" or name.endswith("-extras.json"):
            yield {"id": f"w-{name}", "kind": "file", "ext": path.suffix[1:], "content": path.read_text()}
        elif path.name == "env.list" or is_dotenv:
            for conn_id, value in unquoted(path) if path.name == "env.list" else real_airflow.sourced(path):
                yield {"id": f"w-{name}#{conn_id}", "kind": "envvalue", "value": value, "file": name, "conn_id": conn_id}
        elif path.suffix == ".uris":
            for number, line in enumerate(path.read_text().splitlines(), 1):
                yield {"id": f"w-{name}#{number}", "kind": "uri", "uri": line}
        elif first == "airflow-core" and path.suffix == ".json":
            yield {"id": f"w-{name}", "kind": "json", "value": path.read_text().rstrip("\n")}
        elif path.name == "connections.jsonl":
            for line in path.read_text().splitlines():
                fields = json.loads(line)
                yield {"id": f"w-{name}#{fields['conn_id']}", "kind": "fields", "fields": fields}
        elif path.name == "parameters.json":
            for parameter in json.loads(path.read_text())["Parameters"]:
                conn_id = parameter["Name"].rsplit("/", 1)[-1]
                yield {"id": f"w-{name}#{conn_id}", "kind": "envvalue", "value": parameter["Value"], "file": name, "conn_id": conn_id}


if __name__ == "__main__":
    real_airflow.record(cases(), TARGET, __doc__)
