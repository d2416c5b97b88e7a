#!/usr/bin/env python3
"""Asks real Airflow what it reads from the examples on the pages of rules: fixtures/airflow/pages.jsonl.gz.

    tools/recorders/record_pages.py            writes it anew
    tools/recorders/record_pages.py --check    says whether it still is what Airflow answers

Asked about are the examples in forms that Airflow itself reads: URIs, JSON, variables of a shell, and files for
`airflow connections import`. Airflow 2.11.2 and 3.3.2, server and worker, are asked.
"""

import re
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "oracles"))
import real_airflow  # noqa: E402

ROOT = real_airflow.ROOT
PAGES = ROOT / "src" / "check" / "rules"
TARGET = ROOT / "fixtures" / "airflow" / "pages.jsonl.gz"
FILES = {"airflow-env": "env", "export-json": "json", "export-yaml": "yaml"}
SECTION = re.compile(r"^## (Bad|Good)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
EXAMPLE = re.compile(r"^```(\S+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples():
    """Name, format and text of every example: p-AC110-bad-1."""
    for page in sorted(PAGES.rglob("ac*.md"), key=lambda page: page.name):
        for section in SECTION.finditer(page.read_text()):
            for number, example in enumerate(EXAMPLE.finditer(section[2]), 1):
                # What came through a pipe has log lines ahead of it.
                if "piped" not in example[2]:
                    yield f"p-{page.name[:5].upper()}-{section[1].lower()}-{number}", example[1], example[3]


def cases():
    for name, form, text in examples():
        if form == "json":
            yield {"id": name, "kind": "json", "value": text.rstrip()}
        elif form == "uri":
            lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
            for number, line in enumerate(lines, 1):
                yield {"id": f"{name}#{number}", "kind": "uri", "uri": line}
        elif form == "env":
            with tempfile.NamedTemporaryFile("w", suffix=".env") as file:
                file.write(text)
                file.flush()
                for conn_id, value in real_airflow.sourced(Path(file.name)):
                    yield {"id": f"{name}#{conn_id}", "kind": "envvalue", "value": value}
        elif form in FILES:
            yield {"id": name, "kind": "file", "ext": FILES[form], "content": text}


if __name__ == "__main__":
    real_airflow.record(cases(), TARGET, __doc__)
