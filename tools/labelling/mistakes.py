#!/usr/bin/env python3
"""Makes the mistakes that people make in connections that work: another kind each than those of mutate.py, drawn by chance.

usage: mistakes.py SEED NUMBER ROWS.jsonl [...] > MISTAKES.jsonl
"""
import copy
import json
import random
import sys

FIELDS = ("host", "login", "password", "schema")


def typo(name, chance):
    at = chance.randrange(1, len(name) - 1)
    kinds = [name[:at] + name[at + 1] + name[at] + name[at + 2:], name[:at] + name[at] + name[at:], name + "s",
             name.replace("_", "-"), name.replace("_", ""), name.title().replace("_", "")[:1].lower() + name.title().replace("_", "")[1:]]
    return chance.choice([kind for kind in kinds if kind != name] or [name + "s"])


def of_text(value):
    """Other texts for a text."""
    yield "upper", value.upper()
    yield "lower", value.lower()
    yield "blank after", value + " "
    yield "line break after", value + "\n"
    yield "quotes around", f'"{value}"'
    yield "list of", [value]
    yield "object of", {"value": value}
    yield "number", 30
    yield "false", False
    yield "null", None
    yield "placeholder", "changeme"
    if "://" not in value and " " not in value and len(value) < 60:
        yield "URL of", f"https://{value}"
    if "://" in value:
        yield "no scheme", value.split("://", 1)[1]
        yield "http", value.replace("https://", "http://")
        yield "slash after", value + "/"


def of_other(value):
    if isinstance(value, bool):
        yield from (("text", str(value)), ("yes", "yes"), ("number", int(value)), ("list of", [value]), ("null", None))
    elif isinstance(value, (int, float)):
        yield from (("text", str(value)), ("text with unit", f"{value}s"), ("negative", -value), ("fraction", value + 0.5),
                    ("list of", [value]), ("null", None), ("true", True), ("milliseconds", value * 100000))
    elif isinstance(value, list):
        yield from (("first of", value[0] if value else ""), ("object of", {"value": value}), ("number", 30), ("empty text", ""),
                    ("text", json.dumps(value)))
    elif isinstance(value, dict):
        yield from (("list of", [value]), ("number", 30), ("true", True), ("text", "a=b"), ("empty", {}))


def mistakes(row, rows, chance):
    """(what, connection), each of another mistake."""
    given = row["conn"]

    def made(what, change):
        connection = copy.deepcopy(given)
        change(connection, connection.setdefault("extra", {}))
        return what, connection

    extra = given.get("extra") or {}
    for field in FIELDS:
        value = given.get(field)
        if not isinstance(value, str) or not value:
            continue
        yield made(f"empty {field}", lambda c, e, f=field: c.update({f: ""}))
        for what, other in of_text(value):
            if isinstance(other, str):
                yield made(f"{what} {field}", lambda c, e, f=field, o=other: c.update({f: o}))
        for other in FIELDS:
            if other != field:
                yield made(f"swap {field} and {other}", lambda c, e, f=field, o=other: c.update({f: c.get(o), o: c.get(f)}))
        yield made(f"{field} in extra", lambda c, e, f=field: e.update({f: c.pop(f)}))
    if given.get("host"):
        yield made("port in host", lambda c, e: c.update(host=f"{c['host']}:{c.get('port') or 8443}"))
        yield made("path in host", lambda c, e: c.update(host=f"{c['host']}/api"))
    yield made("port 0", lambda c, e: c.update(port=0))
    yield made("port 70000", lambda c, e: c.update(port=70000))
    yield made("port of another", lambda c, e: c.update(port=8081))
    if extra:
        yield made("extra in extra", lambda c, e: c.update(extra={"extra": e}))
    for name, value in extra.items():
        if len(name) > 3:
            yield made(f"typo of {name}", lambda c, e, n=name: e.update({typo(n, chance): e.pop(n)}))
            yield made(f"{name} in capitals", lambda c, e, n=name: e.update({n.upper(): e.pop(n)}))
        for what, other in of_text(value) if isinstance(value, str) else of_other(value):
            yield made(f"{what} {name}", lambda c, e, n=name, o=other: e.update({n: o}))
        if isinstance(value, str):
            for field in FIELDS:
                if not given.get(field):
                    yield made(f"{name} as {field}", lambda c, e, n=name, f=field: c.update({f: e.pop(n)}))
    others = [other for other in rows if other["type"] == row["type"] and other is not row]
    for other in chance.sample(others, min(4, len(others))):
        theirs = other["conn"].get("extra") or {}
        key = chance.choice(sorted(theirs)) if theirs else None
        if key and key not in extra:
            yield made(f"{key} of another", lambda c, e, k=key, t=theirs: e.update({k: t[k]}))
        if theirs:
            yield made("extras of another", lambda c, e, t=theirs: e.update(t))
        field = chance.choice(FIELDS)
        if other["conn"].get(field) and other["conn"][field] != given.get(field):
            yield made(f"{field} of another", lambda c, e, f=field, o=other: c.update({f: o["conn"][f]}))


def main():
    seed, number, *files = sys.argv[1:]
    chance = random.Random(int(seed))
    rows = [json.loads(line) for name in files for line in open(name)]
    rows = [row for row in rows if row["class"] in ("must_not_error", "works") and isinstance(row["conn"], dict)
            and isinstance(row["conn"].get("extra") or {}, dict)]
    by_type = {}
    for row in rows:
        by_type.setdefault(row["type"], []).append(row)
    drawn, seen = [], set()
    types = sorted(by_type)
    tries = 0
    while len(drawn) < int(number) and tries < 50 * int(number):
        conn_type = types[tries % len(types)]
        tries += 1
        row = chance.choice(by_type[conn_type])
        what, connection = chance.choice(list(mistakes(row, rows, chance)))
        text = json.dumps(connection, sort_keys=True)
        if connection == row["conn"] or text in seen:
            continue
        seen.add(text)
        made = {"id": f"{conn_type}-s{seed}x{len(drawn)}", "type": conn_type, "kind": what, "conn": connection}
        if row.get("more"):
            made["more"] = row["more"]
        drawn.append(made)
    for made in drawn:
        print(json.dumps(made))


if __name__ == "__main__":
    main()
