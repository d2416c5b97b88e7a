"""The conditions of src/hooks/types/*.json, evaluated in Python: which mode a connection takes, which rules it breaks.

The Rust evaluator is src/hooks/types/evaluation.rs; tests/it/types.rs holds both against the same rows.
"""
import base64
import json
import re
from urllib.parse import parse_qsl, unquote, urlsplit

MISSING = object()
TYPES = {type(None): "null", bool: "boolean", int: "number", float: "number", str: "string", list: "list", dict: "object"}
TRUE_WORDS = {"true", "t", "1", "yes", "y", "on", "enable", "enabled"}
ALLOWED = {"string": {"string"}, "json-text": {"string"}, "number": {"number"}, "boolean": {"boolean"}, "list": {"list"},
           "object": {"object"}, "int-text": {"number", "string"}, "float-text": {"number", "string"}, "bool-text": {"boolean", "string"},
           "bool-or-path": {"boolean", "string"}, "object-or-json-text": {"object", "string"}, "string-or-list": {"string", "list"}}
INT = re.compile(r"\s*[+-]?\d+(_\d+)*\s*")


def of_uri(text):
    """The fields of a connection that is written as a URI, near enough for its conditions."""
    parts = urlsplit(text)
    rest = text.split("://", 1)[1]
    if "://" in rest:
        inner = rest.split("?")[0]
        port = re.search(r":(\d+)$", inner)
        return {"conn_type": parts.scheme, "host": inner[:port.start()] if port else inner, "port": int(port[1]) if port else None,
                "extra": dict(parse_qsl(text.split("?", 1)[1])) if "?" in text else {}}
    return {"conn_type": parts.scheme, "host": parts.hostname, "login": unquote(parts.username or ""),
            "password": unquote(parts.password or ""), "schema": parts.path.lstrip("/"), "port": parts.port, "extra": dict(parse_qsl(parts.query))}


class View:
    """A connection as the conditions of its type see it."""

    def __init__(self, data, connection):
        self.data = data
        self.connection = of_uri(connection) if isinstance(connection, str) else connection
        given = self.connection.get("extra")
        self.extra = dict(given) if isinstance(given, dict) else {}
        long = data.get("long_names")
        if long:
            for key in [key for key in self.extra if key.startswith(long)]:
                self.extra.setdefault(key[len(long):], self.extra[key])
        self.mode = None
        self.mode = next((mode["mode"] for mode in data["modes"] if self.holds(mode["when"])), None)

    def get(self, path):
        if not path.startswith("extra."):
            value = self.connection.get(path, MISSING)
            return MISSING if value is None else value
        parts = path[6:].split(".")
        for at in range(len(parts), 0, -1):
            name = ".".join(parts[:at])
            if name in self.extra:
                value = self.extra[name]
                for member in parts[at:]:
                    value = inside(value)
                    if not isinstance(value, dict) or member not in value:
                        return MISSING
                    value = value[member]
                return value
        return MISSING

    def truthy(self, path):
        value = self.get(path)
        return value is not MISSING and bool(value)

    def object(self, path):
        value = inside(self.get(path))
        return value if isinstance(value, dict) else None

    def others(self):
        return [key for key in self.extra if key not in self.data["extras"] and key not in self.data.get("gone", {}) and not key.startswith("extra__")]

    def is_argument(self, key):
        return key in self.data.get("arguments", []) or self.data.get("any_case") and key.lower() in self.data["arguments"]

    def holds(self, condition):
        name, items = condition[0], condition[1:]
        known = getattr(self, "is_" + name.replace("-", "_"), None)
        if known:
            return known(*items)
        value = self.get(items[0])
        return isinstance(value, str) and SHAPES[name](value, *items[1:])

    def is_true(self):
        return True

    def is_truthy(self, path):
        return self.truthy(path)

    def is_falsy(self, path):
        return not self.truthy(path)

    def is_present(self, path):
        return self.get(path) is not MISSING

    def is_absent(self, path):
        return self.get(path) is MISSING

    def is_not_null(self, path):
        return self.get(path) not in (MISSING, None)

    def is_is_value(self, path, wanted):
        return self.is_in(path, [wanted])

    def is_in(self, path, wanted):
        value = self.get(path)
        return value is not MISSING and not isinstance(value, (dict, list)) and any(
            value == one and isinstance(value, bool) == isinstance(one, bool) for one in wanted)

    def is_is(self, path, types):
        value = self.get(path)
        return value is not MISSING and TYPES[type(value)] in types

    def is_refused_kind(self, path, types):
        return self.truthy(path) and self.is_refused_value(path, types)

    def is_refused_value(self, path, types):
        return self.is_not_kind(path) and any(self.is_is(path, types[mode]) for mode in ("", self.mode) if mode in types)

    def is_not_kind(self, path):
        name = path[6:]
        value = self.extra.get(name)
        of = self.data["extras"].get(name)
        if isinstance(of, dict) and ("words" in of or "range" in of) and value is not None:
            words, span = of.get("words", []), of.get("range")
            number = int(value) if isinstance(value, str) and re.fullmatch(r"\s*[+-]?\d+\s*", value) else value
            if isinstance(value, str) and value.lower() in [word.lower() for word in words]:
                return False
            if span and isinstance(number, int) and not isinstance(number, bool):
                return not span[0] <= number <= span[1]
            if isinstance(value, str) and words:
                return "{{" not in value
        of = of["kind"] if isinstance(of, dict) else of
        if value is None or of not in ALLOWED:
            return False
        if TYPES[type(value)] not in ALLOWED[of]:
            return True
        if not isinstance(value, str) or value == "":
            return False
        if of == "int-text":
            return not INT.fullmatch(value)
        if of == "float-text":
            return not is_float(value)
        return of in ("json-text", "object-or-json-text") and inside(value) is value

    def is_not_true_word(self, path):
        value = self.get(path)
        return isinstance(value, str) and bool(value) and value.strip().lower() not in TRUE_WORDS

    def is_json(self, path):
        value = self.get(path)
        return isinstance(value, str) and inside(value) is not value

    def is_object(self, path):
        return self.object(path) is not None

    def is_lacks(self, path, member):
        value = self.object(path)
        return value is not None and member not in value

    def is_mapping_text(self, path):
        value = self.get(path)
        if not isinstance(value, str):
            return False
        return isinstance(inside(value), dict) or re.match(r"\s*[\w-]+:(\s|$)", value) is not None

    def is_no_item_named(self, path, items, name):
        value, wanted = self.object(path), self.get(name)
        return value is not None and wanted not in [item.get("name") for item in value.get(items, []) if isinstance(item, dict)]

    def is_not_a_key(self, path, reader, passphrase):
        value = self.get(path)
        return isinstance(value, str) and bool(value) and is_refused(value, reader, bool(passphrase and self.truthy(passphrase)))

    def is_all(self, *all_):
        return all(self.holds(one) for one in all_)

    def is_any(self, *any_):
        return any(self.holds(one) for one in any_)

    def is_not(self, inner):
        return not self.holds(inner)

    def is_mode(self, *modes):
        return self.mode in modes

    def is_more_than_one(self, *paths):
        return sum(self.truthy(path) for path in paths) > 1

    def is_one_of_two(self, one, two):
        return self.truthy(one) != self.truthy(two)

    def is_both_or_neither(self, one, two):
        return self.is_present(one) == self.is_present(two)

    def is_unknown_argument(self):
        return any(not self.is_argument(key) for key in self.others()) or any(key.startswith("extra__") for key in self.extra)

    def is_taken_argument(self):
        return any(key in self.extra for key in self.data.get("taken", []))

    def is_other_not_text(self):
        return any(not isinstance(self.extra[key], (str, type(None))) for key in self.others())

    def is_other_not_header(self):
        texts = [self.extra[key] for key in self.others() if isinstance(self.extra[key], str)]
        return any(text[:1].isspace() or "\r" in text or "\n" in text for text in texts)

    def is_unknown_beginning(self, start):
        return any(key.startswith(start) and not self.is_argument(key) for key in self.extra)

    def is_beginning(self, start, but):
        return any(key.startswith(start) and key not in but for key in self.extra)

    def is_any_extra_is(self, types):
        return any(TYPES[type(value)] in types for value in self.extra.values())

    def is_other_members(self, path, known):
        value = self.get(path)
        return isinstance(value, dict) and any(key not in known for key in value)

    def is_not_arguments(self, path):
        value = self.get(path)
        return isinstance(value, dict) and any(not self.is_argument(key) for key in value)

    def is_not_integers(self, path):
        value = self.get(path)
        if not isinstance(value, dict):
            return False
        try:
            return not [(int(key), int(item)) for key, item in value.items()] and bool(value)
        except (TypeError, ValueError):
            return True


def inside(value):
    """What a text of JSON holds; anything else is itself."""
    if isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def is_float(text):
    try:
        float(text)
        return True
    except ValueError:
        return False


def is_base64(text):
    try:
        return len(base64.b64decode(text)) > 0
    except ValueError:
        return False


SHAPES = {
    "word": lambda text, words: text.strip().lower() in words,
    "contains": lambda text, parts: any(part in text for part in parts),
    "begins": lambda text, starts: any(text.lower().startswith(start) if "://" in start else text.startswith(start) for start in starts),
    "ends": lambda text, ends: text.endswith(tuple(ends)),
    "only": lambda text, signs: re.fullmatch(f"[A-Za-z0-9{re.escape(signs)}]+", text) is not None,
    "int-text": lambda text: INT.fullmatch(text) is not None,
    "float-text": is_float,
    "impossible-host": lambda text: re.search(r"[\s/<>@?#\[\]\\\"'`{}|^,;]", text) is not None,
    "base64": lambda text: is_base64(text),
    "url": lambda text: re.match(r"https?:/*[^/\\s:?#][^\\s/]*(/.*)?$", text, re.I) is not None,
    "connection-string": lambda text: sum("=" in pair for pair in text.split(";")) > 1,
    "matches": lambda text, pattern: re.fullmatch(pattern, text) is not None,
}


def is_refused(text, reader, passphrase):
    """Whether a reader cannot load a key."""
    frame = re.search(r"-----BEGIN ([A-Z ]+)-----(.*?)-----END \1-----", text, re.S)
    if reader == "snowflake" and not frame:
        try:
            text = base64.b64decode("".join(text.split()), validate=True).decode()
        except ValueError:
            return True
        frame = re.search(r"-----BEGIN ([A-Z ]+)-----(.*?)-----END \1-----", text, re.S)
    if reader == "google":
        text = text.replace("\\n", "\n")
    if not frame or "\\n" in text:
        return True
    label, body = frame[1], frame[2]
    encrypted = "ENCRYPTED" in label or "Proc-Type: 4,ENCRYPTED" in body
    if label == "OPENSSH PRIVATE KEY":
        encrypted = not base64.b64decode("".join(body.split()) + "==")[15:23].endswith(b"none")
    if reader == "paramiko" and (len(text.splitlines()) < 2 or label not in ("RSA PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY")):
        return True
    if reader in ("snowflake", "google", "cryptography") and label == "OPENSSH PRIVATE KEY":
        return True
    return encrypted and not passphrase
