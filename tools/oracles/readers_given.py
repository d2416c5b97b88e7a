"""The connections that tools/compare/real_readers.py writes in every form, and how what comes back is compared with them."""

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FIELDS = ("conn_type", "description", "host", "login", "password", "schema", "port", "extra")

SPECIAL = [
    "yes", "no", "~", "null", "0x1F", "012", "1:30", "1e3", ".5", "2024-01-01", "123", "true", "=", "<<", "- a", "a: b", "a #b", "#a",
    " a", "a ", "  ", "a\nb", "a\n", "\na", "a\r\nb", "a\rb", "\ta", "a\t", "'", "''", '"', "it's", "\\", "\\n", "a\\", "\\\\", "\\u00e9", "\\'",
    "$", "$$", "$a", "${A}", "$(A)", "a$", "$1", "`id`", "!x", "!!", "%", "%41", "%%", "%{a}", "{{ a }}", "{{", "}}", "{% a %}", "{# a #}",
    "{{ 1 }}", "a{{ env_var('HOME') }}", "{", "[", "{}", "{a}", "@", "@a", "a@b:c/d?e#f", "://", "a://b", "&a", "*a", "|", ">", "a, b", "[::1]", "***",
    "\u2028", "\u2029", "\ufeff", "a\ufeff", "\u200b", "\ud7ff", "\ue000", "\ufffd", "\ufffe", "\uffff", "😀", "\U0010ffff", "é\u0301", "密码", "x" * 300,
    "file:///x", "https://x.example.com", "-x", "--x", "<<EOF\nEOF", "*/", "//", "/*", ";", "a;b", "a|b", "a&b=c", "a=b", "+", "a+b",
    "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n",
]  # fmt: skip


def connections():
    """The fixture's and the generated ones, as fields under their ids."""
    all_of_them = {}
    for line in (ROOT / "fixtures" / "connections.jsonl").read_text().splitlines():
        fields = json.loads(line)
        all_of_them[fields.pop("conn_id")] = fields
    # At the edges of a value blanks and control characters may be stripped.
    texts = [f"a{chr(code)}b" for code in range(256)] + [chr(code) for code in (*range(0x21), *range(0x7F, 0xA1))] + SPECIAL
    for i, text in enumerate(texts):
        fields = {"conn_type": ["generic", "http", "fs", "redshift", "postgres"][i % 5], "host": "h.example.com", "password": text}
        fields[["login", "schema", "description"][i % 3]] = text
        fields["extra"] = [{"k": text}, {text: "v", "n": {"m": [text]}}, None, {"k": True, "l": text}][i % 4]
        if i % 2:
            fields["port"] = 1 + i
        all_of_them[f"g{i}"] = fields
    for fields in all_of_them.values():
        if isinstance(fields.get("extra"), dict):
            fields["extra"] = json.dumps(fields["extra"])
        for name in FIELDS:
            fields.setdefault(name, None)
    return all_of_them


def databases():
    """Connections that other clients are told of: nothing but what log-in needs."""
    all_of_them = {}
    texts = [f"a{chr(code)}b" for code in range(256)] + SPECIAL
    for conn_type in ("redshift", "postgres"):
        for i, text in enumerate(texts):
            fields = dict.fromkeys(FIELDS) | {"conn_type": conn_type, "host": "h.example.com", "port": 5439, "login": "etl", "schema": "dev"}
            fields[["password", "login", "schema"][i % 3]] = text
            fields["password"] = text
            all_of_them[f"{conn_type[0]}{i}"] = fields
    return all_of_them


def comparable(name, value):
    """Airflow hardly tells null from empty, and what an extra means is its JSON."""
    if name == "extra" and value:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return None if value == "" else value


def differing(got, want):
    return [name for name in FIELDS if comparable(name, got.get(name)) != comparable(name, want.get(name))]
