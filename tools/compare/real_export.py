#!/usr/bin/env python3
"""The end-to-end proof: real Airflow exports through a pipe, airconn reads, rewrites, and Airflow imports again.

For each version a database is made, the connections of fixtures/connections.jsonl are added through the command
`airflow connections add` (as JSON, as URI and field by field), and `airflow connections export -` runs in a real
pipe with `airconn check -`. What came through that pipe is then converted. It must hold that

  * what arrives through the pipe is what `airflow connections export FILE` writes, behind log lines at most,
  * the JSON and the YAML that airconn writes, from either, are byte for byte what Airflow exports to a file,
  * so are the .env file, with URIs and with JSON, and the URIs alone,
  * variables that a shell sets from the `env` form are the same connections to Airflow,
  * and `airflow connections import` of what airconn wrote fills an empty database with the same rows.

Prints one line a step and ends with `N passed, N failed`; the exit code is 0 only without failures.
"""

import argparse
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "oracles"))
from real_airflow import ROOT, UNREADABLE, Airflow  # noqa: E402

SOURCE = ROOT / "fixtures" / "connections.jsonl"
VALID = ROOT / "fixtures" / "valid"
VERSIONS = ["3.3.2", "2.11.2"]
FIELDS = ("conn_type", "description", "host", "login", "password", "schema", "port", "extra")

# `connections add --conn-type` turns a type without an installed provider into `generic`: only the types that
# every installation knows are added field by field.
BUILT_IN_TYPES = {"generic", "fs", "http", "ftp", "imap", "smtp", "sqlite"}

# Runs the command line of Airflow many times in one process, as starting it takes seconds.
MANY_COMMANDS = """
import json, sys
from airflow.cli import cli_parser
parser = cli_parser.get_parser()
for command in json.load(sys.stdin):
    arguments = parser.parse_args(command)
    arguments.func(arguments)
"""

# Asks Airflow for connections that stand in environment variables.
READ_VARIABLES = """
import json, sys
from airflow.secrets.environment_variables import EnvironmentVariablesBackend
rows = []
for conn_id in json.load(sys.stdin):
    connection = EnvironmentVariablesBackend().get_connection(conn_id)
    rows.append([conn_id] + [getattr(connection, f) for f in %r])
print("\\n" + json.dumps(rows))
""" % (FIELDS,)

# The exports by name, and the options that ask for them.
EXPORTS = {
    "json": [],
    "yaml": ["--file-format", "yaml"],
    "env": ["--file-format", "env"],
    "env-json": ["--file-format", "env", "--serialization-format", "json"],
}
# What airconn calls them.
FORMATS = {"json": "export-json", "yaml": "export-yaml", "env": "airflow-env"}

# How a line begins that Airflow logs to stdout, ahead of the export: 2.x writes `[2026-01-31T...] {file.py:1} ...`,
# 3.x `2026-01-31T... [warning  ] ...`. A password of less than five characters is enough to get one from 3.3.
LOG_LINE = re.compile(rb"\[?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[^\n]*\n")

# 2.11 closes stdout after the export and then tries to say on it that all went well. Everything was written by then.
HARMLESS = "ValueError: I/O operation on closed file."


class Steps:
    """Counts and prints what was checked."""

    def __init__(self):
        self.passed = self.failed = 0

    def check(self, what, ok, detail=""):
        self.passed, self.failed = self.passed + bool(ok), self.failed + (not ok)
        print(f"  {'ok    ' if ok else 'FAILED'} {what}" + (f": {detail}" if detail else ""), flush=True)
        return ok

    def equal(self, what, got, want):
        if got == want:
            return self.check(what, True, f"{len(want)} bytes" if isinstance(want, bytes) else f"{len(want)} rows")
        return self.check(what, False, first_difference(got, want))


def first_difference(got, want):
    if not isinstance(want, bytes):
        pairs = [(g, w) for g, w in zip(got, want) if g != w]
        return f"{len(got)} rows for {len(want)}; first: {pairs[:1]}"
    at = next((i for i, (g, w) in enumerate(zip(got, want)) if g != w), min(len(got), len(want)))
    start = max(0, at - 40)
    return f"at byte {at}: {got[start : at + 40]!r} instead of {want[start : at + 40]!r}"


def commands_to_add(version):
    """`connections add` for every connection of the source, in the three ways that it has."""
    uris = dict(line.split("=", 1) for line in (VALID / "connections.env").read_text(encoding="utf-8").splitlines())
    ways = {"json": 0, "uri": 0, "fields": 0}
    commands = []
    for line in SOURCE.read_text(encoding="utf-8").splitlines():
        connection = json.loads(line)
        conn_id = connection.pop("conn_id")
        if conn_id in UNREADABLE.get(version, ()):
            continue
        command = ["connections", "add", conn_id]
        if connection["conn_type"] in BUILT_IN_TYPES:
            ways["fields"] += 1
            for field, value in connection.items():
                text = json.dumps(value) if isinstance(value, dict) else str(value)
                name = field if field.startswith("conn_") else "conn_" + field
                command.append(f"--{name.replace('_', '-')}={text}")
        elif "description" not in connection and len(commands) % 2:
            ways["uri"] += 1
            command.append("--conn-uri=" + uris[conn_id])
        else:
            ways["json"] += 1
            command.append("--conn-json=" + json.dumps(connection))
        commands.append(command)
    return commands, ", ".join(f"{count} as {way}" for way, count in ways.items())


def rows(airflow):
    """The table of connections, sorted by id."""
    database = sqlite3.connect(airflow.database)
    try:
        return database.execute(f"select conn_id, {', '.join(f'[{f}]' for f in FIELDS)} from connection order by conn_id").fetchall()
    finally:
        database.close()


class Airconn:
    def __init__(self, path, version):
        self.path, self.version = path, version
        # Nothing of the surroundings may decide an answer.
        self.environment = {"PATH": os.environ.get("PATH", ""), "NO_COLOR": "1"}

    def convert(self, text, *options):
        """stdout, or None with the complaint when it fails."""
        command = [self.path, "convert", *options, "--airflow", self.version, "-"]
        done = subprocess.run(command, input=text, capture_output=True, env=self.environment)
        return (done.stdout, "") if done.returncode == 0 else (None, done.stderr.decode("utf-8", "replace").strip()[-300:])


def exported_files(airflow, work):
    """What `airflow connections export FILE` writes, by name: free of log lines."""
    paths = {name: work / f"own-{name}" for name in EXPORTS}
    formats = {name: options or ["--file-format", "json"] for name, options in EXPORTS.items()}
    airflow.run("-c", MANY_COMMANDS, stdin=json.dumps([["connections", "export", str(paths[n]), *formats[n]] for n in EXPORTS]))
    return {name: path.read_bytes() for name, path in paths.items()}


def piped_export(steps, airflow, airconn, name, own, work):
    """`airflow connections export - | tee FILE | airconn check -`; returns what went through the pipe."""
    options = EXPORTS[name]
    through = work / f"through-{name}"
    complaints = work / f"complaints-{name}"
    with complaints.open("wb") as stderr:
        export = subprocess.Popen([airflow.python, "-m", "airflow", "connections", "export", "-", *options],
                                  stdout=subprocess.PIPE, stderr=stderr, env=airflow.environment)  # fmt: skip
    tee = subprocess.Popen(["tee", through], stdin=export.stdout, stdout=subprocess.PIPE)
    export.stdout.close()
    check = subprocess.Popen([airconn.path, "check", "--airflow", airconn.version, "-"], stdin=tee.stdout, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, env=airconn.environment)  # fmt: skip
    tee.stdout.close()
    out, err = check.communicate()
    tee.wait()
    code = export.wait()
    arrived = through.read_bytes()
    logged = arrived[: len(arrived) - len(own)]
    ok = code == 0 or complaints.read_text(errors="replace").strip().endswith(HARMLESS)
    ok = ok and arrived == logged + own and not LOG_LINE.sub(b"", logged)
    what = " ".join(["airflow connections export -", *options])
    steps.check(what, ok, f"exit {code}, {len(logged.splitlines())} log lines and {len(own)} bytes")
    said = (out + err).decode("utf-8", "replace").strip().splitlines()
    ok = check.returncode in (0, 1) and b"panicked" not in err
    steps.check("  | airconn check -", ok, f"exit {check.returncode}: {said[-1] if said else 'nothing said'}")
    return arrived


def prove(steps, version, path):
    airconn = Airconn(path, version)
    with tempfile.TemporaryDirectory(prefix="real-export-") as work:
        work = Path(work)
        airflow = Airflow(version, work / "home")
        airflow.airflow("db", "migrate")
        empty = work / "empty.db"
        shutil.copy(airflow.database, empty)
        commands, ways = commands_to_add(version)
        airflow.run("-c", MANY_COMMANDS, stdin=json.dumps(commands))
        original = rows(airflow)
        steps.check("airflow connections add", len(original) == len(commands) >= 30, f"{len(original)} connections ({ways})")

        own = exported_files(airflow, work)
        piped = {name: piped_export(steps, airflow, airconn, name, own[name], work) for name in EXPORTS}

        written = {}
        for source in ("json", "yaml"):
            for target in ("json", "yaml", "env"):
                text, complaint = airconn.convert(piped[source], "--to", FORMATS[target])
                what = f"{source} | airconn convert - --to {FORMATS[target]}"
                if text is None:
                    steps.check(what, False, complaint)
                else:
                    steps.equal(f"{what} is what Airflow exports", text, own[target])
                    written[source, target] = text
            text, complaint = airconn.convert(piped[source], "--to", "airflow-env", "--value", "json")
            steps.equal(f"{source} | airconn convert - --to airflow-env --value json is what Airflow exports", text or complaint.encode(), own["env-json"])
            text, complaint = airconn.convert(piped[source], "--to", "uri")
            uris = b"".join(line.partition(b"=")[2] for line in own["env"].splitlines(keepends=True))
            steps.equal(f"{source} | airconn convert - --to uri is get_uri() of Airflow", text or complaint.encode(), uris)
        wanted = {"json": original, "yaml": original, "env": imported(airflow, empty, own["env"], ".env", work)}

        # No shell can export a variable with a dash or a dot in its name, so such connections are not asked for.
        ids = [row[0] for row in original if re.fullmatch(r"\w+", row[0], re.ASCII)]
        chosen = [option for conn_id in ids for option in ("--conn-id", conn_id)]
        for source in ("json", "yaml", "env"):
            text, complaint = airconn.convert(piped[source], "--to", "env", *chosen)
            what = f"{source} | airconn convert - --to env, set by a shell, is to Airflow what its own .env is"
            if text is None:
                steps.check(what, False, complaint)
            else:
                steps.equal(what, as_variables(airflow, text, ids, work), [row for row in wanted["env"] if row[0] in ids])

        for (source, target), text in written.items():
            if source == "json":
                ending = "." + target
                steps.equal(f"airflow connections import of airconn's {FORMATS[target]}", imported(airflow, empty, text, ending, work), wanted[target])


def as_variables(airflow, text, ids, work):
    """What Airflow reads from the variables that a shell sets from this text, as rows."""
    given = work / "variables.env"
    given.write_bytes(text)
    command = ["bash", "-c", 'set -a; . "$1"; set +a; exec "$2" -c "$3"', "bash", given, airflow.python, READ_VARIABLES]
    done = subprocess.run(command, input=json.dumps(ids), env=airflow.environment, capture_output=True, text=True)
    if done.returncode:
        return done.stderr.splitlines()[-1:]
    return [tuple(row) for row in json.loads(done.stdout.splitlines()[-1])]


def imported(airflow, empty, text, ending, work):
    """The rows after an import of this text into an empty database."""
    with tempfile.TemporaryDirectory(dir=work) as home:
        other = Airflow(airflow.version, home)
        shutil.copy(empty, other.database)
        given = work / ("given" + ending)
        given.write_bytes(text)
        other.airflow("connections", "import", str(given))
        return rows(other)


def find_airconn():
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return next((str(target / p / "airconn") for p in ("release", "debug") if (target / p / "airconn").is_file()), None)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--airflow", action="append", metavar="VERSION", help=f"may be repeated [{' '.join(VERSIONS)}]")
    parser.add_argument("--airconn", default=find_airconn(), metavar="PATH", help="the binary [of $CARGO_TARGET_DIR or target/, release before debug]")
    options = parser.parse_args()
    if not options.airconn or not Path(options.airconn).is_file():
        parser.error("no airconn found: build it (cargo build --release) or give --airconn")
    steps = Steps()
    for version in options.airflow or VERSIONS:
        print(f"Airflow {version}", flush=True)
        prove(steps, version, str(Path(options.airconn).resolve()))
    print(f"{steps.passed} passed, {steps.failed} failed")
    sys.exit(1 if steps.failed else 0)


if __name__ == "__main__":
    main()
