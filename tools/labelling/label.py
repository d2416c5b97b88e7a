#!/usr/bin/env python3
"""Labels connections with the real hooks; run.sh calls it behind a wall.

usage: label.py TYPE[,TYPE] < ROWS.jsonl > LABELS.jsonl

A row has an id, a type, and `conn`: a URI, or what `Connection.from_json` takes; `more` holds further connections by id. The label
adds `class` (works, fails, fails_in_one_use, surroundings), `evidence` (what each use ended in) and `provider_version`.
"""
import importlib.metadata
import json
import logging
import os
import signal
import sys
import tempfile
import warnings

HOME = tempfile.mkdtemp(prefix="labelling-")
for name in [name for name in os.environ if name.startswith(("AIRFLOW", "AWS_", "AZURE", "DATABRICKS", "GOOGLE", "KUBE", "OPENAI", "PG", "SNOWFLAKE"))]:
    del os.environ[name]
os.environ |= {"AIRFLOW_HOME": HOME, "HOME": HOME, "AIRFLOW__CORE__LOAD_EXAMPLES": "False", "AIRFLOW__LOGGING__LOGGING_LEVEL": "CRITICAL",
               "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/opt/airflow/aws/config", "AWS_SHARED_CREDENTIALS_FILE": "/opt/airflow/aws/credentials"}
warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
# Some hook closes what it takes for its own standard output.
OUT = os.fdopen(os.dup(1), "w")

import cut  # noqa: E402
import uses  # noqa: E402
from airflow.sdk import BaseHook, Connection  # noqa: E402

SECONDS = 12
# What an exception says where the network, and not the connection, is at fault.
OF_THE_NETWORK = ("Temporary failure in name resolution", "Name or service not known", "Network is unreachable", "Unknown MySQL server host",
                  "Can't connect to", "failed to resolve host", "Unable to connect: Adaptive", "20009", "20002", "Unknown server host",
                  "_TRANSPORT", "Local: Broker transport failure", "Connection refused", "Failed to resolve", "No servers found yet",
                  "No replica set members", "All nameservers failed")
OF_THE_SURROUNDINGS = ("Can't open lib", "Service host/port is not set", "No configuration found", "Unable to locate credentials")
known = {}


class TimeOut(BaseException):
    """A use took too long: it reached something that does not answer."""


def connection(conn_id):
    if conn_id not in known:
        from airflow.exceptions import AirflowNotFoundException

        raise AirflowNotFoundException(f"The conn_id `{conn_id}` isn't defined")
    return made(known[conn_id], conn_id)


BaseHook.get_connection = classmethod(lambda cls, conn_id: connection(conn_id))
Connection.get = classmethod(lambda cls, conn_id: connection(conn_id))


def made(written, conn_id):
    if not isinstance(written, str):
        return Connection.from_json(json.dumps(written), conn_id=conn_id)
    takes_id = "conn_id" in Connection.from_uri.__code__.co_varnames
    made = Connection.from_uri(written, conn_id=conn_id) if takes_id else Connection.from_uri(written)
    made.conn_id = conn_id
    return made


def chain(error):
    """An exception and those behind it, as texts."""
    texts = []
    while error is not None and len(texts) < 6:
        texts.append(f"{type(error).__name__}: {str(error)[:300]}")
        error = error.__cause__ or error.__context__
    return texts


def tried(use, row):
    """What a use of a connection ends in: `works`, `fails` or `surroundings`, and in words."""
    cut.seen.clear()
    conn_id = row["id"].replace(" ", "_")
    known.clear()
    known.update({conn_id: row["conn"], **(row.get("more") or {})})
    try:
        connection(conn_id)
    except BaseException as error:  # whatever Airflow raises is an answer
        return "fails", f"not read: {type(error).__name__}: {str(error)[:160]}"
    error = ended(use, conn_id)
    reached = f" ({cut.seen[0][:120]})" if cut.seen else ""
    if error is None:
        return "works", f"returns{reached}"
    if isinstance(error, cut.Reached):
        return "works", f"works up to the network{reached}"
    if isinstance(error, TimeOut):
        return "works", "works up to the network, and waits"
    texts = chain(error)
    impossible = any("impossible name" in text for text in texts)
    if not impossible and any(word in text for word in OF_THE_NETWORK for text in texts):
        return "works", f"works up to the network ({texts[0][:120]})"
    if any(word in texts[0] for word in OF_THE_SURROUNDINGS):
        return "surroundings", texts[0][:160]
    return "fails", texts[0][:200]


def ended(use, conn_id):
    """What a use raises, if anything. The alarm may ring while another exception is on its way."""
    cut.arm()
    signal.alarm(SECONDS)
    try:
        try:
            use(conn_id)
            error = None
        except BaseException as raised:  # hooks and drivers raise what they like
            error = raised
        signal.alarm(0)
    except TimeOut as raised:
        error = raised
    finally:
        cut.disarm()
    return error


def label(row, versions):
    ends = [(use.__name__, *tried(use, row)) for use in uses.USES[row["type"]]]
    results = {result for _, result, _ in ends}
    one = results.pop() if len(results) == 1 else "fails_in_one_use" if "fails" in results else "surroundings"
    return {**row, "class": one, "evidence": "; ".join(f"{name}: {words}" for name, _, words in ends), "provider_version": versions}


def versions(package):
    try:
        return f"{package.removeprefix('apache-airflow-providers-')} {importlib.metadata.version(package)}"
    except importlib.metadata.PackageNotFoundError:
        return f"{package} not installed"


PACKAGES = {"google_cloud_platform": "google", "gcpbigquery": "google", "aws": "amazon", "kubernetes": "cncf-kubernetes", "slackwebhook": "slack",
            "mssql": "microsoft-mssql", "kafka": "apache-kafka", "spark": "apache-spark", "dbt_cloud": "dbt-cloud", "fs": "standard", "cassandra": "apache-cassandra", "vault": "hashicorp",
            "pagerduty_events": "pagerduty", "jira": "atlassian-jira"}


def package_of(conn_type):
    azure = conn_type in ("wasb", "adls") or conn_type.startswith("azure")
    return f"apache-airflow-providers-{'microsoft-azure' if azure else PACKAGES.get(conn_type, conn_type)}"


def main():
    def ring(*_):
        raise TimeOut

    signal.signal(signal.SIGALRM, ring)
    types = set(sys.argv[1].split(","))
    airflow = importlib.metadata.version("apache-airflow-core")
    for line in sys.stdin:
        row = json.loads(line)
        if row["type"] in types:
            print(json.dumps(label(row, f"{versions(package_of(row['type']))}; airflow {airflow} worker")), file=OUT, flush=True)


if __name__ == "__main__":
    main()
