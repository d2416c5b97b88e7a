#!/usr/bin/env python3
"""Compares airconn with real Apache Airflow, case by case.

    tools/compare/differential.py --cases 50000 --seed 7                  freshly generated cases, real Airflow is asked
    tools/compare/differential.py --corpus fixtures/airflow/gen1.jsonl.gz answers that were recorded earlier

Generated cases come from tools/generators/cases.py. Airflow is installed by tools/oracles/airflow-venv.sh and asked through
tools/oracles/airflow_oracle.py; airconn is asked through `inspect --format jsonl` and `convert`. Ends with 0 only when there
is no difference; each difference stands in the file --out with the case and both answers.

Not compared, but counted with the reason: text with lone surrogates, connections in which Airflow leaves
something else than text in a text field (or than an integer in the port), and files that Airflow refuses for
their name while airconn goes by what is in them. Even then airconn must answer and not crash.
"""

import argparse
import base64
import collections
import concurrent.futures
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "generators"))
import cases as generator  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
ORACLES = ROOT / "tools/oracles"
DEFAULT_VERSIONS = ["3.3.2", "2.11.2"]

# The kinds that `inspect` answers line by line, and how the case becomes a line.
LINE_KINDS = {
    "uri": lambda case: {"uri": case["uri"]},
    "json": lambda case: {"json": case["value"]},
    "envvalue": lambda case: {"value": case["value"]},
    "fields": lambda case: case["fields"],
}
# airconn's name of the format of a file that `connections import` takes, by extension.
FILE_FORMATS = {"env": "airflow-env", "json": "export-json", "yaml": "export-yaml", "yml": "export-yaml"}
# What the oracle calls an export, and how `convert` is asked for the same.
EXPORT_FORMATS = {
    "json": ["export-json"],
    "yaml": ["export-yaml"],
    "env_uri": ["airflow-env"],
    "env_json": ["airflow-env", "--value", "json"],
}
TEXT_FIELDS = ("conn_type", "description", "host", "login", "password", "schema", "extra")
FIELDS = (*TEXT_FIELDS, "port")

# Lines a call. A batch that fails is asked again in halves, until the line that breaks airconn stands alone.
BATCH = 2000
TIMEOUT_SECONDS = 60

SURROGATE = "lone surrogate"
NOT_TEXT = "Airflow keeps something else than text"
UNREADABLE_FIELD = "Airflow raises when the field is read"
FILE_NAME = "Airflow refuses the file's name"
UNSETTABLE = "no such environment variable is possible"
NOT_THERE = "this Airflow cannot do that"
IN_CARGO_TEST = "checked by cargo test"
OTHER_PYTHON = "this Airflow runs on a Python that reads brackets in hosts another way"

# Python's patch releases and Debian's patches disagree about `[` in a host. airconn follows 3.11.7 and 3.12.1: the
# text between the first pair must be an address, and what stands around the pair is free.
PROBE = """
from urllib.parse import urlsplit
def refused(url):
    try: urlsplit(url)
    except ValueError: return True
print(bool(refused("x://[abc]") and not refused("x://y[::1]z")))
"""


class Limit(Exception):
    """The case is one of the agreed limits; the argument says which."""


class Runtime:
    """One reader of connections: a version of Airflow, and from 3.0 on its server or worker side."""

    def __init__(self, name):
        self.name = name
        self.version, _, side = name.partition("/")
        self.side = side or "server"
        self.other_python = False

    @property
    def options(self):
        return ["--airflow", self.version, "--side", self.side]

    @classmethod
    def of(cls, version):
        if int(version.split(".")[0]) < 3:
            return [cls(version)]
        return [cls(f"{version}/server"), cls(f"{version}/worker")]


# Airflow's side


def ask_airflow(runtime, cases, jobs, work):
    """What real Airflow answers to each case; None where it is not worth asking."""
    venv = subprocess.run([ORACLES / "airflow-venv.sh", runtime.version], stdout=subprocess.PIPE, check=True, text=True)
    python = venv.stdout.splitlines()[-1]
    runtime.other_python = subprocess.run([python, "-c", PROBE], capture_output=True, text=True).stdout.strip() != "True"
    asked = [c for c in cases if c["kind"] in LINE_KINDS or (c["kind"] in ("file", "export") and runtime.side == "server")]
    processes = []
    for job in range(jobs):
        questions, answers = work / f"questions{job}", work / f"answers{job}"
        with questions.open("w") as file:
            file.writelines(json.dumps(case) + "\n" for case in asked[job::jobs])
        impl = "sdk" if runtime.side == "worker" else "core"
        command = [python, ORACLES / "airflow_oracle.py", "--no-warn", "--impl", impl]
        with questions.open() as source, answers.open("w") as target:
            processes.append((subprocess.Popen(command, stdin=source, stdout=target), answers))
    found = {}
    for process, answers in processes:
        if process.wait():
            sys.exit(f"the oracle for {runtime.name} failed")
        for line in answers.read_text().splitlines():
            answer = json.loads(line)
            found[answer["id"]] = answer["r"]
    if len(found) != len(asked):
        sys.exit(f"the oracle for {runtime.name} answered {len(found)} of {len(asked)} cases")
    return [found.get(case["id"]) for case in cases]


def read_corpus(paths):
    """The recorded cases, and their answers by runtime."""
    cases, answers = [], collections.defaultdict(dict)
    for path in paths:
        with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as file:
            for line in file:
                case = json.loads(line)
                for recorded in case.pop("answers"):
                    for runtime in recorded["runtimes"]:
                        answers[runtime][len(cases)] = recorded["answer"]
                cases.append(case)
    return cases, {runtime: [found.get(i) for i in range(len(cases))] for runtime, found in answers.items()}


# airconn's side


class Airconn:
    def __init__(self, path, runtime, jobs, work):
        self.path, self.runtime, self.jobs, self.work = path, runtime, jobs, work

    def run(self, command, *arguments, stdin=None):
        """(exit code, stdout, stderr); a code of None is a hang."""
        call = [self.path, command, *arguments, *self.runtime.options]
        # Nothing of the surroundings may decide an answer.
        environment = {"PATH": os.environ.get("PATH", ""), "RUST_BACKTRACE": "0", "NO_COLOR": "1"}
        try:
            done = subprocess.run(call, input=stdin, capture_output=True, timeout=TIMEOUT_SECONDS, env=environment)
        except subprocess.TimeoutExpired:
            return None, b"", b"no answer in time"
        return done.returncode, done.stdout, done.stderr

    def inspect_lines(self, lines):
        """One answer a line: an object, or {"crash": ...}."""
        batches = [lines[i : i + BATCH] for i in range(0, len(lines), BATCH)]
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            return [answer for answers in pool.map(self.inspect_batch, batches) for answer in answers]

    def inspect_batch(self, lines):
        stdin = "".join(json.dumps(line) + "\n" for line in lines).encode()
        code, out, err = self.run("inspect", "--from", "jsonl", "--format", "jsonl", "--reveal", "-", stdin=stdin)
        answers = parsed_lines(out)
        if code in (0, 1) and answers is not None and len(answers) == len(lines):
            return answers
        if len(lines) == 1:
            return [crash(code, out, err)]
        middle = len(lines) // 2
        return self.inspect_batch(lines[:middle]) + self.inspect_batch(lines[middle:])

    def each(self, function, cases):
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            return list(pool.map(function, cases))

    def inspect_file(self, case):
        """The answers for a connections file: a list of objects, or {"crash": ...}."""
        with tempfile.TemporaryDirectory(dir=self.work) as folder:
            path = Path(folder) / ("conns." + case["ext"])
            path.write_bytes(content_of(case))
            source = FILE_FORMATS.get(case["ext"].lower().rpartition(".")[2])
            named = ["--from", source] if source else []
            code, out, err = self.run("inspect", *named, "--format", "jsonl", "--reveal", str(path))
        # Of a file with an odd name airconn may say that it cannot tell what it is.
        if code == 2 and not named and b"panicked" not in err:
            return []
        answers = parsed_lines(out)
        return answers if code in (0, 1) and answers is not None else crash(code, out, err)

    def convert(self, case):
        """The exports by name: text, or None where airconn refuses, or {"crash": ...}."""
        stdin = "".join(json.dumps(conn) + "\n" for conn in case["conns"]).encode()
        found = {}
        for name, target in EXPORT_FORMATS.items():
            code, out, err = self.run("convert", "--from", "jsonl", "--to", *target, "-", stdin=stdin)
            if code == 0:
                found[name] = out.decode("utf-8", "surrogateescape")
            else:
                found[name] = None if code in (1, 2) and b"panicked" not in err else crash(code, out, err)
        return found


def parsed_lines(out):
    try:
        return [json.loads(line) for line in out.decode("utf-8").split("\n") if line]
    except ValueError:
        return None


def crash(code, out, err):
    return {"crash": {"exit": code, "stdout": out.decode("utf-8", "replace")[-300:], "stderr": err.decode("utf-8", "replace")[-600:]}}


def content_of(case):
    if "content_b64" in case:
        return base64.b64decode(case["content_b64"])
    return case["content"].encode("utf-8", "surrogatepass")


# The comparison. Each function returns what differs, as {what: [Airflow's, airconn's]}, or raises Limit.


def is_error(answer):
    return isinstance(answer, dict) and "!" in answer


def texts(value):
    """All text in a JSON value. Without recursion, as cases nest deeply."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from value
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def has_surrogate(value):
    return any("\ud800" <= c <= "\udfff" for text in texts(value) for c in text)


def decodes_to_surrogate(case):
    """Whether the input is JSON that becomes text with lone surrogates, which airconn refuses."""
    try:
        text = content_of(case).decode("utf-8") if case["kind"] == "file" else case.get("value", "null")
        return has_surrogate(json.loads(text.strip()))
    except (ValueError, RecursionError):
        return False


def expected_model(model):
    """The fields as airconn must give them, or Limit."""
    fields = {}
    for name in FIELDS:
        value = model.get(name)
        if is_error(value):
            raise Limit(UNREADABLE_FIELD)
        if name == "port" and isinstance(value, dict) and "int" in value:
            value = int(value["int"])
        if not (value is None or (type(value) is int if name == "port" else isinstance(value, str))):
            raise Limit(NOT_TEXT)
        fields[name] = value
    return fields


def compare_connection(answer, got):
    """One connection or one error, both sides."""
    if is_error(answer):
        error = got.get("error") or {}
        return {} if error.get("exception") == answer["!"][0] else {"error": [answer["!"], got]}
    if "error" in got:
        expected_model(answer["model"])
        return {"error": [answer, got]}
    want = expected_model(answer["model"])
    # null says that this Airflow raises in the function, or has none.
    for name, function in (("uri", "get_uri"), ("json", "as_json")):
        if function in answer:
            text = answer[function]
            want[name] = text if isinstance(text, str) and text != "n/a" else None
    # Python takes true for 1 and 1.0 for 1; we do not.
    return {n: [w, got.get(n, "missing")] for n, w in want.items() if (type(w), w) != (type(got.get(n, "missing")), got.get(n, "missing"))}


def crashed(got):
    return isinstance(got, dict) and "crash" in got


def compare_line(case, answer, got, _runtime):
    if "unsettable" in answer:
        raise Limit(UNSETTABLE)
    if is_error(answer) and answer["!"] == ["NotImplementedError", "n/a"]:
        raise Limit(NOT_THERE)
    return compare_connection(answer, got)


def compare_file(case, answer, got, _runtime):
    if is_error(answer):
        if answer["!"][1].startswith("Unsupported file format"):
            raise Limit(FILE_NAME)
        # Airflow names none; airconn says which connection it is that makes Airflow refuse the whole file.
        error = got[0].get("error") if len(got) == 1 else None
        if error and error.get("exception") == answer["!"][0]:
            return {}
        return {"error": [answer["!"], got]}
    for conn in answer["conns"]:
        if not isinstance(conn["key"], str):
            raise Limit(NOT_TEXT)
        expected_model(conn["model"])
    want = [conn["key"] for conn in answer["conns"]]
    have = [line.get("conn_id") for line in got]
    if want != have:
        return {"conn_ids": [want, have]}
    differences = {}
    for conn, line in zip(answer["conns"], got):
        for name, pair in compare_connection(conn, line).items():
            differences[f"{conn['key']}: {name}"] = pair
    return differences


def sanitised_away(conn_id, version):
    """Whether the constructor of this Airflow turns the id into None (sanitize_conn_id, since 2.8.2)."""
    if version < (2, 8, 2):
        return False
    flags = re.ASCII if version < (3,) else 0
    end = r"\Z" if version < (3,) else "$"
    return not isinstance(conn_id, str) or re.match(r"[\w#!()\-.:/\\]{1,250}" + end, conn_id, flags) is None


def compare_export(case, answer, got, runtime):
    version = tuple(map(int, runtime.version.split(".")))
    refused = "construct" in answer or any(sanitised_away(c.get("conn_id"), version) for c in case["conns"])
    for conn in case["conns"]:
        texts = [conn.get(name) for name in TEXT_FIELDS if name != "extra"]
        port, extra = conn.get("port"), conn.get("extra")
        odd = [t for t in texts if not (t is None or isinstance(t, str))]
        if odd or not (port is None or type(port) is int) or (not extra and extra not in (None, "")):
            raise Limit(NOT_TEXT)
    differences = {}
    for name in EXPORT_FORMATS:
        want = None if refused or is_error(answer[name]) else answer[name]
        if want == "n/a":
            continue
        if want != got[name]:
            differences[name] = [answer.get("construct") or ("refused" if want is None else want), got[name]]
    return differences


COMPARE = {**dict.fromkeys(LINE_KINDS, compare_line), "file": compare_file, "export": compare_export}


def compare(case, answer, got, runtime):
    """The differences of one case, or Limit. What is beyond a limit must still not crash."""
    if crashed(got) or (isinstance(got, dict) and any(map(crashed, got.values()))):
        return {"crash": [answer, got]}
    if has_surrogate(case) or has_surrogate(answer):
        raise Limit(SURROGATE)
    differences = COMPARE[case["kind"]](case, answer, got, runtime)
    if differences.keys() & {"error", "conn_ids"} and decodes_to_surrogate(case):
        raise Limit(SURROGATE)
    if differences and runtime.other_python and any("[" in text for text in texts(case)):
        raise Limit(OTHER_PYTHON)
    return differences


# The run


class Tally:
    """What happened to the cases of one kind."""

    def __init__(self):
        self.cases = self.compared = self.differences = 0
        self.limits = collections.Counter()


def run(runtime, cases, answers, airconn, out):
    """Compares one runtime; the tallies by kind."""
    tallies = collections.defaultdict(Tally)
    asked = []
    for case, answer in zip(cases, answers):
        tally = tallies[case["kind"]]
        tally.cases += 1
        if case["kind"] == "key":
            tally.limits[IN_CARGO_TEST] += 1
        elif answer in (None, "n/a"):
            tally.limits[NOT_THERE] += 1
        else:
            asked.append((case, answer))
    lines = [(c, a) for c, a in asked if c["kind"] in LINE_KINDS]
    files = [(c, a) for c, a in asked if c["kind"] == "file"]
    exports = [(c, a) for c, a in asked if c["kind"] == "export"]
    got = airconn.inspect_lines([{"conn_id": c["id"], **LINE_KINDS[c["kind"]](c)} for c, _ in lines])
    got += airconn.each(airconn.inspect_file, [c for c, _ in files])
    got += airconn.each(airconn.convert, [c for c, _ in exports])
    for (case, answer), theirs in zip(lines + files + exports, got):
        tally = tallies[case["kind"]]
        try:
            differences = compare(case, answer, theirs, runtime)
        except Limit as limit:
            tally.limits[str(limit)] += 1
            continue
        tally.compared += 1
        if differences:
            tally.differences += 1
            record = {"runtime": runtime.name, "case": case, "differs": {k: dict(zip(("airflow", "airconn"), v)) for k, v in differences.items()}}
            out.write(json.dumps(record) + "\n")
    return tallies


def report(runtime, tallies):
    limits = collections.Counter()
    total = Tally()
    for kind in [*COMPARE, "key"]:
        if kind not in tallies:
            continue
        tally = tallies[kind]
        print(f"{runtime.name:14} {kind:9} {tally.cases:7} {tally.compared:9} {sum(tally.limits.values()):7} {tally.differences:11}")
        total.cases += tally.cases
        total.compared += tally.compared
        total.differences += tally.differences
        limits += tally.limits
    print(f"{runtime.name:14} {'all':9} {total.cases:7} {total.compared:9} {sum(limits.values()):7} {total.differences:11}")
    for reason, count in limits.most_common():
        print(f"{'':14}   skipped {count}: {reason}")
    sys.stdout.flush()
    return total


def find_airconn():
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    for profile in ("release", "debug"):
        if (target / profile / "airconn").is_file():
            return str(target / profile / "airconn")
    return None


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=5000, metavar="N", help="how many cases to generate [5000]")
    parser.add_argument("--seed", type=int, help="of the generator [the time; it is printed]")
    parser.add_argument("--kinds", type=generator.kinds_argument, default=list(generator.WEIGHTS), metavar="KIND,...", help=f"of {','.join(generator.WEIGHTS)} [all]")
    parser.add_argument("--corpus", action="append", metavar="FILE", help="compare with these recorded answers (.jsonl or .jsonl.gz) instead; may be repeated")
    parser.add_argument("--airflow", action="append", metavar="VERSION", help=f"versions to compare, e.g. 2.11.2; may be repeated [{' '.join(DEFAULT_VERSIONS)}; with --corpus all]")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time [2]")
    parser.add_argument("--airconn", default=find_airconn(), metavar="PATH", help="the binary [of $CARGO_TARGET_DIR or target/, release before debug]")
    parser.add_argument("--out", default="differences.jsonl", metavar="FILE", help="where differences go [differences.jsonl]")
    parser.add_argument("--record", metavar="FILE.jsonl.gz", help="write the cases and Airflow's answers, to be used with --corpus later")
    options = parser.parse_args()
    if not options.airconn or not Path(options.airconn).is_file():
        parser.error("no airconn found: build it (cargo build --release) or give --airconn")
    options.airconn = str(Path(options.airconn).resolve())
    return options


def gather(options, work):
    """The cases, and a list of (runtime, function that gives its answers)."""
    if options.corpus:
        cases, recorded = read_corpus(options.corpus)
        names = [n for n in recorded if not options.airflow or Runtime(n).version in options.airflow]
        if not names:
            sys.exit(f"no answers for these versions; there are: {' '.join(recorded)}")
        return cases, [(Runtime(name), lambda name=name: recorded[name]) for name in names]
    seed = options.seed if options.seed is not None else int(time.time())
    print(f"seed {seed}, {options.cases} cases of {','.join(options.kinds)}", flush=True)
    cases = list(generator.generate(seed, options.cases, options.kinds))
    runtimes = [runtime for version in options.airflow or DEFAULT_VERSIONS for runtime in Runtime.of(version)]
    return cases, [(r, lambda r=r: ask_airflow(r, cases, options.jobs, work)) for r in runtimes]


def record(path, cases, answers):
    """Writes a corpus in the format of fixtures/airflow: runtimes that agree stand together."""
    with gzip.open(path, "wt", encoding="ascii") as file:
        for number, case in enumerate(cases):
            groups = {}
            for runtime, found in answers.items():
                text = json.dumps("n/a" if found[number] is None else found[number])
                groups.setdefault(text, []).append(runtime)
            recorded = [{"runtimes": runtimes, "answer": json.loads(text)} for text, runtimes in groups.items()]
            file.write(json.dumps({**case, "answers": recorded}) + "\n")


def main():
    options = arguments()
    # For json.loads of answers that nest deeply.
    sys.setrecursionlimit(20_000)
    differences = compared = 0
    with tempfile.TemporaryDirectory(prefix="differential-") as work, open(options.out, "w") as out:
        work = Path(work)
        cases, runtimes = gather(options, work)
        print(f"{'runtime':14} {'kind':9} {'cases':>7} {'compared':>9} {'limits':>7} {'differences':>11}", flush=True)
        answers = {}
        for runtime, ask in runtimes:
            found = ask()
            if options.record:
                answers[runtime.name] = found
            total = report(runtime, run(runtime, cases, found, Airconn(options.airconn, runtime, options.jobs, work), out))
            differences += total.differences
            compared += total.compared
    if options.record:
        record(options.record, cases, answers)
    print(f"{compared} comparisons, {differences} differences" + (f", written to {options.out}" if differences else ""))
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
