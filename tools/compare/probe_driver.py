#!/usr/bin/env python3
"""redshift_connector itself and `airconn probe` on the stand-in cluster of the tests: both must succeed, or both fail.

It shows that the stand-in speaks what Amazon's driver speaks, and that the probe takes the same road. Starts the
stand-in (`cargo test`, probe::walks::serve) and stops it. The last line is `N passed, N failed`.
"""

import argparse
import json
import os
import subprocess
import sys

TOOLS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(TOOLS)
TOKEN = {"login": None, "password": None}
JWT = {"credentials_provider": "BasicJwtCredentialsProvider"}
IDC = {"credentials_provider": "IdpTokenAuthPlugin", "token_type": "ACCESS_TOKEN"}
# The server, changes of the connection, extras. `!` stands for the right password or token.
TABLE = [
    *[(ask, {}, {}) for ask in ("cleartext", "md5", "digest")],
    *[(ask, {"password": "Canary7-wrong"}, {}) for ask in ("cleartext", "md5", "digest")],
    *[(ask, {"login": "nobody"}, {}) for ask in ("cleartext", "md5", "digest")],
    ("digest", {"schema": "nowhere"}, {}),
    # The driver does not get through it, whoever asks for it.
    ("scram", {}, {}),
    ("scram", {"password": "Canary7-wrong"}, {}),
    ("scram", {}, {"sslmode": "verify-full"}),
    ("token", TOKEN, {**JWT, "web_identity_token": "!"}),
    ("token", TOKEN, {**IDC, "token": "!"}),
    ("token", TOKEN, {**IDC, "token": "Canary7-old"}),
    ("token", {}, {}),
    ("md5", {}, {"sslmode": "verify-full"}),
    ("md5", {}, {"sslmode": "verify-ca"}),
    ("md5", {}, {"sslmode": "require"}),
    ("elsewhere", {}, {}),
    ("elsewhere", {}, {"sslmode": "verify-ca"}),
    ("elsewhere", {}, {"sslmode": "verify-full"}),
    ("expired", {}, {}),
    ("expired", {}, {"sslmode": "verify-ca"}),
    ("unknown", {}, {}),
    ("no-tls", {}, {}),
    ("no-tls", {}, {"ssl": False}),
    ("md5", {}, {"ssl": "true"}),
]

# Runs in the environment of the driver: one line of arguments in, one line of result out.
DRIVER = """
import json, sys, redshift_connector
for line in sys.stdin:
    try:
        redshift_connector.connect(**json.loads(line), timeout=20).close()
        print("passes", flush=True)
    except Exception as error:
        print("fails " + type(error).__name__ + " " + repr(str(error))[:200], flush=True)
"""


def find_airconn() -> str:
    target = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
    built = [os.path.join(target, profile, "airconn") for profile in ("release", "debug")]
    return next((path for path in built if os.path.exists(path)), built[0])


def probe(airconn: str, connection: dict, ca: str) -> tuple[str, str]:
    line = json.dumps({"conn_id": "w", "json": json.dumps(connection)})
    command = [airconn, "probe", "--from", "jsonl", "--format", "json", "--timeout", "20", "--ca", ca, "-"]
    done = subprocess.run(command, input=line, capture_output=True, text=True, env={})
    if not done.stdout:
        sys.exit(f"probe_driver.py: {done.stderr}")
    walked = json.loads(done.stdout)["connections"][0]
    end = walked["failed"] or {}
    return {"passed": "passes"}.get(walked["verdict"], "fails"), f"{end.get('name')} {end.get('cause')}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--airconn", default=find_airconn(), metavar="PATH", help="the binary [of $CARGO_TARGET_DIR or target/, release before debug]")
    parser.add_argument("--features", default="--all-features", help="what Cargo is told about the build of the tests [--all-features]")
    arguments = parser.parse_args()
    airconn = os.path.abspath(arguments.airconn)
    if not os.path.exists(airconn):
        sys.exit(f"probe_driver.py: there is no {airconn}; build it first")
    python = subprocess.run([os.path.join(TOOLS, "oracles", "aws-venv.sh")], check=True, stdout=subprocess.PIPE, text=True).stdout.split("\n")[-2]
    command = ["cargo", "test", "--quiet", *arguments.features.split(), "--test", "it", "--", "--ignored", "--exact", "probe::walks::serve", "--nocapture"]
    server = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    passed = failed = 0
    try:
        line = next((line for line in server.stdout if line.startswith("{")), None) or sys.exit("probe_driver.py: the stand-in does not start")
        serving = json.loads(line)
        driver = subprocess.Popen([python, "-c", DRIVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "SSL_CERT_FILE": serving["ca"]})
        for name, changes, extra in TABLE:
            extra = {key: serving["password"] if value == "!" else value for key, value in extra.items()}
            fields = {"login": serving["user"], "password": serving["password"], "schema": serving["database"], **changes}
            connection = {"conn_type": "redshift", "host": "localhost", "port": serving["ports"][name], **fields, "extra": extra}
            names = {"login": "user", "password": "password", "schema": "database"}
            kwargs = {names[field]: value for field, value in fields.items() if value}
            driver.stdin.write(json.dumps({**kwargs, "host": "localhost", "port": connection["port"], **extra}) + "\n")
            driver.stdin.flush()
            theirs = driver.stdout.readline().strip()
            ours, where = probe(airconn, connection, serving["ca"])
            good = theirs.split(" ")[0] == ours
            passed, failed = passed + good, failed + (not good)
            if not good:
                print(f"FAILED  {name} {changes} {list(extra)}: the driver {theirs}; the probe {ours}: {where}")
        driver.stdin.close()
        driver.wait(20)
    finally:
        server.stdin.close()
        server.wait(60)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
