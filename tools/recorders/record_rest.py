#!/usr/bin/env python3
"""What the API server of Airflow makes of bodies: its own pydantic model, run on each.

    tools/oracles/airflow-venv.sh 3.3.2 && PYTHON tools/recorders/record_rest.py > fixtures/rest/bodies.jsonl

A line has the body, and either `refused`, the field that the model refuses first, or `port`, what
it makes of the port. Nothing is sent anywhere.
"""

import json
import warnings

warnings.filterwarnings("ignore")

from airflow import __version__
from airflow.api_fastapi.core_api.datamodels.connections import ConnectionBody
from pydantic import VERSION, ValidationError

BASE = {"connection_id": "dwh", "conn_type": "postgres"}
PORTS = [
    "abc", 5432.9, 5432.0, -1.0, 0.0, [5432], "5432.0", "5432.00", "5432.5", "5432", " 5432 ", "\t5432\n", "+5432",
    "+ 5432", "-1", "--1", -1, 99999, True, False, "", " ", "5_432", "_5432", "5432_", "5__432", "0x10", "1e3", "1.0e3",
    "\u0665", "\u00a05432", "5432\u00a0", "\u20035432", "5432\u001f", "\u001c5432", "5432\u0085", "05432", "000", "5432.", ".0", "0.0",
    "-0", "+0.0", "nan", "inf", "5432.0 ", "5432 .0", "5,432", None, {}, 10**18, 10**25, "99999999999999999999",
]
TEXTS = [5, False, 1.5, [1], {}, None, "x", ""]
EXTRAS = ["{}", "{\"a\": 1}", "[1]", "x", "5", "null", "{\"a\": }", " {\"a\": 1} "]


def bodies():
    for port in PORTS:
        yield {**BASE, "port": port}
    for field in ("login", "host", "description", "schema", "password", "extra"):
        for text in TEXTS:
            yield {**BASE, field: text}
    for extra in EXTRAS:
        yield {**BASE, "extra": extra}
    for conn_type in ("", 5, None, []):
        yield {**BASE, "conn_type": conn_type}
    for conn_id in ("", 5, None, "a b", "a" * 200, "a" * 201, "\u00e4", "a/b", "a.b-c_d", "a\n"):
        yield {**BASE, "connection_id": conn_id}
    for name in ("foo", "uri", "conn_id", "is_encrypted", "schema_", "extra_dejson"):
        yield {**BASE, name: "x"}
    for team in (5, "x" * 50, "x" * 51, None):
        yield {**BASE, "team_name": team}
    yield {"connection_id": "dwh"}
    yield {"conn_type": "postgres"}


def main():
    print(json.dumps({"airflow": __version__, "pydantic": VERSION}))
    for body in bodies():
        try:
            read = ConnectionBody.model_validate(body)
            line = {"body": body, "port": read.port}
        except ValidationError as error:
            line = {"body": body, "refused": error.errors()[0]["loc"][0]}
        print(json.dumps(line))


main()
