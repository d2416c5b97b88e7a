#!/usr/bin/env python3
"""Every form that airconn writes is read by what reads it in earnest, and compared field by field with what was meant.

The connections (readers_given.py) are those of fixtures/connections.jsonl and generated ones: each of the characters U+0000 to U+00FF, and
what YAML, shells, URLs, Compose, Helm and Terraform have special rules for, in the password, another field and the extra. They are converted
to every format that is written, as URIs and as JSON, and read by

  * Airflow (readers_airflow.py): files of connections (load_connections_dict and `connections import` into a database), `connections add`
    commands that a shell ran, the environment, the API's models and airflowctl, the secrets backends of AWS and HashiCorp with clients that
    answer from what was written, those of Google and Azure too (readers_clouds.py); botocore checks the parameters of AWS's commands,
  * PyYAML and the rules of Compose, Helm and Kubernetes; bash, sh, docker and systemd's own parser, the last two where they are installed,
  * SQLAlchemy with its dialects, libpq, redshift_connector's signature, dbt, python-hcl2 (and Terraform, where it is installed), PostgreSQL's
    JDBC driver (where java and Debian's libpostgresql-jdbc-java are installed).

What a writer refuses must name a reason; what its reader changes must have been warned about. It is not read in earnest: JDBC URLs of Redshift,
whose driver no registry of packages has.

Run with the python that `tools/oracles/airflow-venv.sh 3.3.2-readers` prints. Prints one line a form and ends with `N passed, N failed`.
"""

import argparse
import base64
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "oracles"))
from readers_airflow import GENERATOR, Readers  # noqa: E402
from readers_given import ROOT, connections, databases, differing  # noqa: E402

# Where Debian puts PostgreSQL's JDBC driver.
JDBC = Path("/usr/share/java/postgresql.jar")


class Airconn:
    def __init__(self, path):
        self.path = path
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(("AIRFLOW", "AIRCONN"))}

    def run(self, given, to, value):
        lines = "".join(json.dumps({"conn_id": conn_id, **fields}) + "\n" for conn_id, fields in given)
        command = [self.path, "convert", "-", "--from", "jsonl", "--to", to, "--value", value, "--airflow", "3.3.2"]
        done = subprocess.run(command, input=lines.encode(), capture_output=True, env=self.environment)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def convert(self, given, to, value="uri"):
        """The text for all that the writer takes, those, why it refuses the others, and how many it warns about."""
        kept, refused = list(given.items()), {}
        while kept:
            code, text, complaint = self.run(kept, to, value)
            if code == 0:
                more = sum(map(int, re.findall(r"^airconn: warning: and (\d+) connections more", complaint, re.M)))
                warned = len(re.findall(r"^airconn: warning: connection .*does not give back", complaint, re.M)) + more
                return text, dict(kept), refused, warned
            named = re.match(r"(?:airconn|<stdin>): connection (?:`([^`]+)`|(\d+)): (.+)", complaint)
            if not named:
                sys.exit(f"convert --to {to} --value {value}: exit code {code}: {complaint[:500]}")
            index = next(i for i, (conn_id, _) in enumerate(kept) if conn_id == named[1]) if named[1] else int(named[2]) - 1
            refused[kept.pop(index)[0]] = named[3]
        return "", {}, refused, 0


class Forms:
    """Counts and prints what was compared."""

    def __init__(self):
        self.passed = self.failed = 0
        self.compared = 0

    def check(self, what, failures, count, note=""):
        self.compared += count
        ok = not failures and count > 0
        self.passed, self.failed = self.passed + ok, self.failed + (not ok)
        print(f"{'ok    ' if ok else 'FAILED'} {what}: {count} connections{note}", flush=True)
        for failure in failures[:8]:
            print(f"         {failure}")


def summary(refused):
    reasons = collections.Counter(refused.values())
    return "".join(f"; {count} refused: {reason[:110]}" for reason, count in reasons.items())


def forms(readers):
    """Format, form of the value (None: fields), who reads it, how, and the fields that the format has no place for."""
    env = readers.environment
    both = [
        ("env", "bash", env(readers.shell("bash"))),
        ("env", "sh", env(readers.shell("sh"))),
        ("compose", "PyYAML and Compose's $", env(readers.compose)),
        ("kubernetes", "PyYAML", env(readers.kubernetes)),
        ("kubernetes-data", "PyYAML and base64", env(readers.kubernetes)),
        ("helm", "PyYAML", env(readers.helm)),
        ("airflow-commands", "sh and `airflow connections add`", readers.added),
        ("aws-secrets", "SecretsManagerBackend", readers.aws_secrets),
        ("aws-secrets-commands", "sh, botocore, SecretsManagerBackend", readers.aws_secrets_commands),
        ("ssm", "SystemsManagerParameterStoreBackend", readers.ssm),
        ("ssm-commands", "sh, botocore, SystemsManagerParameterStoreBackend", readers.ssm_commands),
        ("vault", "VaultBackend", readers.vault_answers),
        ("vault-commands", "sh, VaultBackend", readers.vault_commands),
        ("gcp-secrets", "CloudSecretManagerBackend", readers.google),
        ("gcp-secrets-commands", "sh, CloudSecretManagerBackend", readers.google_commands),
        ("azure-secrets", "AzureKeyVaultBackend", readers.azure),
        ("azure-secrets-commands", "sh, AzureKeyVaultBackend", readers.azure_commands),
    ]
    if shutil.which("docker"):
        both.append(("docker-env", "docker", env(readers.docker)))
    if os.access(GENERATOR, os.X_OK):
        both.append(("systemd-env", "systemd", env(readers.systemd)))
    fields = [
        ("export-json", "load_connections_dict", readers.files(".json")),
        ("export-yaml", "load_connections_dict", readers.files(".yaml")),
        ("export-json", "airflow connections import", readers.imported(".json")),
        ("export-yaml", "airflow connections import", readers.imported(".yaml")),
        ("jsonl", "json", readers.jsonl),
        ("rest", "BulkBody[ConnectionBody]", readers.rest),
        ("airflowctl", "airflowctl connections import", readers.airflowctl),
        ("astro-settings", "PyYAML", readers.astro),
        ("astro-environment", "load_connections_dict", readers.astro_environment),
        ("terraform", "python-hcl2", readers.terraform),
    ]
    if shutil.which("terraform"):
        fields.append(("terraform", "terraform console", readers.real_terraform))
    uris = [
        ("uri", "Connection(uri=…)", readers.uris),
        ("airflow-env", "load_connections_dict", readers.files(".env")),
        ("airflow-env", "airflow connections import", readers.imported(".env")),
    ]
    lost = {"astro-settings": ["description"], "astro-environment": ["description"]}
    for name, who, read in fields:
        yield name, None, who, read, lost.get(name, [])
    for name, who, read in uris:
        yield name, "uri", who, read, []
    for name, who, read in both:
        for form in ("uri", "json"):
            # SecretsManagerBackend takes only the fields that it knows.
            yield name, form, who, read, ["description"] if name.startswith("aws-secrets") and form == "json" else []


def compare(forms_run, airconn, readers, given, only):
    written = {}
    for name, form, who, read, lost in forms(readers):
        if only and name not in only:
            continue
        key = name, form
        if key not in written:
            written[key] = airconn.convert(given, name, form or "uri")
        text, kept, refused, warned = written[key]
        try:
            found = read(text, kept)
        except Exception as error:
            forms_run.check(f"{name} {form or ''} read by {who}", [f"{type(error).__name__}: {str(error)[:300]}"], 0, summary(refused))
            continue
        failures, changed = [], 0
        for conn_id, fields in kept.items():
            got = found.get(conn_id, found.get(conn_id.replace("_", "-")))
            want = readers.meant(conn_id, fields, form)
            wrong = ["the whole connection"] if got is None else [n for n in differing(got, want) if n not in lost]
            if wrong:
                failures.append(f"{conn_id}: {wrong}: {fields['password']!r} {[(got or {}).get(n) for n in wrong]!r} is not {[want.get(n) for n in wrong]!r}")
            changed += got is not None and bool(differing(got, fields))
        if warned != changed and not failures:
            failures.append(f"{changed} connections are not what was given, and there are warnings about {warned}")
        forms_run.check(f"{name}{' as ' + form if form else ''} read by {who}", failures, len(kept), f", {changed} changed and warned of" + summary(refused))


# What each client calls the fields.
CLIENTS = {
    "sqlalchemy": {"user": "login", "username": "login", "password": "password", "host": "host", "port": "port", "database": "schema", "dbname": "schema"},
    "libpq": {"user": "login", "password": "password", "host": "host", "port": "port", "dbname": "schema"},
    "redshift-connector": {"user": "login", "password": "password", "host": "host", "port": "port", "database": "schema"},
    "jdbc": {"user": "login", "password": "password", "PGHOST": "host", "PGPORT": "port", "PGDBNAME": "schema"},
    "dbt": {"user": "login", "password": "password", "pass": "password", "host": "host", "port": "port", "dbname": "schema", "database": "schema"},
}


def jdbc(urls):
    """What PostgreSQL's JDBC driver reads from URLs."""
    command = ["java", "-cp", str(JDBC), str(ROOT / "tools/oracles" / "JdbcUrls.java")]
    lines = "".join(base64.b64encode(url.encode()).decode() + "\n" for url in urls)
    done = subprocess.run(command, input=lines, stdout=subprocess.PIPE, check=True, text=True)
    decoded = lambda pair: (pair.partition(":")[0], base64.b64decode(pair.partition(":")[2]).decode())  # noqa: E731
    return [{"error": line} if line == "refused" else dict(map(decoded, line.split())) for line in done.stdout.splitlines()]


def compare_clients(forms_run, airconn, readers, given, only):
    for name, names in CLIENTS.items():
        if only and name not in only:
            continue
        # Redshift's JDBC driver, which grew out of PostgreSQL's, is in no registry of packages: see fixtures and tests for its rules.
        only_type = {"redshift-connector": "redshift", "jdbc": "postgres"}.get(name)
        text, kept, refused, _ = airconn.convert({k: v for k, v in given.items() if only_type in (None, v["conn_type"])}, name)
        if name == "jdbc" and not (shutil.which("java") and JDBC.is_file()):
            print(f"       {name}: not read, for want of java and {JDBC}")
            continue
        if name in ("sqlalchemy", "libpq", "jdbc"):
            lines = text.split("\n")[:-1]
            if len(lines) != len(kept):
                forms_run.check(name, [f"{len(lines)} lines for {len(kept)} connections"], 0, summary(refused))
                continue
            answers = dict(zip(kept, jdbc(lines) if name == "jdbc" else readers.clients([[name, line] for line in lines])))
        else:
            answers = readers.clients([[name, text]])[0]
        failures = []
        for conn_id, fields in kept.items():
            got = answers.get(conn_id, {"error": answers.get("error", "not there")})
            if "error" in got:
                failures.append(f"{conn_id}: {fields['password']!r}: {got['error'][:200]}")
                continue
            seen = {}
            for theirs, ours in names.items():
                if theirs in got:
                    seen.setdefault(ours, got[theirs])
            for ours in set(names.values()):
                want, have = fields[ours] or None, seen.get(ours) or None
                if str(want) != str(have) or ours != "port" and not isinstance(have, (str, type(None))):
                    failures.append(f"{conn_id}: {ours} {have!r} is not {want!r}")
        forms_run.check(f"{name} read by the client", failures, len(kept), summary(refused))


def find_airconn():
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return next((str(target / p / "airconn") for p in ("release", "debug") if (target / p / "airconn").is_file()), None)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--airconn", default=find_airconn(), metavar="PATH", help="the binary [of $CARGO_TARGET_DIR or target/, release before debug]")
    parser.add_argument("--only", action="append", metavar="FORMAT", help="may be repeated [all]")
    options = parser.parse_args()
    if not options.airconn or not Path(options.airconn).is_file():
        parser.error("no airconn found: build it (cargo build --release) or give --airconn")
    python = subprocess.run([ROOT / "tools/oracles" / "python-venv.sh", "clients"], stdout=subprocess.PIPE, check=True, text=True).stdout.splitlines()[-1]

    def clients(questions):
        command = [python, ROOT / "tools/oracles" / "real_clients.py"]
        done = subprocess.run(command, input=json.dumps(questions), stdout=subprocess.PIPE, check=True, text=True)
        return json.loads(done.stdout.splitlines()[-1])

    forms_run, airconn = Forms(), Airconn(str(Path(options.airconn).resolve()))
    with tempfile.TemporaryDirectory(prefix="real-readers-") as work:
        readers = Readers(Path(work), clients)
        compare(forms_run, airconn, readers, connections(), options.only)
        compare_clients(forms_run, airconn, readers, databases(), options.only)
    print(f"{forms_run.compared} connections were read back, each field of them")
    print(f"{forms_run.passed} passed, {forms_run.failed} failed")
    sys.exit(1 if forms_run.failed or not forms_run.passed else 0)


if __name__ == "__main__":
    main()
