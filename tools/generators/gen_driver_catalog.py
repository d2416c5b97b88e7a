#!/usr/bin/env python3
"""Writes src/catalog/redshift_connector.json: the arguments of redshift_connector.connect per driver version.

usage: gen_driver_catalog.py VERSION=PATH/redshift_connector ...

Adds versions to what is there. A driver is given as the directory of its package, whose __init__.py is parsed, never run. The file
names all arguments of the oldest version and, for each later one, what it added (+) and removed (-). Versions that changed nothing are left
out. A version that is there already is compared.
"""
import ast
import pathlib
import sys

sys.dont_write_bytecode = True
import version_names

TARGET = pathlib.Path(__file__).resolve().parents[2] / "src/catalog/redshift_connector.json"


def signature(package):
    tree = ast.parse((pathlib.Path(package) / "__init__.py").read_text())
    connect = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "connect")
    return [a.arg for a in connect.args.args + connect.args.kwonlyargs]


if len(sys.argv) < 2 or any("=" not in package for package in sys.argv[1:]):
    sys.exit(__doc__)
version_names.update(TARGET, sys.argv[1:], signature)
