#!/usr/bin/env python3
"""Times `airconn convert` of a JSON export to env URIs against real Airflow's own code for the same work, in one run.

    tools/bench/bench_convert.py [--connections 100000] [--airflow 2.11.2] [--airconn PATH] [--rounds 3]

Airflow's side is the least that its code can do, in a process that has imported everything, with its log masking stubbed out (with it,
each distinct password costs more than the one before): `load_connections_dict` of the file and `get_uri` of each connection; and, as a
second figure, `Connection(uri=...)` of each URI and `get_uri`.
airconn's side is the whole process: start, read, parse, emit, check for losses, write. Rounds alternate; the ratio is of the medians.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

TOOLS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(TOOLS)

AIRFLOW_SIDE = r"""
import os, sys, time, logging, tempfile, warnings
warnings.simplefilter("ignore")
os.environ["AIRFLOW_HOME"] = tempfile.mkdtemp(prefix="bench-")
os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"
os.environ["AIRFLOW__LOGGING__LOGGING_LEVEL"] = "CRITICAL"
# As any Airflow that runs has one: passwords and extras are encrypted when a connection is made.
os.environ["AIRFLOW__CORE__FERNET_KEY"] = "81HqDtbqAywKSOumSha3BhWNOdQ26slT6K0YaZeZyPs="
logging.disable(logging.CRITICAL)
import airflow.models.connection as connection
connection.mask_secret = lambda *a, **k: None
from airflow.secrets.local_filesystem import load_connections_dict
path = sys.argv[1]
for line in sys.stdin:
    start, cpu = time.perf_counter(), time.process_time()
    loaded = load_connections_dict(path)
    parsed, parsed_cpu = time.perf_counter(), time.process_time()
    uris = [(k, c.get_uri()) for k, c in loaded.items()]
    end, end_cpu = time.perf_counter(), time.process_time()
    for k, uri in uris:
        connection.Connection(conn_id=k, uri=uri)
    again, again_cpu = time.perf_counter(), time.process_time()
    print(len(loaded), parsed - start, end - parsed, again - end, parsed_cpu - cpu, end_cpu - parsed_cpu, again_cpu - end_cpu, flush=True)
"""


def connections(count):
    """A mix of types; passwords that need encoding; extras flat and nested."""
    types = ["postgres", "redshift", "aws", "http"]
    for i in range(count):
        flat = {"sslmode": "require", "region_name": "eu-west-1", "application": "etl-%d" % i}
        nested = {"timeout": i % 60, "options": {"retry": True}}
        yield "conn_%06d" % i, {
            "conn_type": types[i % 4], "description": None, "login": "user%d@example.com" % i, "password": "p@ss/%d#x" % i,
            "host": "db%d.example.com" % i, "port": 5432, "schema": "dwh", "extra": json.dumps(nested if i % 3 == 0 else flat),
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--connections", type=int, default=100_000)
    parser.add_argument("--airflow", default="2.11.2")
    parser.add_argument("--airconn", default=os.path.join(os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target")), "release", "airconn"))
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    lines = subprocess.run([os.path.join(TOOLS, "oracles", "airflow-venv.sh"), arguments.airflow], stdout=subprocess.PIPE, text=True, check=True).stdout
    python = lines.split()[-1]
    with tempfile.TemporaryDirectory(prefix="airconn-bench-") as folder:
        path = os.path.join(folder, "connections.json")
        with open(path, "w", encoding="utf-8") as out:
            json.dump(dict(connections(arguments.connections)), out, indent=2)
        side = subprocess.Popen([python, "-c", AIRFLOW_SIDE, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, text=True)
        ours, theirs, theirs_cpu, ours_cpu, by_uri, by_uri_cpu = [], [], [], [], [], []
        command = [arguments.airconn, "convert", path, "--from", "export-json", "--to", "env", "--airflow", arguments.airflow,
                   "-o", os.path.join(folder, "out.env")]
        for round_number in range(arguments.rounds):
            side.stdin.write("go\n")
            side.stdin.flush()
            answer = side.stdout.readline().split()
            count, parse, emit, uris, parse_cpu, emit_cpu, uris_cpu = int(answer[0]), *map(float, answer[1:])
            assert count == arguments.connections
            before = os.times()
            start = time.perf_counter()
            subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
            ours.append(time.perf_counter() - start)
            after = os.times()
            ours_cpu.append(after.children_user + after.children_system - before.children_user - before.children_system)
            theirs.append(parse + emit)
            theirs_cpu.append(parse_cpu + emit_cpu)
            by_uri.append(uris + emit)
            by_uri_cpu.append(uris_cpu + emit_cpu)
            print("round %d: Airflow %s load %.2f s, get_uri %.2f s, Connection(uri=) %.2f s; airconn %.3f s (%.3f CPU s)"
                  % (round_number + 1, arguments.airflow, parse, emit, uris, ours[-1], ours_cpu[-1]))
        side.stdin.close()
        side.wait()
    for name, wall, cpu in (("load + get_uri", theirs, theirs_cpu), ("Connection(uri=) + get_uri", by_uri, by_uri_cpu)):
        print("%d connections, medians of %d rounds: airconn is %.0f times as fast as Airflow's %s (wall), %.0f times by CPU seconds"
              % (arguments.connections, arguments.rounds, statistics.median(wall) / statistics.median(ours), name,
                 statistics.median(cpu) / statistics.median(ours_cpu)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
