#!/usr/bin/env python3
"""Builds what a release has for one target: the wheel, an archive with the bare command, and its SHA-256.

    tools/ci/release.py TARGET [--out dist]
    tools/ci/release.py --notices TARGET

Needs Rust with the target, and maturin; Linux is built with zig, so that the wheel runs on older systems than this one and the
musl binary is static (ziglang and cargo-zigbuild, both from PyPI). The archives are the same bytes whenever they are packed.
"""

import argparse
import gzip
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What maturin is told for each kind of target; the wheel's tag says where it runs.
KINDS = {
    "-linux-gnu": ["--zig", "--compatibility", "manylinux_2_28"],
    "-linux-musl": ["--zig", "--compatibility", "musllinux_1_2"],
    "-apple-darwin": ["--compatibility", "pypi"],
    "-windows-msvc": ["--compatibility", "pypi"],
}
# Beside the wheel's own: pyproject.toml takes both into it.
NOTICES = ROOT / "LICENSE-THIRD-PARTY.txt"
LICENCE_FILES = re.compile(r"(?i)^(un)?(licen[sc]e|copying|copyright|notice)")


def version():
    return re.search(r'^version = "(.+)"$', (ROOT / "Cargo.toml").read_text(encoding="utf-8"), re.M)[1]


def linked(target):
    """The packages whose code is in the command: what it needs at run time, without what only builds or tests it."""
    said = subprocess.run(
        ["cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", target],
        cwd=ROOT, check=True, stdout=subprocess.PIPE,
    ).stdout
    known = json.loads(said)
    packages = {package["id"]: package for package in known["packages"]}
    nodes = {node["id"]: node for node in known["resolve"]["nodes"]}
    root = known["resolve"]["root"]
    found, waiting = set(), [root]
    while waiting:
        here = waiting.pop()
        if here in found:
            continue
        found.add(here)
        for dependency in nodes[here]["deps"]:
            procedural = any("proc-macro" in kind for t in packages[dependency["pkg"]]["targets"] for kind in t["kind"])
            if not procedural and any(kind["kind"] is None for kind in dependency["dep_kinds"]):
                waiting.append(dependency["pkg"])
    found.discard(root)
    return sorted((packages[each] for each in found), key=lambda p: (p["name"], p["version"]))


def notices(target):
    """Whose work is in the command, under which licences, with their texts: each text once."""
    texts, lines = {}, []
    for package in linked(target):
        name = f"{package['name']} {package['version']}"
        lines.append(f"{name}: {package['license'] or 'see below'}")
        folder = Path(package["manifest_path"]).parent
        for file in sorted(folder.iterdir()):
            if file.is_file() and LICENCE_FILES.match(file.name):
                text = file.read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n").strip()
                # The same licence differs by nothing but blanks and line ends from crate to crate.
                texts.setdefault(re.sub(r"\s+", " ", text), (text, []))[1].append(name)
    head = "airconn contains the work of others, under these licences:\n\n" + "\n".join(lines) + "\n"
    return head + "".join(
        f"\n{'-' * 80}\n{', '.join(dict.fromkeys(names))}:\n\n{text}\n" for text, names in texts.values()
    )


def packed(target, binary):
    """The archive's name and bytes: a folder with the command and what must go with it."""
    name = f"airconn-{target}"
    members = [(binary, 0o755), (ROOT / "LICENSE", 0o644), (NOTICES, 0o644), (ROOT / "README.md", 0o644)]
    out = io.BytesIO()
    if binary.suffix == ".exe":
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, _ in members:
                archive.writestr(zipfile.ZipInfo(f"{name}/{path.name}"), path.read_bytes(), zipfile.ZIP_DEFLATED)
        return f"{name}.zip", out.getvalue()
    with gzip.GzipFile(fileobj=out, mode="wb", mtime=0) as zipped, tarfile.open(fileobj=zipped, mode="w") as archive:
        for path, mode in members:
            member = tarfile.TarInfo(f"{name}/{path.name}")
            member.mode, member.size = mode, path.stat().st_size
            with path.open("rb") as file:
                archive.addfile(member, file)
    return f"{name}.tar.gz", out.getvalue()


def target_folder():
    said = subprocess.run(
        ["cargo", "metadata", "--format-version", "1", "--no-deps"], cwd=ROOT, check=True, stdout=subprocess.PIPE
    ).stdout
    return Path(json.loads(said)["target_directory"])


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("target")
    arguments.add_argument("--out", type=Path, default=ROOT / "dist")
    arguments.add_argument("--notices", action="store_true", help="print the licences and build nothing")
    given = arguments.parse_args()
    if given.notices:
        sys.stdout.write(notices(given.target))
        return
    kind = next((options for ending, options in KINDS.items() if given.target.endswith(ending)), None)
    if kind is None:
        sys.exit(f"release.py: no release is made for {given.target}")
    given.out.mkdir(parents=True, exist_ok=True)
    out = given.out.resolve()
    NOTICES.write_text(notices(given.target), encoding="utf-8")
    try:
        # maturin is beside this Python, and so is zig, which it asks `python3` for.
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        maturin = shutil.which("maturin", path=path) or sys.exit("release.py: there is no maturin")
        subprocess.run(
            [maturin, "build", "--release", "--locked", "--target", given.target, "--out", str(out), *kind],
            cwd=ROOT, check=True, env={**os.environ, "PATH": path},
        )
        name = "airconn.exe" if "windows" in given.target else "airconn"
        archive, data = packed(given.target, target_folder() / given.target / "release" / name)
    finally:
        NOTICES.unlink()
    (out / archive).write_bytes(data)
    (out / f"{archive}.sha256").write_text(f"{hashlib.sha256(data).hexdigest()}  {archive}\n", encoding="ascii", newline="\n")
    print(f"{archive}: {len(data) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
