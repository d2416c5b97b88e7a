#!/usr/bin/env python3
"""Makes mechanical mistakes in connections that work: each field dropped, each extra dropped, misspelt, and of another kind.

usage: mutate.py ROWS.jsonl MUTANTS.jsonl
"""
import copy
import json
import random
import sys

FIELDS = ("host", "login", "password", "schema", "port")


def put(path, value):
    def change(connection):
        *way, last = path
        inside = connection
        for key in way:
            inside = inside[key]
        inside[last] = value
    return change


def drop(path):
    def change(connection):
        *way, last = path
        inside = connection
        for key in way:
            inside = inside[key]
        del inside[last]
    return change


def rename(old, new):
    def change(connection):
        connection["extra"][new] = connection["extra"].pop(old)
    return change


def of_value(name, value):
    """Other kinds of an extra, by the kind that it has."""
    path = ("extra", name)
    if isinstance(value, dict):
        return [(f"text of extra.{name}", put(path, json.dumps(value)))]
    if isinstance(value, list):
        return [(f"text of extra.{name}", put(path, ",".join(map(str, value))))]
    if isinstance(value, bool):
        return [(f"text of extra.{name}", put(path, str(value)))]
    if isinstance(value, (int, float)):
        return [(f"text of extra.{name}", put(path, str(value))), (f"word for extra.{name}", put(path, "many"))]
    return [(f"number for extra.{name}", put(path, 7)), (f"true for extra.{name}", put(path, True)),
            (f"empty extra.{name}", put(path, "")), (f"word for extra.{name}", put(path, "sesame"))]


def mistakes(connection, chance):
    for field in FIELDS:
        if connection.get(field) not in (None, ""):
            yield f"drop {field}", drop((field,))
    for name, value in (connection.get("extra") or {}).items():
        yield f"drop extra.{name}", drop(("extra", name))
        if value is not None:
            yield from of_value(name, value)
        if len(name) > 4:
            at = chance.randrange(1, len(name) - 1)
            yield f"typo of extra.{name}", rename(name, name[:at] + name[at + 1:])
    host = connection.get("host")
    if host:
        yield "host as URL", put(("host",), host.split("://", 1)[1] if "://" in host else f"https://{host}")


def main():
    chance = random.Random(12)
    with open(sys.argv[1]) as rows, open(sys.argv[2], "w") as out:
        for line in rows:
            row = json.loads(line)
            if row["class"] != "must_not_error" or isinstance(row["conn"], str):
                continue
            for number, (kind, change) in enumerate(mistakes(row["conn"], chance)):
                connection = copy.deepcopy(row["conn"])
                change(connection)
                mutant = {"id": f"{row['id']}m{number}", "type": row["type"], "kind": kind, "conn": connection}
                if row.get("more"):
                    mutant["more"] = row["more"]
                out.write(json.dumps(mutant) + "\n")


if __name__ == "__main__":
    main()
