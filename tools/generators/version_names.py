"""Lists of names by version, as they stand in src/catalog: the part that gen_driver_catalog.py and gen_botocore_options.py share.

A file names all names of the oldest version and, for each later one, what it added (+) and removed (-). Versions that changed nothing are
left out.
"""
import json
import sys


def order(version):
    return [int(p) for p in version.split(".")]


def known_versions(target):
    """The file as versions with all their names."""
    versions, names = {}, set()
    for version, changes in json.loads(target.read_text()).items() if target.exists() else ():
        names = names | {c.lstrip("+") for c in changes if not c.startswith("-")}
        names -= {c[1:] for c in changes if c.startswith("-")}
        versions[version] = names
    return versions


def update(target, packages, names_of):
    """Adds packages, each VERSION=PATH, to the file; one that is there already is compared."""
    versions = known_versions(target)
    for package in packages:
        version, path = package.split("=", 1)
        found = set(names_of(path))
        if version in versions and versions[version] != found:
            sys.exit(f"{version}: the recorded names differ from {path}")
        versions[version] = found
    out, known = {}, None
    for version in sorted(versions, key=order):
        names = versions[version]
        if known is None:
            out[version] = sorted(names)
        else:
            changes = ["+" + n for n in sorted(set(names) - known)] + ["-" + n for n in sorted(known - set(names))]
            if changes:
                out[version] = changes
        known = set(names)
    target.write_text("{\n" + ",\n".join(f"  {json.dumps(v)}: {json.dumps(n)}" for v, n in out.items()) + "\n}\n")
