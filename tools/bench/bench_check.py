#!/usr/bin/env python3
"""What `airconn check` on one small file costs from a cold start, beside what else a hook could start.

usage: tools/bench/bench_check.py [--rounds N] [--airflow-python PYTHON] [AIRCONN]

Runs `airconn check` on a file of one connection, on one that git tracks (whose index is read, as the file holds a password), `python3 -c pass`, and `airflow connections list` on an empty database (with the python that
`tools/oracles/airflow-venv.sh 3.3.2` prints) by turns, in one run, and prints the median of the CPU seconds (user and system) that each took.
"""

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def cpu(command, surroundings):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, env=surroundings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{command} ends with {done.returncode}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--airflow-python", help="leave `airflow connections list` out if not given")
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    parser.add_argument("airconn", nargs="?", default=target / "release" / "airconn")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        small = shutil.copy(ROOT / "fixtures/seed/recipe1-db-user.env", home)
        surroundings = dict(os.environ, AIRFLOW_HOME=home, AIRFLOW__CORE__LOAD_EXAMPLES="False")
        commands = {
            "airconn check": [str(arguments.airconn), "check", "--isolated", small],
            "the same in git": [str(arguments.airconn), "check", "--isolated", str(ROOT / "fixtures/seed/recipe1-db-user.env")],
            "python3 -c pass": ["python3", "-c", "pass"],
        }
        if arguments.airflow_python:
            airflow = [arguments.airflow_python, "-m", "airflow"]
            subprocess.run([*airflow, "db", "migrate"], env=surroundings, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            commands["airflow connections list"] = [*airflow, "connections", "list"]
        taken = {name: [] for name in commands}
        for turn in range(arguments.rounds):
            # Whoever comes after Airflow finds the caches of the processor empty: everybody does in turn.
            names = list(commands)[turn % len(commands) :] + list(commands)[: turn % len(commands)]
            for name in names:
                taken[name].append(cpu(commands[name], surroundings))
    least = statistics.median(taken["airconn check"])
    for name, seconds in taken.items():
        median = statistics.median(seconds)
        print(f"{name:26} {median * 1000:8.1f} ms of CPU  ({median / least:.0f} times)  [{min(seconds) * 1000:.1f} to {max(seconds) * 1000:.1f}]")


if __name__ == "__main__":
    main()
