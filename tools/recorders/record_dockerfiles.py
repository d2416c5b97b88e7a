#!/usr/bin/env python3
"""Builds each Dockerfile of fixtures/dockerfile/buildah.jsonl with buildah and writes down the environment of the image, or null where the
build refuses it; `--check` only compares. Variables of the base image are left out. Needs buildah and no network: all begin with scratch."""

import json
import pathlib
import subprocess
import sys
import tempfile

CASES = pathlib.Path(__file__).resolve().parents[2] / "fixtures" / "dockerfile" / "buildah.jsonl"
BUILDAH = ["buildah", "--storage-driver", "vfs"]
IMAGE = "localhost/airconn-dockerfile"


def environment(text):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "Dockerfile"
        path.write_bytes(text.encode())
        build = [*BUILDAH, "build", "--layers=false", "-q", "-f", str(path), "-t", IMAGE, folder]
        if subprocess.run(build, capture_output=True).returncode:
            return None
    shown = subprocess.run([*BUILDAH, "inspect", "--type", "image", IMAGE], capture_output=True, check=True)
    variables = json.loads(shown.stdout)["OCIv1"]["config"].get("Env") or []
    return [variable for variable in variables if not variable.startswith("PATH=")]


def main():
    known = [json.loads(line) for line in CASES.read_text().splitlines()]
    seen = [{"dockerfile": case["dockerfile"], "env": environment(case["dockerfile"])} for case in known]
    if "--check" in sys.argv[1:]:
        wrong = [case for case, new in zip(known, seen) if case != new]
        for case in wrong:
            print("differs:", json.dumps(case, ensure_ascii=False))
        print(f"{len(known)} Dockerfiles, {len(wrong)} differ")
        sys.exit(bool(wrong))
    CASES.write_text("".join(json.dumps(case, ensure_ascii=False) + "\n" for case in seen))


main()
