#!/usr/bin/env python3
"""Writes src/hooks/types/TYPE.json: the facts about a connection type, in the language of airconn, with words and evidence.

usage: gen_types.py FACTS.json [TYPE ...] (drivers.json, with what drivers take, may stand beside it)

FACTS.json says what hooks do, as somebody read it out of their sources: modes, conditions, kinds of extras, history.
types.txt beside this file has the words for people, what is said otherwise, and what is left out; facts.json, for types that
were added later, has them as `words` of each mode and rule. fixtures/types has the labelled connections. A rule is an error only where one of them, with which the real hook raised, breaks it: that row is
named. Rows are held against the conditions by conditions.py, the same language in Python.
"""
import json
import pathlib
import re
import sys

import conditions

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
OWN = {"aws", "postgres", "redshift"}  # ported to Rust
WORDS_OF = {"gcpbigquery": "google_cloud_platform", "sftp": "ssh"}
FIELDS = ("host", "port", "schema", "login", "password")
SECRET = re.compile(r"(password|secret|token|private_key|key_content|keyfile_dict|key_json|account_key|access_key|"
                    r"connection_string|passphrase|certificate|credential|keytab|api_key|kube_config|sas_token|security_token|"
                    r"proxy|proxies|refresh_token|jwt|wallet_password)", re.I)
PUBLIC = re.compile(r"(_path|_file|_dir|_id|_name|_type|_url|_uri|_endpoint|location|_provider|_method|_host|_port|token_type)$", re.I)
KINDS = {"bool-words": "bool-text", "bool-words-or-path": "bool-text", "bool-text-or-path": "bool-text", "bool-or-path": "bool-or-path",
         "refused": "any"}
INT = r"\s*[+-]?\d+(_\d+)*\s*"
FLOAT = r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]?(inf|infinity|nan)"
SHAPES = {
    INT: ["int-text"],
    FLOAT: ["float-text"],
    rf"(?i)\s*({FLOAT})\s*": ["float-text"],
    r"(?s).*-----BEGIN.*": ["contains", ["-----BEGIN"]],
    r"(?i)true|false": ["word", ["true", "false"]],
    r"(?i)\s*(true|false)\s*": ["word", ["true", "false"]],
    r"(?i)true": ["word", ["true"]],
    r"(?i)\s*true\s*": ["word", ["true"]],
    r".*://.*": ["contains", ["://"]],
    ".*[/\\s<>@?#\\[\\]\\\"'`{}|^,;].*": ["impossible-host"],
    r"[A-Za-z0-9.-]+": ["only", ".-"],
    r"[A-Za-z0-9._-]+": ["only", "._-"],
    r".*=.*;.*=.*": ["connection-string"],
    r"[A-Za-z0-9+/]+={0,2}": ["base64"],
    r".*\.json": ["ends", [".json"]],
    r"(?i)true|false|yes|no|on|off|0|1": ["word", ["true", "false", "yes", "no", "on", "off", "0", "1"]],
    r"https?://.*": ["begins", ["http://", "https://"]],
    r"https://.*": ["begins", ["https://"]],
    r"https.*": ["begins", ["https"]],
    r"jdbc:.*": ["begins", ["jdbc:"]],
    r"k8s://.*": ["begins", ["k8s://"]],
    r"spark://.*": ["begins", ["spark://"]],
    r"local.*": ["begins", ["local"]],
    r"/.*": ["begins", ["/"]],
    r".*(://|/|\s).*": ["contains", ["/", " "]],
    r".*(://|/).*": ["contains", ["/"]],
    r".*[;{}].*": ["contains", [";", "{", "}"]],
    r".*[/(].*": ["contains", ["/", "("]],
    r".*,.*": ["contains", [","]],
    r".*(://|/|salesforce\.com).*": ["contains", ["/", "salesforce.com"]],
    r"(?i)sasl_.*": ["word", ["sasl_plaintext", "sasl_ssl"]],
}
NAMES = {"eq": "is-value", "notnull": "not-null", "json-object": "object", "json-lacks": "lacks", "named-member-missing": "no-item-named",
         "exactly-one-truthy": "one-of-two", "not-exactly-one-present": "both-or-neither", "unknown-not-text": "other-not-text",
         "members-outside": "other-members", "not-int-members": "not-integers", "any-prefix": "beginning"}


def condition(of):
    """A condition of the facts in the language of the data files."""
    name, items = of[0], of[1:]
    if name in ("all", "any"):
        inner = [condition(item) for item in items]
        return inner[0] if len(inner) == 1 else [name, *inner]
    if name == "not":
        return ["not", condition(items[0])]
    if name == "matches":
        path, pattern = items
        if pattern in SHAPES:
            shape = SHAPES[pattern]
            return [shape[0], path, *shape[1:]]
        if re.fullmatch(r"\(\?i\)[a-z0-9_|]+", pattern):
            return ["word", path, pattern[4:].split("|")]
        if re.fullmatch(r"[a-z|]+", pattern):
            return ["in", path, pattern.split("|")]
        return ["matches", path, pattern]
    if name == "pem-bad":
        return ["not-a-key", items[0], items[1], items[2] or None]
    if name == "unknown-text-matches":
        return ["other-not-header"]
    if name == "members-outside-driver":
        return ["not-arguments", items[0]]
    if name == "unknown-in-prefix":
        return ["unknown-beginning", items[0]]
    if name == "any-prefix":
        return ["beginning", items[0], items[1] if len(items) > 1 else []]
    return [NAMES.get(name, name), *items]


def truths(of):
    """The text of a boolean is worth a word only where it is not taken for what it says."""
    if of[0] == "is" and of[2] == ["string"]:
        return ["not-true-word", of[1]]
    return ["any", *map(truths, of[1:])] if of[0] == "any" else of


LEAVES = {"truthy", "falsy", "absent", "present", "is", "word", "contains", "not-true-word", "not", "is-value"}
MANY = {"unknown-argument", "taken-argument", "other-not-text", "other-not-header", "unknown-beginning", "beginning", "any-extra-is"}


def is_about_each(of):
    """Whether a condition names several places, each of which is worth a finding."""
    if of[0] in MANY:
        return True
    if of[0] == "all":
        return any(is_about_each(item) for item in of[1:])
    if of[0] == "any":
        paths = {item[1] if item[0] != "all" else (item[1][1] if len(item[1]) > 1 else "") for item in of[1:]
                 if item[0] in LEAVES or item[0] == "all"}
        return len(paths) == len(of) - 1
    return False


def said(of):
    """A condition in words, for the modes."""
    name, items = of[0], of[1:]
    path = items[0] if items and isinstance(items[0], str) else ""
    show = lambda value: json.dumps(value) if not isinstance(value, str) else value
    if name == "true":
        return "none of the others is"
    if name == "truthy":
        return f"{path} is given"
    if name == "falsy":
        return f"{path} is not given"
    if name in ("present", "not-null"):
        return f"{path} is there"
    if name == "is-value":
        return f"{path} is {show(items[1])}" if items[1] != "" else f"{path} is an empty text"
    if name in ("in", "word"):
        return f"{path} is {' or '.join(map(show, items[1]))}"
    if name in ("begins", "contains"):
        return f"{path} {name} {'with ' if name == 'begins' else ''}{' or '.join(items[1])}"
    if name == "matches":
        return f"{path} matches `{items[1]}`".replace("|", "\\|")
    if name == "not":
        inner = said(items[0])
        return re.sub(r" is (given|there)$", r" is not \1", inner) if re.search(r" is (given|there)$", inner) else inner.replace(" is ", " is not ", 1)
    if name == "all":
        parts = [said(item) for item in items]
        texts = [f"({part})" if item[0] == "any" else part for part, item in zip(parts, items)]
        return " and ".join(texts)
    if name == "any":
        return " or ".join(said(item) for item in items)
    raise ValueError(of)


def words():
    """types.txt: modes, rules and corrections by type."""
    modes, rules, changes = {}, {}, []
    for line in (HERE / "types.txt").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        head, *rest = [part.strip() for part in line.split(" | ")]
        conn_type, what, name = head.split(" ", 2)
        if what == "mode":
            modes[conn_type, name] = rest
        elif what == "rule":
            rules[conn_type, name] = rest
        else:
            changes.append((conn_type, what, name, rest))
    return modes, rules, changes


def find(table, conn_type, name):
    return table.get((conn_type, name)) or table.get((WORDS_OF.get(conn_type), name))


def kind(text):
    return KINDS.get(text, "string" if text.startswith(("string,", "the same")) else text)


def extra(name, of):
    of = kind(of)
    if SECRET.search(name) and not PUBLIC.search(name):
        return {"kind": of, "secret": True}
    return of


def history(facts):
    steps = []
    for step in facts["history"]:
        package = step["provider"]
        version = step.get("first_seen") or step.get("new_way_seen_in")
        if "what" in step:
            steps.append({"package": package, "version": version, "what": step["what"]})
            continue
        for key, verb in (("read_now", "read"), ("not_read_any_more", "not read any more")):
            if step.get(key):
                names = ", ".join(f"`{name}`" for name in step[key])
                is_are = "is" if len(step[key]) == 1 else "are"
                steps.append({"package": package, "version": version, "what": f"{names} {is_are} {verb}"})
    return steps


def slug(name):
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()).strip("-")


def of_librdkafka(arguments):
    """The properties whose table in librdkafka says what they may be."""
    extras = {}
    for name, said in arguments["librdkafka"]["args"].items():
        span = said["range"]
        if re.fullmatch(r"-?\d+ \.\. \d+", span):
            extras[name] = {"kind": "int-text", "range": [int(end) for end in span.split(" .. ")]}
        elif span == "true, false":
            extras[name] = {"kind": "bool-text", "words": ["true", "false", "t", "f", "1", "0"]}
        elif ", " in span and name != "debug":
            extras[name] = {"kind": "string", "words": span.split(", ")}
        elif name.endswith(".location"):
            extras[name] = "string"
    return extras


def build(facts, drivers, arguments, table, rows):
    conn_type = facts["type"]
    modes, rules, changes = table
    fields = {name: None if str(facts["fields"].get(name, "")).startswith("unread") else facts["fields"].get(name, "read")
              for name in FIELDS}
    long_names = re.match(r"read \((extra__\w+__)X", str(facts["prefixed"]))
    long_names = long_names[1] if long_names else (f"extra__{conn_type}__" if facts["prefixed"] == "read" else None)
    out = {"type": conn_type, "hook": facts["hook"], "functions": facts["sources"], "provider": facts["provider"], "driver": facts["driver"],
           "fields": fields, "extras": {name: extra(name, of) for name, of in facts["extras"].items()}, "others": facts["unknown"]}
    if facts.get("prefixes"):
        out["beginnings"] = facts["prefixes"]
    if long_names:
        out["long_names"] = long_names
    driver = {"mysql": "mysql.connector.connect", "openai": "openai.OpenAI"}.get(conn_type, facts.get("driver_args"))
    if driver:
        out["arguments"] = sorted(drivers[driver]["args"])
    if facts.get("unknown_case_insensitive"):
        out["any_case"] = True
        out["arguments"] = sorted({name.lower() for name in out["arguments"]})
    if facts.get("taken"):
        out["taken"] = facts["taken"]
    misnamed = dict(facts.get("wrong_names", {}))
    if misnamed:
        out["misnamed"] = misnamed
    gone = {name: what for name, what in facts.get("removed", {}).items() if not name.startswith("extra__")}
    if gone:
        out["gone"] = gone
    out["modes"] = []
    for mode in facts["modes"]:
        title, description, identity = mode.get("words") or find(modes, conn_type, mode["mode"])
        when = condition(mode["when"])
        taken = said(when)
        entry = {"mode": mode["mode"], "title": title, "description": description, "identity": identity, "taken": f"{taken}.",
                 "when": when, "needs": mode["needs"], "uses": mode["uses"]}
        if mode.get("note"):
            entry["note"] = mode["note"]
        out["modes"].append(entry)
    out["rules"] = []
    for rule in facts["rules"]:
        text = rule.get("words") or find(rules, conn_type, rule["id"])
        if text is None:
            raise SystemExit(f"types.txt has no words for {conn_type}/{rule['id']}")
        if text == ["-"]:
            continue
        of, message, help_ = text
        when = condition(rule["when"])
        if of == "stringly":
            when = truths(when)
        at = "each" if is_about_each(when) and of != "half" else "last" if when[0] == "more-than-one" else rule["at"]
        entry = {"name": f"{conn_type}/{slug(rule['id'])}", "kind": of, "when": when, "at": at}
        if rule["level"] == "error":
            entry["exception"] = rule["exception"]
        entry |= {"message": message, "help": help_}
        out["rules"].append(entry)
    if conn_type == "kafka":
        out["extras"] |= of_librdkafka(arguments)
    apply(out, [change for change in changes if change[0] in (conn_type, WORDS_OF.get(conn_type))])
    kinds_that_raise(out, rows)
    earned(out, rows)
    examples(out, rows)
    out["history"] = history(facts)
    return out


def apply(out, changes):
    """What types.txt says otherwise than the facts."""
    conn_type = out["type"]
    for _, what, name, rest in changes:
        rule = next((rule for rule in out["rules"] if rule["name"] == f"{conn_type}/{name}"), None)
        if what == "when":
            rule["when"] = json.loads(rest[0])
        elif what == "mode-when":
            mode = next(mode for mode in out["modes"] if mode["mode"] == name)
            mode["when"] = json.loads(rest[0])
            mode["taken"] = f"{said(mode['when'])}."
        elif what == "at":
            rule["at"] = rest[0]
        elif what == "rename":
            rule["name"] = f"{conn_type}/{rest[0]}"
        elif what == "repair":
            rule["repair"] = rest[0]
        elif what == "info":
            rule["info"] = True
        elif what == "drop":
            out["rules"].remove(rule)
        elif what == "warn":
            rule.pop("exception", None)
        elif what == "kind":
            out["extras"][name] = json.loads(rest[0])
        elif what == "needs":
            next(mode for mode in out["modes"] if mode["mode"] == name)["needs"] = json.loads(rest[0])
        elif what == "field":
            out["fields"][name] = rest[0]
        elif what == "misnamed":
            out.setdefault("misnamed", {})[name] = rest[0]
        elif what == "new":
            of, at, when, exception, message, help_ = rest
            entry = {"name": f"{conn_type}/{name}", "kind": of, "when": json.loads(when), "at": at}
            if exception != "-":
                entry["exception"] = exception
            out["rules"].append(entry | {"message": message, "help": help_})
        else:
            raise SystemExit(f"types.txt: {what}?")


# What Python takes alike: lists and objects hold something, booleans are numbers to some readers.
GROUPS = {"boolean": ["boolean"], "number": ["number"], "string": ["string"], "list": ["list", "object"], "object": ["list", "object"]}


def kinds_that_raise(out, rows):
    """Extras of which the real hook raises at every value of a wrong kind, by types of JSON, in the modes in which it was tried."""
    for name, of in out["extras"].items():
        of = of["kind"] if isinstance(of, dict) else of
        if of in ("any", "truthy"):
            continue
        path = f"extra.{name}"
        spec = out["extras"][name] if isinstance(out["extras"][name], dict) else {}
        wrong = [["not-kind", path]] if spec.get("words") or spec.get("range") else [["truthy", path], ["not-kind", path]]
        tried = {}
        for row in rows:
            view = conditions.View(out, row["conn"])
            if row["class"] not in ("free", "surroundings") and view.holds(["all", *wrong]):
                group = next((group for of_json, group in GROUPS.items() if view.holds(["is", path, [of_json]])), None)
                if group:
                    tried.setdefault(tuple(group), {}).setdefault(view.mode, []).append(row)
        clauses, proof = {}, None
        for group, modes in tried.items():
            fails = {mode: found for mode, found in modes.items() if all(row["class"] in ("fails", "must_error") for row in found)}
            # A row that breaks a rule beside proves nothing of this extra.
            proofs = {mode: next((row for row in found if not any(
                conditions.View(out, row["conn"]).holds(rule["when"]) for rule in out["rules"] if "exception" in rule)), None)
                for mode, found in fails.items()}
            proofs = {mode: row for mode, row in proofs.items() if row}
            if not proofs:
                continue
            proof = proof or next(iter(proofs.values()))
            # What raised in all modes that were tried, two at least, has nothing to do with the mode.
            everywhere = len(fails) == len(modes) >= min(2, len(out["modes"]))
            clauses.setdefault(None if everywhere else tuple(sorted(proofs)), []).extend(group)
        if not clauses:
            continue
        refused = {}
        for modes, groups in clauses.items():
            for mode in modes or [""]:
                refused[mode] = sorted({*refused.get(mode, []), *groups})
        when = ["refused-kind" if len(wrong) > 1 else "refused-value", path, dict(sorted(refused.items()))]
        exception = re.search(r": (\w+(?:Error|Exception|Header|URL|\w*)): ", proof["evidence"])
        message, help_ = f"`{name}` {WRONG[of]}", RIGHT[of]
        wanted = [*spec.get("words", []), *([f"a number from {spec['range'][0]} to {spec['range'][1]}"] if spec.get("range") else [])]
        if wanted:
            wanted = f"{', '.join(wanted[:-1])} or {wanted[-1]}" if len(wanted) > 1 else wanted[0]
            message, help_ = f"`{name}` must be {wanted}", f"write {wanted}"
        out["rules"].append({"name": f"{out['type']}/{slug(name)}-kind", "kind": "value" if spec.get("words") else "kind", "when": when,
                             "at": path, "exception": exception[1] if exception else "TypeError", "message": message, "help": help_})


WRONG = {"string": "must be a text", "number": "must be a number", "boolean": "must be a boolean", "list": "must be a list",
         "object": "must be an object", "int-text": "is not an integer", "float-text": "is not a number",
         "bool-text": "must be a boolean", "bool-or-path": "must be a boolean, or the path of a file", "json-text": "must be a text of JSON",
         "object-or-json-text": "must be an object, or a text of JSON", "string-or-list": "must be a text or a list"}
RIGHT = {"string": "write a text", "number": "write a number, without quotes", "boolean": "write the JSON boolean", "list": "write a list",
         "object": "write a JSON object, without quotes around it", "int-text": "write a number", "float-text": "write a number",
         "bool-text": "write the JSON boolean", "bool-or-path": "write the JSON boolean", "json-text": "write it as a string of JSON",
         "object-or-json-text": "write a JSON object, without quotes around it", "string-or-list": "write a text or a list"}


def earned(out, rows):
    """The row that proves a rule, if there is one: the hook raised, and no other rule that raises is broken; or else any."""
    for rule in out["rules"]:
        if "exception" not in rule:
            continue
        broken = [row for row in rows if row["class"] in ("must_error", "fails") and conditions.View(out, row["conn"]).holds(rule["when"])]
        alone = [row for row in broken if not any(
            other is not rule and "exception" in other and conditions.View(out, row["conn"]).holds(other["when"]) for other in out["rules"])]
        proof = next(iter(alone or broken), None)
        if proof:
            rule["row"] = proof["id"]
        else:
            del rule["exception"]


def examples(out, rows):
    """Connections that log in by each mode, and connections that mean to."""
    for mode in out["modes"]:
        good, bad = [], []
        for row in sorted(rows, key=lambda row: (len(json.dumps(row["conn"])), row["id"])):
            # The text of a key fills a page, and looks like a secret that leaked.
            if isinstance(row["conn"], str) or row.get("more") or len(json.dumps(row["conn"])) > 700:
                continue
            view = conditions.View(out, row["conn"])
            if view.mode != mode["mode"]:
                continue
            broken = [rule for rule in out["rules"] if view.holds(rule["when"])]
            if row["class"] == "must_not_error" and not broken and len(good) < 2:
                good.append(row["conn"])
            certain = [rule for rule in broken if "row" in rule]
            if row["class"] in ("must_error", "fails") and certain and len(bad) < 3 \
                    and certain[0]["message"] not in [mistake["title"] for mistake in bad]:
                bad.append({"title": certain[0]["message"], "connection": row["conn"]})
        mode["examples"], mode["mistakes"] = good, bad


def text(data):
    """JSON with a line for each item: reviewable, and small."""
    def small(value):
        return json.dumps(value, ensure_ascii=False)
    lines = []
    for key, value in data.items():
        if key in ("extras",):
            inner = ",\n".join(f"    {small(name)}: {small(of)}" for name, of in value.items())
            lines.append(f"  {small(key)}: {{\n{inner}\n  }}" if value else f"  {small(key)}: {{}}")
        elif key in ("modes", "rules", "history") and value:
            items = []
            for item in value:
                inner = ",\n".join(f"      {small(name)}: {small(of)}" for name, of in item.items())
                items.append(f"    {{\n{inner}\n    }}")
            lines.append(f"  {small(key)}: [\n" + ",\n".join(items) + "\n  ]")
        else:
            lines.append(f"  {small(key)}: {small(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def labelled():
    """The rows of fixtures/types, in which a long key stands as `@@NAME@@`."""
    folder = ROOT / "fixtures/types"
    keys = json.loads((folder / "keys.json").read_text())
    for file in ("rows", "more_rows", "mutants", "more_mutants", "drawn", "covered"):
        for line in (folder / f"{file}.jsonl").read_text().splitlines():
            yield json.loads(re.sub(r"@@([a-z0-9-]+)@@", lambda found: keys[found[1]], line))


def main():
    facts = json.loads(pathlib.Path(sys.argv[1]).read_text())
    drivers = pathlib.Path(sys.argv[1]).parent / "drivers.json"
    arguments = json.loads(drivers.read_text()) if drivers.exists() else {}
    table = words()
    rows = {}
    for row in labelled():
        rows.setdefault(row["type"], []).append(row)
    for one in facts["types"]:
        if one["type"] in OWN or sys.argv[2:] and one["type"] not in sys.argv[2:]:
            continue
        data = build(one, facts["drivers"], arguments, table, rows.get(one["type"], []))
        names = [mode["mode"] for mode in data["modes"]] + [rule["name"].split("/")[1] for rule in data["rules"]]
        assert len(names) == len(set(names)), (one["type"], sorted(name for name in names if names.count(name) > 1))
        (ROOT / f"src/hooks/types/{one['type']}.json").write_text(text(data))
        errors = sum("row" in rule for rule in data["rules"])
        print(f"{one['type']}: {len(data['modes'])} modes, {len(data['rules'])} rules, {errors} errors", file=sys.stderr)
    write_names()


def write_names():
    """The names of extras in all data files: src/catalog/extra_names.txt."""
    known = set()
    for file in (ROOT / "src/hooks/types").glob("*.json"):
        data = json.loads(file.read_text())
        for key in ("extras", "arguments", "misnamed", "gone"):
            known |= set(data.get(key, ()))
    (ROOT / "src/catalog/extra_names.txt").write_text("".join(f"{name}\n" for name in sorted(known)))


if __name__ == "__main__":
    main()
