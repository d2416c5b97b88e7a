"""Real Airflows: one of one version with a database of its own (make_fixtures.py, real_export.py, record_commands.py), and what those of both
lines answer about connections (record_wild.py, record_pages.py)."""

import gzip
import io
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Connections that a version exports a URI for which it cannot read itself: before 3.1 the protocol of a host is
# not quoted when it repeats the connection type, and `spark://spark://host:7077` is refused.
UNREADABLE = {"2.11.2": {"http_same_protocol", "spark_default"}}

# Who is asked for a record: its name there, the version, and which of its classes reads.
RUNTIMES = [("2.11.2", "2.11.2", "core"), ("3.3.2/server", "3.3.2", "core"), ("3.3.2/worker", "3.3.2", "sdk")]
PREFIX = "AIRFLOW_CONN_"


def python_of(version):
    """The python of the environment with this Airflow; makes the environment when there is none."""
    found = subprocess.run([ROOT / "tools/oracles/airflow-venv.sh", version], stdout=subprocess.PIPE, check=True, text=True)
    return found.stdout.splitlines()[-1]


class Airflow:
    def __init__(self, version, home):
        self.version, self.home = version, Path(home)
        self.python = python_of(version)
        kept = {k: v for k, v in os.environ.items() if not k.startswith("AIRFLOW")}
        self.environment = {
            **kept,
            "AIRFLOW_HOME": str(home),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            # No key, no encryption: rows of two databases can be compared.
            "AIRFLOW__CORE__FERNET_KEY": "",
        }

    @property
    def database(self):
        """The file that holds the database, Airflow's default."""
        return self.home / "airflow.db"

    def run(self, *command, stdin=None):
        """stdout of this python with these arguments; the script ends when it fails."""
        done = subprocess.run([self.python, *command], input=stdin, env=self.environment, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"Airflow {self.version}: {' '.join(map(str, command))[:200]} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def airflow(self, *arguments):
        """stdout of the command `airflow` with these arguments."""
        return self.run("-m", "airflow", *arguments)


def sourced(path):
    """The variables of connections after a shell has read the file: pairs of id and value."""
    shell = subprocess.run(
        ["bash", "-c", 'set -a; . "$1"; env -0', "bash", path], env={"PATH": os.environ["PATH"]}, capture_output=True, check=True
    )
    for pair in shell.stdout.decode().split("\0"):
        name, _, value = pair.partition("=")
        if name.startswith(PREFIX):
            yield name.removeprefix(PREFIX).lower(), value


def answers(version, implementation, text):
    """The oracle's answers, in the order of the cases."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AIRFLOW")}
    command = [python_of(version), ROOT / "tools/oracles/airflow_oracle.py", "--impl", implementation, "--no-warn"]
    ran = subprocess.run(command, input=text, env=environment, capture_output=True, text=True)
    if ran.returncode:
        sys.exit(f"Airflow {version} failed:\n{ran.stderr}")
    return [json.loads(line)["r"] for line in ran.stdout.splitlines()]


def record(cases, target, usage):
    """What a script does whose only argument is --check: writes what RUNTIMES answer to the cases, or says whether it is as written."""
    arguments = sys.argv[1:]
    if arguments not in ([], ["--check"]):
        sys.exit(usage)
    all_cases = list(cases)
    asked = "".join(json.dumps(case) + "\n" for case in all_cases)
    told = [(runtime, answers(version, implementation, asked)) for runtime, version, implementation in RUNTIMES]
    lines = []
    for i, case in enumerate(all_cases):
        grouped = {}
        for runtime, given in told:
            grouped.setdefault(json.dumps(given[i], sort_keys=True), ([], given[i]))[0].append(runtime)
        lines.append(json.dumps({**case, "answers": [{"runtimes": r, "answer": a} for r, a in grouped.values()]}) + "\n")
    keep("".join(lines), target, check=bool(arguments))
    print(f"{len(all_cases)} cases, {len(RUNTIMES)} runtimes")


def keep(text, target, check):
    """Writes a record, packed if its name says so; with `check`, ends the script if the record holds something else."""
    packed = target.suffix == ".gz"
    if check:
        kept = target.read_bytes()
        if (gzip.decompress(kept) if packed else kept).decode() != text:
            sys.exit(f"{target.relative_to(ROOT)} is not what Airflow answers")
    elif packed:
        out = io.BytesIO()
        with gzip.GzipFile(fileobj=out, mode="wb", mtime=0) as file:
            file.write(text.encode())
        target.write_bytes(out.getvalue())
    else:
        target.write_text(text)
