#!/usr/bin/env python3
"""Holds `airconn probe` against the real hooks: connections of recorded runs and of users, both against the same stand-ins on loopback.

usage: probe_compare.py [--airconn FILE] [--verbose] [ID]...     [of $CARGO_TARGET_DIR or target/, release before debug]

Run it with the python of an Airflow that has the Amazon provider (`tools/oracles/airflow-venv.sh 3.3.2-amazon-9.39.0`), on Linux, with a C compiler. The
connections are those of fixtures/redshift/runs.jsonl.gz and fixtures/probe/compare.jsonl. Their hosts keep their names, which decide much
(cluster, region): loopback_names.c is preloaded and finds them on loopback. Where a recorded server had a property of its own (no TLS, a
certificate for another name …), they are at the address of a stand-in that has it.
RedshiftSQLHook and PostgresHook open a connection; of AWS connections the hook asks sts:GetCallerIdentity, which is as far as the probe
goes; RedshiftDataHook runs `select 1`. Compared is whether it works. What the probe calls unproven (a browser, an identity provider) is named
and not compared. Nothing leaves the machine: other names have no address, and HTTPS goes to a proxy that does not exist.
"""

import argparse
import collections
import concurrent.futures
import gzip
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
ORACLES, FIXTURES = ROOT / "tools/oracles", ROOT / "fixtures"
RECORDED = FIXTURES / "redshift/runs.jsonl.gz"
OWN = FIXTURES / "probe/compare.jsonl"
# Hosts of clusters.
HOSTS = [f"my-cluster.cg034hpkmmjt.{rest}" for rest in ("us-east-1.redshift.amazonaws.com", "us-gov-west-1.redshift.amazonaws.com")]
HOSTS += ["my-cluster.cg034hpkmmjt.cn-north-1.redshift.amazonaws.com.cn", "default-wg.123456789012.us-east-1.redshift-serverless.amazonaws.com"]
HOSTS += ["redshift.example.com"]
# Hosts that are recorded of servers of their own, and what else is recorded of a server: the names of stand-ins.
APART = {f"{name}.cg034hpkmmjt.us-east-1.redshift.amazonaws.com": name for name in ("nossl", "wrongname", "pgtls", "pgplain")}
SET_APART = {("token_auth", "sha256"): "sha256", ("unicode", False): "utf8"}
# The recorded outcomes that this Airflow repeats.
LIKE = "amazon 9.39.0"
OTHERWISE = {"W13": "the recorded hook asked Redshift of a region that is not there, this one asks STS"}
# Where AWS was while it was recorded.
RECORDED_AWS = "http://127.0.0.1:15566"


def pair(name):
    return f"aws_access_key_id = AKIAPROFILE{name}\naws_secret_access_key = secret-profile\n"


FILES = {
    "credentials": f"[airflow-prof]\n{pair('AIRFLOW00')}[base]\n{pair('BASE00000')}"
    f"[quoted-prof]\naws_access_key_id = \"AKIAQUOTEDPROFILE000\"\naws_secret_access_key = \"secret-profile\"\n",
    "config": "[profile airflow-prof]\n[profile role-prof]\nrole_arn = arn:aws:iam::123456789012:role/profile-role\n"
    "source_profile = base\nregion = us-east-1\n",
    "token": "made-up-token",
}


def left_out(case):
    """Why a case cannot be played, or None."""
    if not (case.get("conn") or case.get("aws")):
        return "there is no connection to probe"
    return None


def played(case, home, stand_ins):
    """The case with the stand-ins in place of what was around the recorded run."""
    kept = ("id", "hook", "conn", "aws", "more", "env", "hook_kwargs", "data")
    text = json.dumps({key: case[key] for key in kept if key in case})
    parts = json.loads(text.replace("/etc/lab/", f"{home}/").replace("{home}", home).replace(RECORDED_AWS, stand_ins["aws"]))
    server, more = case.get("server", "cluster"), {}
    for option, value in (case.get("opt") or {}).items():
        if option == "deny":
            (denied,) = value
            more["AWS_ENDPOINT_URL"] = f"{stand_ins['aws']}/deny/{denied.partition(':')[2]}"
        else:
            server = SET_APART[option, value]
    names = {**dict.fromkeys(HOSTS, server), **APART}
    more["LOOPBACK_NAMES"] = " ".join(f"{name}={stand_ins['addresses'][at]}" for name, at in names.items())
    parts["env"] = {**parts.get("env", {}), **more}
    if case["hook"] == "postgres":
        # The probe takes the hook that belongs to the type.
        parts["conn"]["conn_type"] = "postgres"
    return parts


def variable(conn):
    return conn if isinstance(conn, str) else json.dumps({k: v for k, v in conn.items() if v is not None})


def environment(case, home, stand_ins):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "AIRFLOW", "PG")) and not k.lower().endswith("_proxy")}
    env.update(
        HOME=home,
        AIRFLOW_HOME=home + "/airflow",
        AIRFLOW__LOGGING__LOGGING_LEVEL="CRITICAL",
        AIRFLOW__CORE__LOAD_EXAMPLES="False",
        AWS_EC2_METADATA_DISABLED="true",
        AWS_ENDPOINT_URL=stand_ins["aws"],
        AWS_MAX_ATTEMPTS="1",
        LD_PRELOAD=f"{home}/loopback_names.so",
        HTTPS_PROXY="http://127.0.0.1:9",
        SSL_CERT_FILE=stand_ins["ca"],
    )
    for name, value in (case.get("env") or {}).items():
        if value is None:
            env.pop(name, None)
        else:
            env[name] = value
    return env


def of_hook(cases):
    """In a process of its own: what the real hooks do."""
    import logging
    import warnings

    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    import botocore.loaders
    import redshift_connector
    from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook
    from airflow.providers.amazon.aws.hooks.redshift_data import RedshiftDataHook
    from airflow.providers.amazon.aws.hooks.redshift_sql import RedshiftSQLHook
    from airflow.providers.postgres.hooks.postgres import PostgresHook
    from redshift_connector.iam_helper import IamHelper

    # Every session would parse AWS's models again.
    loader = botocore.loaders.create_loader()
    botocore.loaders.create_loader = lambda *_: loader
    if hasattr(RedshiftSQLHook.get_conn, "retry"):
        RedshiftSQLHook.get_conn.retry.sleep = lambda _: None
        RedshiftSQLHook.get_conn.retry.wait = lambda *_: 0
    base = dict(os.environ)
    for case in cases:
        IamHelper.credentials_cache.clear()
        conns = {"subject": case.get("conn"), "aws_default": case.get("aws"), **(case.get("more") or {})}
        added = {f"AIRFLOW_CONN_{k.upper()}": variable(v) for k, v in conns.items() if v is not None}
        os.environ.clear()
        os.environ.update({**base, **added})
        for name, value in (case.get("env") or {}).items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})
        try:
            if case["hook"] == "redshift":
                RedshiftSQLHook(redshift_conn_id="subject", **case.get("hook_kwargs", {})).get_conn().close()
            elif case["hook"] == "postgres":
                PostgresHook(postgres_conn_id="subject").get_conn().close()
            elif case["hook"] == "data":
                RedshiftDataHook(aws_conn_id="aws_default").execute_query("select 1", **case["data"])
            else:
                AwsBaseHook(aws_conn_id="aws_default", client_type="sts").conn.get_caller_identity()
            yield case["id"], {"ok": True}
        except Exception as error:
            yield case["id"], {"ok": False, "exception": type(error).__name__, "message": str(error)[:200]}


def of_probe(case, airconn, home, stand_ins):
    """What the binary says."""
    subject = "subject" if case["hook"] in ("redshift", "postgres") else "aws_default"
    conns = {"subject": case.get("conn"), "aws_default": case.get("aws"), **(case.get("more") or {})}
    lines = "".join(json.dumps({"conn_id": k, "value": variable(v)}) + "\n" for k, v in conns.items() if v is not None)
    command = [airconn, "probe", "--from", "jsonl", "--format", "json", "--conn-id", subject]
    # What SSL_CERT_FILE is for the driver and PGSSLROOTCERT for libpq.
    if "SSL_CERT_FILE" not in (case.get("env") or {}):
        command += ["--ca", stand_ins["ca"]]
    if "hook_kwargs" in case:
        # An empty one is none, for the hook, too.
        command.append(f"--aws-conn-id={case['hook_kwargs']['aws_conn_id'] or ''}")
    if "data" in case:
        command += ["--via", "data-api", *(f"--{name.replace('_', '-')}={value}" for name, value in case["data"].items())]
    command.append("-")
    run = subprocess.run(command, input=lines, env=environment(case, home, stand_ins), capture_output=True, text=True, timeout=120)
    if run.returncode == 2 and "cannot be used with" in run.stderr:
        return {"verdict": "failed", "step": "arguments", "cause": "refused"}
    try:
        found = json.loads(run.stdout)["connections"][0]
    except (ValueError, KeyError, IndexError):
        return {"verdict": "none", "says": (run.stdout + run.stderr)[:300]}
    failed = found["failed"] or {}
    open = [step["message"] for step in found["steps"] if step["status"] == "skipped" and step["cause"] != "not-needed"]
    return {"verdict": found["verdict"], "step": failed.get("name"), "cause": failed.get("cause"), "open": open[:1]}


def main():
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    built = [target / profile / "airconn" for profile in ("release", "debug")]
    options.add_argument("--airconn", default=str(next((path for path in built if path.exists()), built[0])))
    options.add_argument("ids", nargs="*", help="only these cases")
    options.add_argument("--verbose", action="store_true", help="say of each connection what came out")
    options.add_argument("--hooks", help=argparse.SUPPRESS)
    options = options.parse_args()
    if options.hooks:
        for id, outcome in of_hook(json.loads(pathlib.Path(options.hooks).read_text())):
            print(json.dumps([id, outcome]), flush=True)
        return 0
    cases = [json.loads(line) for lines in (gzip.open(RECORDED, "rt"), OWN.open()) for line in lines]
    cases = [case for case in cases if not options.ids or case["id"] in options.ids]
    apart = {case["id"]: left_out(case) for case in cases if left_out(case)}
    cases = [case for case in cases if case["id"] not in apart]
    python = subprocess.run([ORACLES / "aws-venv.sh"], capture_output=True, text=True, check=True).stdout.strip()
    with tempfile.TemporaryDirectory() as folder:
        home = pathlib.Path(folder)
        (home / ".aws").mkdir()
        recorded = {case["id"]: case["outcome"][LIKE]["ok"] for case in cases if "outcome" in case}
        for name, text in FILES.items():
            (home / name if name == "token" else home / ".aws" / name).write_text(text)
        library = ["cc", "-shared", "-fPIC", "-o", home / "loopback_names.so", ORACLES / "loopback_names.c", "-ldl"]
        subprocess.run(library, check=True)
        served = subprocess.Popen([python, ORACLES / "probe_stand_ins.py", folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            line = served.stdout.readline()
            if not line:
                print("the stand-ins do not start; is port 5439 free?")
                return 2
            stand_ins = json.loads(line)
            cases = [played(case, folder, stand_ins) for case in cases]
            (home / "cases.json").write_text(json.dumps(cases))
            command = [sys.executable, __file__, "--hooks", str(home / "cases.json")]
            with concurrent.futures.ThreadPoolExecutor(3) as pool:
                run = pool.submit(subprocess.run, command, env=environment({}, folder, stand_ins), capture_output=True, text=True)
                ours = [pool.submit(of_probe, case, options.airconn, folder, stand_ins) for case in cases]
                ours, run = [answer.result() for answer in ours], run.result()
            real = dict(json.loads(line) for line in run.stdout.splitlines() if line.startswith("["))
            if len(real) != len({c["id"] for c in cases}):
                print(f"the hooks answered {len(real)} of {len(cases)} cases\n{run.stderr[-2000:]}")
                return 2
        finally:
            served.stdin.close()
            served.wait(10)
    count, differing, unproven = collections.Counter(), [], {}
    for case, answer in zip(cases, ours):
        hook = real[case["id"]]
        if case["id"] not in OTHERWISE and recorded.get(case["id"], hook["ok"]) != hook["ok"]:
            differing.append(f"{case['id']}: recorded {recorded[case['id']]}, hook {hook}")
        if answer["verdict"] == "unproven":
            unproven[case["id"]] = "; ".join(answer["open"])
            continue
        same = hook["ok"] == (answer["verdict"] == "passed")
        count["worked" if hook["ok"] else "failed"] += same
        if not same:
            differing.append(f"{case['id']}: hook {hook}, probe {answer}")
        if options.verbose:
            print(f"{case['id']}: hook {hook}, probe {answer}")
    print("\n".join(differing))
    told = lambda named: ", ".join(f"{id} ({why})" for id, why in named.items()) or "none"
    print(
        f"{len(cases) - len(unproven)} connections compared: {count['worked']} work and {count['failed']} fail in both, {len(differing)} differ; "
        f"unproven: {told(unproven)}; left out: {told(apart)}"
    )
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
