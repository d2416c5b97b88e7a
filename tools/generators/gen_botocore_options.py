#!/usr/bin/env python3
"""Writes src/catalog/botocore_config.json: the options of botocore's Config per version.

usage: gen_botocore_options.py VERSION=PATH/botocore ...

Adds versions to what is there. A botocore is given as the directory of its package, whose config.py is parsed, never run. The form of the
file is that of redshift_connector.json; a version stands for the first that was looked at, not for the first that had an option.
"""
import ast
import pathlib
import sys

sys.dont_write_bytecode = True
import version_names

TARGET = pathlib.Path(__file__).resolve().parents[2] / "src/catalog/botocore_config.json"


def options(package):
    tree = ast.parse((pathlib.Path(package) / "config.py").read_text())
    assigned = (n for n in ast.walk(tree) if isinstance(n, ast.Assign) and any(getattr(t, "id", "") == "OPTION_DEFAULTS" for t in n.targets))
    return [pair.elts[0].value for pair in next(assigned).value.args[0].elts]


if len(sys.argv) < 2 or any("=" not in package for package in sys.argv[1:]):
    sys.exit(__doc__)
version_names.update(TARGET, sys.argv[1:], options)
