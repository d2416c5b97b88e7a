#!/usr/bin/env python3
"""A second judge of schemas/: Python's jsonschema must come to the same conclusions as airconn.

usage: "$(tools/oracles/airflow-venv.sh 3.3.2)" tools/compare/schema_check.py

Airflow itself needs jsonschema and PyYAML, so its environment has them. It must hold that

  * every schema is one of JSON Schema 2020-12,
  * its examples are valid, and each counterexample is not, for the keyword and at the place that it names,
  * what real Airflow exported (fixtures/valid, fixtures/seed) is valid by schemas/export.json, JSON and YAML,
  * and those of fixtures/invalid that break the form of such a file are not.

Prints what fails and ends with `N passed, N failed`; the exit code is 0 only without failures.
"""

import json
import sys
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator

ROOT = Path(__file__).resolve().parents[2]
# Files that Airflow refuses, or reads as something else, because of their form and not because of a value.
BROKEN = ["conn-id-with-blank.json", "no-conn-type.yaml", "unknown-field.yaml"]

passed, failures = 0, []


def expect(holds, what):
    global passed
    if holds:
        passed += 1
    else:
        failures.append(what)


def places(error):
    """The pointer of an error as airconn counts it: what is missing or too much has a place of its own."""
    at = "".join("/" + str(step) for step in error.absolute_path)
    if error.validator == "required":
        return {f"{at}/{name}" for name in error.validator_value if name not in error.instance}
    if error.validator == "additionalProperties" and error.validator_value is False:
        known = error.schema.get("properties", {})
        return {f"{at}/{name}" for name in error.instance if name not in known}
    return {at}


def violated(validator, instance):
    found = set()
    for error in validator.iter_errors(instance):
        keyword = error.validator or "falseSchema"
        found |= {(place, keyword) for place in places(error)}
        if keyword in ("pattern", "minLength", "maxLength") and "propertyNames" in error.absolute_schema_path:
            found.add((places(error).pop(), "propertyNames"))
    return found


def load(path):
    text = path.read_text()
    return yaml.safe_load(text) if path.suffix == ".yaml" else json.loads(text)


for path in sorted((ROOT / "schemas").rglob("*.json")):
    name = path.relative_to(ROOT)
    schema = json.loads(path.read_text())
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    for i, example in enumerate(schema.get("examples", [])):
        expect(not violated(validator, example), f"{name}: example {i} is refused: {violated(validator, example)}")
    for case in schema.get("x-counterexamples", []):
        found = violated(validator, case["connection" if "connection" in case else "document"])
        # What a type known as data has of them, its rules may find where the schema does not.
        for claim in case.get("violates", ()):
            expect((claim["pointer"], claim["keyword"]) in found, f"{name}: {case['title']}: {claim} is not among {found}")

exports = Draft202012Validator(json.loads((ROOT / "schemas/export.json").read_text()))
fixtures = ROOT / "fixtures"
files = [f for pattern in ("valid/**/connections", "seed/recipe*") for end in ("json", "yaml") for f in fixtures.glob(f"{pattern}.{end}")]
for path in sorted(files):
    found = violated(exports, load(path))
    expect(not found, f"{path.relative_to(ROOT)} is refused: {found}")
expect(len(files) >= 10, f"only {len(files)} files of connections")
for name in BROKEN:
    expect(violated(exports, load(ROOT / "fixtures/invalid" / name)), f"fixtures/invalid/{name} is accepted")

print("\n".join(failures))
print(f"{passed} passed, {len(failures)} failed")
sys.exit(1 if failures or not passed else 0)
