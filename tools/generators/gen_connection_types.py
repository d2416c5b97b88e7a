#!/usr/bin/env python3
"""Write src/catalog/known_types.json: every connection type that Airflow or one of its providers declares.

    tools/generators/gen_connection_types.py [--wheels FOLDER] [--output FILE] [NAME==VERSION ...]

The providers are those that the pinned Airflow 3.3.2 names in its own metadata, each in its newest release, the two types that its
core declares itself, and what is named on the command line: providers that Airflow's metadata does not have (yet), and old releases,
for the types that were given up since. The releases are downloaded with pip, which takes a minute; nothing is installed. --wheels
keeps them for the next time. The output is sorted: a type and the package it comes from, the newest that has it.
"""

import argparse
import json
import re
import runpy
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
AIRFLOW = "3.3.2"
PREFIX = "apache-airflow-providers-"

# ProvidersManager._init_airflow_core_hooks; the others that it declares are those of the standard provider.
CORE = {"generic": "apache-airflow", "email": "apache-airflow"}

# Providers that no longer stand or do not yet stand in the metadata, and the last releases that declared a type.
MORE = [
    "apache-airflow-providers-anthropic",
    "apache-airflow-providers-apache-arrow",
    "apache-airflow-providers-apache-hdfs==3.2.1",
    "apache-airflow-providers-apache-pig==2.0.4",
    "apache-airflow-providers-apache-sqoop",
    "apache-airflow-providers-amazon==2.0.0",
    "apache-airflow-providers-duckdb",
    "apache-airflow-providers-ibm-db2",
    "apache-airflow-providers-ibm-mq",
    "apache-airflow-providers-modal",
    "apache-airflow-providers-plexus",
    "apache-airflow-providers-qubole",
]


def providers():
    """The names of the providers in the metadata of Airflow."""
    python = subprocess.run([ROOT / "tools/oracles/airflow-venv.sh", AIRFLOW], check=True, capture_output=True, text=True).stdout.split()[-1]
    code = "import importlib.metadata as m; print('\\n'.join(m.requires('apache-airflow') + m.requires('apache-airflow-core')))"
    listed = subprocess.run([python, "-c", code], check=True, capture_output=True, text=True).stdout
    names = {re.match(r"[A-Za-z0-9._-]+", line).group() for line in listed.splitlines() if line}
    return sorted(name for name in names if name.startswith(PREFIX))


def download(requirements, folder):
    """Puts the wheels of these packages, and of nothing that they need, into a folder."""
    for requirement in requirements:
        name, _, version = requirement.partition("==")
        stem = name.replace("-", "_")
        if not list(folder.glob(f"{stem}-{version or '*'}-*.whl")):
            subprocess.run(
                [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--python-version", "3.11",
                 "--only-binary=:all:", "-d", folder, requirement],
                check=True,
            )


def types_of(wheel):
    """The types that a provider declares: new ones with their hooks, the oldest only the classes of them."""
    with zipfile.ZipFile(wheel) as archive, tempfile.TemporaryDirectory() as folder:
        name = next(n for n in archive.namelist() if n.endswith("/get_provider_info.py"))
        info = runpy.run_path(archive.extract(name, folder))["get_provider_info"]()
        found = {t["connection-type"] for t in info.get("connection-types") or []}
        for hook in info.get("hook-class-names") or []:
            module = hook.rpartition(".")[0].replace(".", "/") + ".py"
            text = archive.read(module).decode("utf-8") if module in archive.namelist() else ""
            found |= set(re.findall(r"^    conn_type(?:: str)? = ['\"]([^'\"]+)['\"]", text, re.M))
        return info["package-name"], found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheels", type=Path)
    parser.add_argument("--output", type=Path, default=ROOT / "src/catalog/known_types.json")
    parser.add_argument("more", nargs="*")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        wheels = arguments.wheels or Path(scratch)
        wheels.mkdir(parents=True, exist_ok=True)
        download(providers() + MORE + arguments.more, wheels)
        known = dict(CORE)
        for wheel in sorted(wheels.glob("apache_airflow_providers_*.whl")):
            package, types = types_of(wheel)
            known.update({name: package for name in types if name})
    lines = [f"{json.dumps(name)}: {json.dumps(known[name].removeprefix(PREFIX))}" for name in sorted(known)]
    arguments.output.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8", newline="\n")
    print(f"{len(known)} connection types of {len(set(known.values()))} packages")


if __name__ == "__main__":
    main()
