#!/usr/bin/env python3
"""Holds airconn against the real Redshift, AWS and Postgres hooks: makes connections, runs the hooks, compares through the command line.

usage: redshift_harness.py [--cases N] [--seed N] [--env AIRFLOW-amazon-VERSION]... [--record FILE.jsonl.gz]

A third of the connections is what people write (redshift_cases_people.py), a third is wild (redshift_cases.py), a third is mixed from pieces and
grammars (redshift_cases_mixed.py). Each environment of
tools/oracles/requirements/airflow-*-amazon-*.txt that is asked for (default: the newest provider) is installed once by airflow-venv.sh and labels
them with redshift_oracle.py, where moto is AWS. Then `airconn check` must have an error exactly where the run failed for a reason of the text, at least
a warning where it depended on surroundings, and no error where it worked; and `airconn inspect` must show what the driver was called with.

--record FILE writes the connections and what every environment made of them: the form of fixtures/redshift/people.jsonl.gz.
--cases 0 --corpus FILE.jsonl.gz takes the connections of a corpus instead; if that is the file to record, what other environments
made of them stays.
Exit code 0: no difference.
"""
import argparse
import gzip
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TOOLS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOOLS / "recorders"))
from redshift_causes import labelled  # noqa: E402

NEWEST = "3.3.2-amazon-9.39.0"
# Errors that a connection may have though it works: it does something else than is written; and masks and placeholders, as no server is asked.
MISREAD = {"AC506", "AC507", "AC517"} | {"AC108", "AC212"}
# What somebody may fill in before Airflow reads it is no certain mistake.
HOLE = re.compile(r"\{\{.*?\}\}|\$\{\w+\}|<\w+>")


def cases(arguments):
    if arguments.corpus:
        with gzip.open(arguments.corpus, "rt") as lines:
            return [{k: v for k, v in json.loads(line).items() if k not in ("outcome", "connect_kwargs", "aws_calls")} for line in lines]
    third = arguments.cases // 3
    made = []
    for script, count in (("redshift_cases_people.py", arguments.cases - 2 * third), ("redshift_cases.py", third), ("redshift_cases_mixed.py", third)):
        ran = subprocess.run([sys.executable, TOOLS / "generators" / script, str(count), str(arguments.seed)], stdout=subprocess.PIPE, text=True, check=True)
        made += [json.loads(line) for line in ran.stdout.splitlines()]
    return made


def label(env, made):
    venv = subprocess.run([TOOLS / "oracles/airflow-venv.sh", env], stdout=subprocess.PIPE, text=True, check=True)
    python = venv.stdout.splitlines()[-1]
    text = "".join(json.dumps(case) + "\n" for case in made)
    ran = subprocess.run([python, TOOLS / "oracles/redshift_oracle.py"], input=text, stdout=subprocess.PIPE, text=True, check=True)
    labels = [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]
    assert [one["id"] for one in labels] == [one["id"] for one in made], "a label for each case"
    return [labelled("harness", one) for one in labels]


def versions(env):
    """The options of airconn for an environment, from what is pinned there."""
    pins = (TOOLS / "oracles/requirements" / f"airflow-{env}.txt").read_text()
    pin = lambda name: re.search(rf"^{name}==(\S+)", pins, re.M).group(1)
    amazon, postgres, driver = (pin(n) for n in ("apache-airflow-providers-amazon", "apache-airflow-providers-postgres", "redshift-connector"))
    side = "worker" if env.startswith("3") else "server"
    return ["--airflow", env.split("-")[0], "--side", side, "--provider", f"amazon={amazon},postgres={postgres}", "--driver", f"redshift-connector={driver}"]


def write(folder, index, case):
    """The set of connections of a case as a file: every second as an export, if it can be one, else as JSON Lines."""
    sets = {"subject": case.get("conn"), "aws_default": case.get("aws"), **case.get("more", {})}
    sets = {k: v for k, v in sets.items() if v is not None}
    # The core reads files: it keeps no port 0 and no empty password, which the worker of the oracle does.
    kept = lambda c: c.get("port") != 0 and c.get("password") != ""
    plain = all(isinstance(c, dict) and isinstance(c.get("extra", {}), dict) and kept(c) for c in sets.values())
    if index % 2 and plain:
        path = folder / f"{index}.json"
        path.write_text(json.dumps({k: {**c, "extra": json.dumps(c.get("extra", {}))} for k, c in sets.items()}))
    else:
        path = folder / f"{index}.jsonl"
        value = lambda c: c if isinstance(c, str) else json.dumps(c)
        path.write_text("".join(json.dumps({"conn_id": k, "value": value(c)}) + "\n" for k, c in sets.items()))
    return path


def airconn():
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", TOOLS.parent / "target"))
    built = [p for p in (target / "release/airconn", target / "debug/airconn") if p.exists()]
    if not built:
        sys.exit("redshift_harness.py: build airconn first: cargo build")
    return max(built, key=lambda p: p.stat().st_mtime)


def judge(env, labels):
    """The differences between the labels and what airconn says, as texts."""
    differences, options = [], versions(env)
    with tempfile.TemporaryDirectory() as folder:
        paths = [write(pathlib.Path(folder), i, case) for i, case in enumerate(labels)]
        command = [airconn(), "check", "--format", "json", "--fail-on", "never", *options, *map(str, paths)]
        report = json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)
        found = {}
        for finding in report["findings"]:
            found.setdefault((pathlib.Path(finding["file"]).name, finding["conn_id"]), []).append(finding)
        for path, case in zip(paths, labels):
            subject = "subject" if "conn" in case else "aws_default"
            findings = found.get((path.name, subject), [])
            errors = [f["id"] for f in findings if f["level"] == "error"]
            warned = any(f["level"] in ("error", "warning") for f in findings)
            outcome = case["outcome"]
            why, unseen = outcome["cause"], "unseen" in outcome
            wrong = [e for e in errors if e not in MISREAD]
            command = [airconn(), "inspect", "--format", "jsonl", "--hook", "--reveal", "--conn-id", subject, *options, str(path)]
            ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            hook = json.loads(ran.stdout.splitlines()[0]).get("hook") if ran.stdout else None
            problem = None
            if unseen and not warned:
                problem = f"{outcome['unseen']} is more than the oracle tells; nothing is said"
            elif why == "none" and wrong and not unseen:
                problem = f"works, but has the errors {wrong}"
            elif why == "text" and not errors and not (warned and HOLE.search(path.read_text())):
                problem = f"fails with {outcome['exception']}: {outcome['message'][:90]}; no error"
            elif why not in ("none", "text", "aws", "network", "server", "address") and not warned:
                problem = f"depends on {why} ({outcome['exception']}); nothing is said"
            elif case["connect_kwargs"] is not None and not same(given := arguments(hook), got := called(case["connect_kwargs"])):
                problem = f"the driver got {got}, inspect shows {given}"
            if problem:
                differences.append(f"{env} {case['id']}: {problem}\n    {path.read_text().strip()}")
    return differences


def called(kwargs):
    """Arguments as the oracle saw them."""
    return [(name, value) for name, value in kwargs.items() if not name.endswith("_factory")]


def arguments(hook):
    """Arguments as inspect shows them; one that comes with temporary credentials is the kind of it, in a tuple."""
    if not hook or hook.get("arguments") is None:
        return None
    given = [a for a in hook["arguments"] if not a["name"].endswith("_factory")]
    return [(a["name"], (a["temporary"],) if a.get("temporary") else a.get("value")) for a in given]


def same(given, got):
    """What is temporary has the marks of what the stand-in AWS hands out; either of the two may be there without the other."""

    def fits(given, got):
        match given:
            case ("user",):
                return str(got).startswith("IAM:")
            case ("password",):
                return got == "<temporary password>" or "Action=connect" in str(got)
            case _:
                return given == got and type(given) is type(got)

    return given is not None and [n for n, _ in given] == [n for n, _ in got] and all(fits(a, b) for (_, a), (_, b) in zip(given, got))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=400)
    parser.add_argument("--seed", type=int, default=20261124)
    parser.add_argument("--env", action="append", help=f"such as {NEWEST}; may be repeated")
    parser.add_argument("--corpus")
    parser.add_argument("--record")
    options = parser.parse_args()
    made, recorded, differences = cases(options), {}, []
    for env in options.env or [NEWEST]:
        labels = label(env, made)
        found = judge(env, labels)
        print(f"{env}: {len(labels)} connections, {len(found)} differences", flush=True)
        differences += found
        recorded[env] = labels
    for difference in differences[:40]:
        print(difference)
    if options.record:
        before = {}
        if options.corpus == options.record:
            with gzip.open(options.corpus, "rt") as lines:
                before = {case["id"]: case for case in map(json.loads, lines)}
        with gzip.GzipFile(options.record, "wb", 9, mtime=0) as out:
            for i, case in enumerate(made):
                was = before.get(case["id"], {})
                runs = {f"amazon {env.split('-')[-1]}" + (" (airflow 2.11.2)" if env.startswith("2.11.2") else ""): all_[i] for env, all_ in recorded.items()}
                case["outcome"] = {**was.get("outcome", {}), **{name: run["outcome"] for name, run in runs.items()}}
                reached = {n: r["connect_kwargs"] for n, r in runs.items() if r["connect_kwargs"] is not None}
                case["connect_kwargs"] = {**was.get("connect_kwargs", {}), **reached}
                out.write((json.dumps(case) + "\n").encode())
    sys.exit(bool(differences))


if __name__ == "__main__":
    main()
