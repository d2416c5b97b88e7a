#!/usr/bin/env python3
"""Writes fixtures/valid from fixtures/connections.jsonl, and the forms of fixtures/seed, with real Airflow.

Every sample in fixtures/valid is what Airflow itself writes for the connections of one source file. For each
version a fresh database is made, `airflow connections import` fills it and `airflow connections export`
answers. (`connections add --conn-type` would turn every type without an installed provider into `generic`;
import keeps them.) Running the script again must change nothing: --check says so without writing.
"""

import argparse
import json
import re
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "oracles"))
from real_airflow import ROOT, UNREADABLE, Airflow  # noqa: E402

SOURCE = ROOT / "fixtures" / "connections.jsonl"
TARGET = ROOT / "fixtures" / "valid"
SEED = ROOT / "fixtures" / "seed"

# The newest comes first: it fills fixtures/valid itself, the others a folder of their own.
VERSIONS = ("3.3.2", "2.11.2")

# What `airflow connections export FILE` is asked for; the type of file follows from its ending.
EXPORTS = {
    "connections.json": [],
    "connections.yaml": [],
    "connections.env": [],
    "connections.json-values.env": ["--serialization-format", "json"],
}

# What the command line of Airflow does not offer. Airflow may log to stdout first: the answer is the last line.
FORMS = """
import json, sys
from airflow.cli.commands.connection_command import _format_connections
from airflow.models.connection import Connection
answers = {}
for conn_id, fields in json.load(sys.stdin).items():
    connection = Connection(conn_id=conn_id, **fields)
    yaml = _format_connections([connection], ".yaml", "uri")
    answers[conn_id] = {"uri": connection.get_uri(), "json": connection.as_json(), "yaml": yaml}
print("\\n" + json.dumps(answers))
"""

# A sample that is no good to Airflow itself would be no sample.
READ_BACK = """
import sys
from airflow.secrets.local_filesystem import load_connections_dict
load_connections_dict(sys.argv[1])
"""

FIELDS = ("conn_type", "description", "host", "login", "password", "schema", "port", "extra")


def forms_of(airflow, connections):
    """URI, JSON and YAML of each of these connections."""
    return json.loads(airflow.run("-c", FORMS, stdin=json.dumps(connections)).splitlines()[-1])


def read_source():
    """The source's connections, sorted by id as Airflow's database sorts them."""
    lines = SOURCE.read_text(encoding="utf-8").splitlines()
    connections = [json.loads(line) for line in lines]
    return {c.pop("conn_id"): c for c in sorted(connections, key=lambda c: c["conn_id"])}


def exports(version, source):
    """What this Airflow exports: texts by file name, the connections of its JSON, and as_json() of each."""
    source = {conn_id: fields for conn_id, fields in source.items() if conn_id not in UNREADABLE.get(version, ())}
    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        airflow = Airflow(version, work / "home")
        airflow.airflow("db", "migrate")
        given = work / "import.json"
        given.write_text(json.dumps(source), encoding="utf-8")
        printed = airflow.airflow("connections", "import", str(given))
        if printed.count("Imported connection ") != len(source):
            sys.exit(f"Airflow {version} did not import everything:\n{printed}")
        texts = {}
        for name, options in EXPORTS.items():
            path = work / name
            airflow.airflow("connections", "export", str(path), *options)
            texts[name] = path.read_bytes().decode("utf-8")
        airflow.run("-c", READ_BACK, str(work / "connections.env"))
        exported = json.loads(texts["connections.json"])
        as_json = {conn_id: forms["json"] for conn_id, forms in forms_of(airflow, exported).items()}
    return texts, exported, as_json


def shell_quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"


def more_forms(texts, exported, as_json):
    """The forms that no command of Airflow writes, made of its answers."""
    uris = dict(line.split("=", 1) for line in texts["connections.env"].splitlines())
    assert list(uris) == list(exported)
    texts["connections.uris"] = "".join(f"{uri}\n" for uri in uris.values())

    # People write a URI where that says everything in a readable way, and JSON where it does not. Ids that are no
    # name for a variable are left out: a shell would refuse them.
    lines = ["# For a shell: set -a; . ./environment.env; set +a\n"]
    for conn_id, fields in exported.items():
        if not re.fullmatch(r"\w+", conn_id, re.ASCII):
            continue
        value = as_json[conn_id] if "__extra__=" in uris[conn_id] or fields["description"] else uris[conn_id]
        lines.append(f"AIRFLOW_CONN_{conn_id.upper()}={shell_quoted(value)}\n")
    texts["environment.env"] = "".join(lines)

    texts["single.json"] = as_json["redshift_default"] + "\n"
    rows = ({"conn_id": conn_id, **{f: fields[f] for f in FIELDS}} for conn_id, fields in exported.items())
    texts["connections.jsonl"] = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return texts


def seed_forms(version):
    """The recipes of fixtures/seed in their other forms: file name -> text."""
    texts = {}
    with tempfile.TemporaryDirectory() as work:
        airflow = Airflow(version, work)
        for path in sorted(SEED.glob("*.json")):
            for conn_id, forms in forms_of(airflow, json.loads(path.read_text(encoding="utf-8"))).items():
                texts[path.stem + ".yaml"] = forms["yaml"]
                texts[path.stem + ".uri"] = forms["uri"] + "\n"
                texts[path.stem + ".env"] = f"AIRFLOW_CONN_{conn_id.upper()}={shell_quoted(forms['json'])}\n"
    return texts


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--check", action="store_true", help="write nothing, fail if a file would change")
    options = arguments.parse_args()

    source = read_source()
    written = {SEED: seed_forms(VERSIONS[0])}
    for version in VERSIONS:
        texts, exported, as_json = exports(version, source)
        print(f"Airflow {version}: {len(exported)} connections")
        if version == VERSIONS[0]:
            written[TARGET] = more_forms(texts, exported, as_json)
        else:
            written[TARGET / version] = texts

    stale = 0
    for folder, texts in written.items():
        for name, text in texts.items():
            path = folder / name
            if path.exists() and path.read_bytes() == text.encode("utf-8"):
                continue
            stale += 1
            print(f"{'differs' if options.check else 'written'}: {path.relative_to(ROOT)}")
            if not options.check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(text.encode("utf-8"))
    sys.exit(1 if options.check and stale else 0)


if __name__ == "__main__":
    main()
