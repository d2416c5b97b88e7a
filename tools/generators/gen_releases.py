#!/usr/bin/env python3
"""Writes src/catalog/releases.json: when versions of Airflow and of the packages around it came out.

usage: gen_releases.py [--check]

Asks PyPI's index, as pip does, and runs nothing of what it finds. Of each package final releases are taken, with the day and minute of
their first file; yanked ones only of Airflow, which people run all the same. Of a package that is not Airflow those are left out that were
never the newest when an Airflow came out, but for the versions in CHANGES and the newest one. With --check nothing is written, and the
exit code says whether something would be.

CHANGES has the versions that differ for airconn, with the oldest Airflow that each installs beside, from the metadata of its wheel.
"""
import io
import json
import pathlib
import re
import sys
import urllib.request
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = ROOT / "src/catalog/releases.json"
INDEX = "https://pypi.org/simple/"
AIRFLOW = "apache-airflow"
CHANGES = {
    "apache-airflow-providers-amazon": ROOT / "src/hooks/aws/provider.rs",
    "apache-airflow-providers-postgres": ROOT / "src/hooks/postgres/provider.rs",
    "redshift-connector": ROOT / "src/hooks/redshift/version.rs",
}


def fetched(url, accept):
    request = urllib.request.Request(url, headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()


def numbers(version):
    return [int(part) for part in version.split(".")]


def files(package):
    """Files of final releases, by version."""
    page = json.loads(fetched(INDEX + package + "/", "application/vnd.pypi.simple.v1+json"))
    found = {}
    for file in page["files"]:
        name = re.match(r"[A-Za-z0-9_.-]*?-(\d+(?:\.\d+)+)(?:-py|-cp|\.tar\.gz$|\.zip$)", file["filename"])
        if name and (package == AIRFLOW or not file["yanked"]):
            found.setdefault(name[1], []).append(file)
    return found


def oldest_airflow(all_files):
    """The oldest Airflow that a version installs beside, from its wheel."""
    wheel = next((file for file in all_files if file["filename"].endswith(".whl")), None)
    if wheel is None:
        return None
    archive = zipfile.ZipFile(io.BytesIO(fetched(wheel["url"], "*/*")))
    name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    metadata = archive.read(name).decode()
    found = re.search(r"(?mi)^Requires-Dist: apache-airflow\s*\(?>=\s*([0-9.]+)", metadata)
    return found and ".".join(found[1].split(".")[:3])


def day(all_files):
    return min(file["upload-time"] for file in all_files)[:16]


def changes(source):
    """The versions in the table of changes of a port."""
    found = re.findall(r"(?m)^    (\d+) \. (\d+) \. (\d+) \"", source.read_text())
    return [".".join(version) for version in found]


def main():
    airflow = {v: day(f) for v, f in files(AIRFLOW).items() if numbers(v) >= [1, 10, 0]}
    whole = {AIRFLOW: dict(sorted(airflow.items(), key=lambda item: numbers(item[0])))}
    installs = {}
    for package, source in CHANGES.items():
        found = files(package)
        days = {version: day(all_files) for version, all_files in found.items()}
        kept = set(changes(source)) & set(days) | {max(days, key=numbers)}
        for out in airflow.values():
            known = [version for version, came in days.items() if came <= out]
            kept |= {max(known, key=numbers)} if known else set()
        whole[package] = {v: days[v] for v in sorted(kept, key=numbers)}
        for version in changes(source):
            oldest = oldest_airflow(found.get(version, []))
            if oldest:
                installs.setdefault(package, {})[version] = oldest
    whole["installs beside"] = installs
    text = json.dumps(whole, indent=1) + "\n"
    if "--check" in sys.argv:
        sys.exit(text != TARGET.read_text())
    TARGET.write_text(text)


main()
