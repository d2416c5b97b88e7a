#!/usr/bin/env python3
"""Writes freshly generated, adversarial cases for the comparison with real Airflow, as JSON Lines.

    tools/generators/cases.py --seed 7 --count 1000 [--kinds uri,json,...] > cases.jsonl

The same seed gives the same cases. The format is the one that tools/oracles/airflow_oracle.py reads. Inputs never hold lone
surrogates as characters (airconn refuses such text, which is an agreed limit); as escapes inside JSON they do
occur.
"""

import argparse
import base64
import json
import random
import string
import sys

# How many of a hundred cases are of which kind.
WEIGHTS = {"uri": 36, "json": 16, "envvalue": 9, "fields": 18, "file": 14, "export": 6, "key": 1}

CONN_TYPES = [
    "postgres", "postgresql", "Postgres", "POSTGRES", "mysql", "http", "https", "HTTP", "aws", "redshift",
    "google-cloud-platform", "google_cloud_platform", "my_conn_type", "my-conn-type", "hive_cli", "Hive-CLI",
    "snowflake", "ssh", "sftp", "ftp", "fs", "generic", "mssql+pyodbc", "postgresql+psycopg2", "postgresql-x",
    "x.y", "x+y", "a1", "a", "1a", "jdbc", "tel", "rtsp", "sip", "hdl", "mms", "shttp", "s3", "wasb", "kafka",
]  # fmt: skip
ODD_CONN_TYPES = ["", "é", "a b", "-", "a/b", "a:b", "_x", "%61", "+x", "ſsh", "İ", "x\t", "x\n", " http", "ＨＴＴＰ"]
LOGINS = [
    "user", "User", "admin", "me@corp.com", "a:b", "DOMAIN\\user", "us er", "üser", "名前", "😀", "user+tag", "q?r",
    "x/y", "h#s", "user%40corp", "%", "%zz", "[x]", "a@b@c", "o'brien", "~tilde", "u\u0301ser", "*", "&", ";", "=",
    "root", "AKIAIOSFODNN7EXAMPLE", "0", "null", "\u2028", "a\nb", "tab\tin", "\x7f", "\ufeff", "\u00a0x",
]  # fmt: skip
PASSWORDS = [
    "pass", "p@ss:w/or#d?", "p%ss", "p+w", "p w", "%2525", "a&b=c", "пар", "密码", "🔑", "***", "/", "//", "://",
    "a://b", "?x=1", "]", "[", "[x]", "[::1]", "^|`{}<>", "\\", "\"q\"", "'", "e\u0301", "\u0085", "tab\there",
    "a\nb", "x" * 40, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "1", "0", "true", "$HOME", "%s", "a" * 90, " ",
]  # fmt: skip
HOSTS = [
    "host", "Host", "Host.Example.COM", "db.example.com", "localhost", "127.0.0.1", "10.0.0.1", "my_host", "h1,h2",
    "h1:1,h2:2", "::1", "[::1]", "[2001:DB8::1]", "2001:db8::1", "[fe80::1%eth0]", "[fe80::1%25Eth0]",
    "[::ffff:1.2.3.4]", "[v1.x]", "[vZ.x]", "[]", "[1.2.3.4]", "[abc]", "x[::1]", "[::1]x", "[:::]", "[::1", "::1]",
    "/tmp/mysql.sock", "/TMP/A:b", "/cloudsql/p:r:i", "Bücher.example", "BÜCHER.example", "ß.de", "İ.com", "ΑΣ.gr",
    "ﬃ.com", "\u212a.com", "a\u2100b", "a\uff0fb", "a\uff1ab", "a\uff20b", "a\uff03b", "a\uff1fb", "e\u0301.com",
    "xn--bcher-kva.example", "a..b", ".", "..", "a b", "ho%zzst", "%", "h#x", "a@b", "host?q", "*", "~", "😀.com",
    "https://api.example.com", "HTTPS://api.example.com", "http://h", "grpc+ssl://h", "://h", "https://", "a_b://h",
    "http://user@h", "http://h:80", "s3://b/k", "a\u00adb", "a\u200bb", "１２.com", "host\u00a0", "[::1%zone%2]",
    "[1:2:3:4:5:6:7:8]", "[1:2:3:4:5:6:7:8:9]", "[::1.2.3.4]", "[::01.2.3.4]", "[12345::]", "[::%]", "[1::2::3]",
]  # fmt: skip
PORTS = ["80", "5432", "0", "00080", "65535", "65536", "-1", "+1", "", "abc", "8_0", " 80", "80 ", "80x", "５", "²",
         "٥", "port", "1.0", "1e3", "8\n0", "99999999999999999999", "%35", "\t80"]  # fmt: skip
SCHEMAS = ["db", "DB", "d b", "a/b", "/a", "a/b/c", "a?b", "a#b", "a@b:c", "[x]", "é", "%2F", "%", "d+b", "..", "a;b",
           "db;p=1", "a=b&c", "//", "true", "null", "1", "a\nb", "😀", "x" * 70, ";", "\u2028", "a:1"]  # fmt: skip
KEYS = ["a", "A", "b", "key", "iam", "region_name", "role_arn", "timeout", "sslmode", "host", "conn_type", "port",
        "extra__google_cloud_platform__project", "k y", "k+y", "k&z", "k=z", "a.b", "a[b]", "", "é", "ключ", "🔑", "__extra__",
        "__EXTRA__", "__extra", "1", "true"]  # fmt: skip
TYPED = [
    "true", "false", "null", "True", "None", "1", "0", "-0", "01", "0123", "1.0", "1.10", "-0.0", ".5", "1.", "1e5",
    "1E5", "1e+5", "1e-7", "1e16", "1e22", "1e400", "-1e400", "0e0", "0.1", "5e-324", "1.7976931348623157e308",
    "123456789012345678901234567890", "100000000000000000000000.0", "9007199254740993", "NaN", "Infinity", "-Infinity",
    "nan", "inf", "+1", "1_000", "0x10", "{}", "[]", "[1,2]", "[1, 2,]", "{\"a\":1}", "{\"a\":1,\"a\":2}", "{\"a\":NaN}",
    "{'a':1}", "\"q\"", "\"\"", "\"a\\u00e9\"", "\"\\ud800\"", "\"\\ud83d\\ude00\"", " 1", "1 ", "\t1", "1\n", "\u00a01",
    "{\"a\":{\"b\":[null]}}", "", " ", "x", "a b", "a+b", "http://x/y?z#f", "arn:aws:iam::123456789012:role/X",
    "2024-01-01", "é", "１", "٣", "\ufeff{}", "//", "truetrue", "[", "{", "\"", "12:30", "-", "--1", "1e", "1e+",
]  # fmt: skip
# JSON texts as somebody may have typed them into the extra field.
EXTRAS = [
    "", " ", "{}", "{ }", "[]", "[1]", "\"str\"", "1", "true", "null", "x", "{", "{\"a\": 1", "{'a': 1}", "{\"a\":1,}",
    "{\"a\": 1}", "{\"a\": \"b\"}", "{\"a\":\"b\"}", "{\"A\": \"b\"}", "{\"a\": \"\"}", "{\"\": \"a\"}", "{\"a\": null}",
    "{\"a\": true}", "{\"a\": \"true\"}", "{\"a\": \"1\"}", "{\"a\": \"0123\"}", "{\"a\": 1.0}", "{\"a\": 1E5}",
    "{\"a\": 1e-7}", "{\"a\": 1e16}", "{\"a\": 1e400}", "{\"a\": -0}", "{\"a\": -0.0}", "{\"a\": 01}", "{\"a\": NaN}",
    "{\"a\": -Infinity}", "{\"a\": 12345678901234567890123}", "{\"a\": {}}", "{\"a\": []}", "{\"a\": {\"b\": \"c\"}}",
    "{\"a\": \"b\", \"c\": \"d e&f=g\"}", "{\"a\": \"b\", \"a\": \"c\"}", "{\"b\": \"1\", \"a\": \"2\", \"b\": \"3\"}",
    "{\"__extra__\": \"x\"}", "{\"__extra__\": {\"a\": 1}}", "{\"__extra__\": \"{\\\"a\\\": 1}\"}", "{\"a b\": \"C\"}",
    "{\"a\": \"é\"}", "{\"a\": \"\\u00e9\"}", "{\"a\": \"\\ud83d\\ude00\"}", "{\"a\": \"😀\"}", "{\"a\": \"\\ud800\"}",
    "{\"\\ud800\": \"a\"}", "{\"a\": \"\\udc00\\ud800\"}", "{\"a\": \"nu\\u0000l\"}", "{\"a\": \"\u2028\"}",
    "{\"a\": \"\\/\"}", "{\"a\": \"\\x\"}", "{\"a\": \"\\u12\"}", "{\"a\": \"x\ty\"}", "{\"a\": \"x\ny\"}",
    "{\"a\": \"\x7f\"}", "{\"a\": \"b\"}\n", " {\"a\": \"b\"} ", "\ufeff{\"a\": \"b\"}", "{\"a\": \"b\"}x",
    "{\"a\": \"b\"} {}", "{\"private_key\": \"-----BEGIN\\nXX\\n-----END\"}", "{\"a\": \"+ %20\"}", "{\n  \"a\": 1\n}",
    "{\"a\" :1 , \"b\":\t2}", "{\"a\":\u00a01}", "{1: 2}", "{\"a\": undefined}", "// c\n{}", "{\"a\": 'b'}", "nan", "-",
]  # fmt: skip
VALID_IDS = ["a", "b", "c", "my_conn", "MY_CONN", "my-conn", "my.conn", "aws_default", "conn1", "a1-b.c_d"]
PLAIN_ODD_IDS = ["1", "1_000", "012", "1e3", "true", "null", "no", "Yes", "off", "12:30", "2024-01-01", "-", "--", ".",
                 "..", "a..b", "a/b", "a:b", "a#b", "#a", "a(b)", "a!b", "a\\b", "!a", ":a", "a:", "0x1F", ".5", "~a",
                 "y", "n", "NULL", "0b1", "1.5", ".inf", ".nan", "-1", "---", "...", "-.inf"]  # fmt: skip
BAD_IDS = ["", " a", "a ", "a b", "é", "名", "😀", "a\tb", "a\n", "\na", "a'b", "\"a\"", "a<b>", "a=b", "a,b", "a*", "[a",
           "a@b", "a$b", "a&b", "{a}", "a%b", "x" * 200, "x" * 201, "x" * 250, "x" * 251, "\ufeffa", "a\u0085", "\u0660",
           "export A", "AIRFLOW_CONN_A", "a\u200d", "a\x00"]  # fmt: skip
# What somebody who tests a reader throws between two characters.
CRUMBS = ["@", ":", "/", "?", "#", "[", "]", "%", "%2", "%zz", "&", ";", "=", "+", " ", "\t", "\n", "\r", "\x00", "\x1f",
          "\x7f", "\u0085", "\u00a0", "\u2028", "\u3000", "\ufeff", "\u200b", "://", "//", "é", "\u0301", "ﬃ", "\uff0f",
          "😀", "\"", "'", "\\", "{", "}", "|", "-", "_", ".", "$", "%25", "%00", "%E9", "%C3%A9", "%ED%A0%80", "__extra__="]  # fmt: skip
# Pieces of prose whose order decides how a YAML emitter folds and quotes.
PROSE = ["word", "a", "longerword", "x" * 30, "y" * 81, " ", " ", " ", " ", " ", "  ", "   ", "\n", "\n\n", "\n ", " \n",
         ": ", ":", " #", "#", "'", "''", "\"", "\\", "- ", "? ", "é", "ü ", "\u2028", "\x85", "\t", "😀", "--- ", "...",
         ",", "[", "]", "{", "}", "&a", "*a", "!t", "|", ">", "%", "@", "`", "\x07", "\x00", "\u00a0", "\ufeff", "~",
         "1", "true", "null", "=", "<<", "\x1b", "\ue000", "\ufffe", "\U0010ffff", "\r", "\r\n"]  # fmt: skip
# YAML scalars that YAML 1.1 reads in its own way, or that look as if it did.
YAML_SCALARS = [
    "plain", "a b c", "012", "017", "08", "0o17", "0x1F", "0X1f", "0b101", "1_000", "_1", "1__0", "+1", "-0", "00", "12:30",
    "12:60", "1:2:3", "1:2.5", "190:20:30", "yes", "no", "Yes", "NO", "on", "Off", "y", "n", "true", "True", "tRue",
    "null", "Null", "NULL", "~", "", "1.5", "1.", ".5", "1e3", "1.0e3", "1.0e+3", "1.e+3", ".inf", "-.INF", ".NaN", "1_0.5",
    "2024-01-01", "2024-1-1", "2024-13-01", "2024-01-01 10:00:00", "2024-01-01T10:00:00Z", "2024-01-01t10:00:00.5+01:00",
    "2001-12-14 21:59:43.10 -5", "=", "<<", "é", "été", "名", "😀", "a #c", "a#c", "#c", "a: b", "a:b", "a :b", "- a", "-a",
    "? a", "?a", ": a", ":a", "a,b", "[a", "a]", "{a", "a}", "a, b", "@a", "`a", "%a", "!a", "!!str 1", "!!int 1", "!!int x",
    "!!float 1", "!!bool yes", "!!null ''", "!!binary aGk=", "!!set {a}", "!!python/name:os.system", "!!omap []", "! 1",
    "!<tag:yaml.org,2002:str> 1", "!local x", "&anc v", "&anc", "*anc", "*none", "&a*b v", "'sq'", "'it''s'", "'a\n\n  b'",
    "'a\n  b'", "\"dq\"", "\"a\\nb\"", "\"\\x41\"", "\"\\u00e9\"", "\"\\U0001F600\"", "\"\\ud800\"", "\"\\N\\_\\L\\P\\e\\0\"",
    "\"a\\\n  b\"", "\"a\n  b\"", "\"\\q\"", "\"\\x4\"", "\"a\tb\"", "|\n    a\n    b\n", "|-\n    a\n", "|+\n    a\n\n", ">\n    a\n    b\n\n    c\n",
    ">-\n    a\n     b\n    c\n", "|2\n     a\n", "|\n    {\"a\": 1}\n", ">\n    {\"a\":\n    1}\n", "|9\n  a\n", "| # c\n    a\n", "a\tb", "a \t#c",
    "a\n    b", "a\n\n    b", "\u2028a", "a\u0085b", "a\x07b", "\ufeffa", "[]", "{}", "[a, b]", "{a: b}", "{a: b, c: 1}",
    "{a: [1, {b: c}]}", "[a: b]", "{a, b: }", "{\"a\":1}", "{\"a\": NaN}", "{a: 2024-01-01}", "{1: a, true: b, ~: c}", "{? a : b}",
    "{a: &x 1, b: *x}", "{<<: {a: 1}, b: 2}", "{[a]: b}", "'", "\"", "\"\\", "123456789012345678901234567890", "0.1", "1e-7", "1.0e-7",
    "100000000000000000000.0", "0.00001", "1.0e+400", "5432", "'5432'", "\"5432\"", "http://h", "https://h:80/x#y",
]  # fmt: skip
EXTENSIONS = ["env"] * 16 + ["json"] * 16 + ["yaml"] * 22 + ["yml"] * 5 + ["ENV", "JSON", "Yaml", "YML", "", "txt", "toml",
              "json.bak", "env.local", "local.env", "yaml.json"]  # fmt: skip


def quote(text, safe=""):
    """Percent-encodes UTF-8, as urllib.parse.quote, but with a free choice of what stays."""
    keep = string.ascii_letters + string.digits + "_.-~" + safe
    return "".join(c if c in keep else "".join(f"%{b:02X}" for b in c.encode("utf-8")) for c in text)


def is_json(text):
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


class Generator:
    def __init__(self, seed):
        self.rng = random.Random(seed)

    def chance(self, probability):
        return self.rng.random() < probability

    def pick(self, pool):
        return self.rng.choice(pool)

    # Texts

    def character(self):
        """Any character that is no surrogate, mostly from the interesting blocks."""
        low, high = self.pick([(0x20, 0x7F), (0x20, 0x7F), (0, 0x20), (0x7F, 0x180), (0x300, 0x600), (0x2000, 0x2150),
                               (0x3000, 0x3100), (0xE000, 0x10000), (0x1F300, 0x1F700), (0x10000, 0x110000)])  # fmt: skip
        return chr(self.rng.randrange(low, high))

    def noise(self, longest=12):
        return "".join(self.character() for _ in range(self.rng.randint(0, longest)))

    def prose(self, longest=40):
        return "".join(self.pick(PROSE) for _ in range(self.rng.randint(1, longest)))

    def text(self, pool):
        roll = self.rng.random()
        if roll < 0.82:
            return self.pick(pool)
        if roll < 0.90:
            return self.mutated(self.pick(pool))
        if roll < 0.95:
            return self.prose(12)
        return self.noise()

    def mutated(self, text, times=None):
        """The text with one or a few characters put in, taken out, doubled, encoded or turned upside down."""
        for _ in range(times or self.pick([1, 1, 1, 2, 3])):
            at = self.rng.randint(0, len(text))
            change = self.rng.randrange(8)
            if change <= 2:
                text = text[:at] + self.pick(CRUMBS) + text[at:]
            elif change == 3:
                text = text[:at] + text[at + 1 :]
            elif change == 4:
                text = text[:at] + self.character() + text[at + 1 :]
            elif change == 5:
                text = text[:at] + text[at : at + 1].swapcase() + text[at + 1 :]
            elif change == 6:
                text = text[:at] + quote(text[at : at + 2]) + text[at + 2 :]
            else:
                length = self.rng.randint(1, 4)
                text = text[:at] + text[at : at + length] + text[at:]
        return text

    def encoded(self, text, safe=""):
        """The text as it may stand in a URI: encoded well, twice, too much, in part or not at all."""
        roll = self.rng.random()
        if roll < 0.60:
            return quote(text, safe)
        if roll < 0.68:
            return text
        if roll < 0.76:
            return quote(quote(text))
        if roll < 0.84:
            return "".join(f"%{b:02x}" for b in text.encode("utf-8"))
        if roll < 0.92:
            return quote(text, safe + "@:/?#[]&=+; ")
        return self.mutated(quote(text, safe))

    # URIs

    def scheme(self):
        return self.pick(CONN_TYPES) if self.chance(0.93) else self.text(ODD_CONN_TYPES)

    def query(self):
        separator = self.pick(["&"] * 12 + [";", "&amp;", "&&"])
        pairs = []
        for _ in range(self.pick([0, 1, 1, 1, 2, 2, 3, 5])):
            key = self.encoded(self.text(KEYS), "+")
            value = self.encoded(self.text(TYPED), self.pick(["", "+", "{}\":,[]"]))
            pairs.append(self.pick([f"{key}={value}"] * 12 + [key, f"{key}=", f"={value}", f"{key}=={value}", f"{key}={value}={value}"]))
        if self.chance(0.12):
            extra = self.json_extra()
            pairs.insert(self.rng.randint(0, len(pairs)), "__extra__=" + quote(extra).replace("%20", self.pick(["+", "%20"])))
        return separator.join(pairs)

    def netloc(self):
        userinfo = ""
        if self.chance(0.65):
            userinfo = self.encoded(self.text(LOGINS)) if self.chance(0.88) else ""
            if self.chance(0.8):
                userinfo += ":" + (self.encoded(self.text(PASSWORDS)) if self.chance(0.93) else "")
            userinfo += "@"
        host = self.text(HOSTS) if self.chance(0.93) else ""
        if "/" in host or self.chance(0.15):
            host = self.encoded(host, self.pick(["", "[]:", ":/"]))
        port = ":" + (self.pick(["5432", "80", "1", "65535"]) if self.chance(0.7) else self.text(PORTS)) if self.chance(0.5) else ""
        return userinfo + host + port

    def uri(self):
        if self.chance(0.04):
            return self.mutated(self.pick(["", "x", "x:", "x:/", "x://", "://", "//", "/", "?", "#", "x://?", "x:///", "x://h?&",
                                           "u:p@h/db", "h:5432", "{}", "x:h", "http:80", "x:1", "//h/db", "x://h#f"]))  # fmt: skip
        protocol = ""
        if self.chance(0.12):
            protocol = self.pick(["https", "http", "HTTPS", "grpc+ssl", "spark", "a_b", "1x", "", "postgres"]) + "://"
        uri = self.scheme() + self.pick(["://"] * 40 + [":/", ":", "//", ":///", "::", "%3A//"])
        netloc = self.netloc()
        if protocol and "@" in netloc and self.chance(0.4):
            userinfo, _, rest = netloc.rpartition("@")
            uri += f"{userinfo}@{protocol}{rest}"
        else:
            uri += protocol + netloc
        if self.chance(0.65):
            uri += self.pick(["/"] * 12 + ["//", "/;", ""]) + (self.encoded(self.text(SCHEMAS), self.pick(["", "/", ";=:"])))
        if self.chance(0.5):
            uri += self.pick(["?"] * 12 + ["/?", "/?", "/?", "??"]) + self.query()
        if self.chance(0.05):
            uri += "#" + self.text(SCHEMAS)
        if self.chance(0.12):
            uri = self.mutated(uri)
        if self.chance(0.03):
            uri = self.pick([" ", "\t", "\n", "\x00", "\x1f", "\u00a0", "\ufeff", "\u3000", "'", "\""]) + uri
        if self.chance(0.03):
            uri += self.pick([" ", "\n", "\r\n", "\t", "'", "\"", "\x00", "\u2028", "&", "%"])
        return uri

    # JSON

    def json_string(self, text):
        """A JSON string literal, with more or fewer escapes than needed."""
        literal = json.dumps(text, ensure_ascii=self.chance(0.4))
        if self.chance(0.06):
            literal = "\"" + "".join(f"\\u{u:04x}" for u in self.utf16(text)) + "\""
        if self.chance(0.03):
            literal = literal[:-1] + self.pick(["\\ud800", "\\udc00", "\\ud83d\\ude00", "\\ud83d", "\\/", "\\u00E9", "\\x", "\\u12", "\t", "\n", "\\b\\f", "\\u0000"]) + "\""  # fmt: skip
        return literal

    @staticmethod
    def utf16(text):
        data = text.encode("utf-16-be")
        return [int.from_bytes(data[i : i + 2], "big") for i in range(0, len(data), 2)]

    def json_number(self):
        roll = self.rng.random()
        if roll < 0.3:
            return self.pick(["0", "-0", "1", "-1", "80", "5432", "1.0", "-0.0", "1e5", "1E+5", "1e-7", "1e400", "-1e400", "1e16", "1e15", "123456789012345680.0"])  # fmt: skip
        if roll < 0.5:
            return repr(self.rng.uniform(-1, 1) * 10 ** self.rng.randint(-30, 30))
        if roll < 0.6:
            return repr(self.rng.randrange(10 ** self.rng.randint(1, 40)))
        if roll < 0.7:
            return f"{self.rng.randrange(10**6)}{self.pick(['e', 'E', '.5e', '.0E'])}{self.pick(['', '+', '-'])}{self.rng.randint(0, 330)}"
        if roll < 0.72:
            return "9" * self.pick([4299, 4300, 4301])
        return self.pick(["01", "1.", ".5", "+1", "NaN", "Infinity", "-Infinity", "-NaN", "0x1", "1_0", "1e", "--1", "٣", "5e-324", "2.2250738585072014e-308", "0.1", "3"])  # fmt: skip

    def json_value(self, depth=0):
        roll = self.rng.random()
        if roll < 0.45:
            return self.json_string(self.text(self.pick([TYPED, PASSWORDS, SCHEMAS, LOGINS])))
        if roll < 0.60:
            return self.json_number()
        if roll < 0.75:
            return self.pick(["true", "false", "null", "{}", "[]", "\"\"", "True", "None"] if self.chance(0.05) else ["true", "false", "null", "{}", "[]", "\"\""])  # fmt: skip
        if depth > 3:
            return "1"
        if roll < 0.85:
            return "[" + self.comma().join(self.json_value(depth + 1) for _ in range(self.rng.randint(0, 3))) + "]"
        if roll < 0.995:
            return self.json_object([(self.text(KEYS), self.json_value(depth + 1)) for _ in range(self.rng.randint(0, 3))])
        levels = self.rng.randint(20, 300)
        return "[" * levels + "]" * levels

    def comma(self):
        return self.pick([", ", ",", " , ", ",\n ", ",\t"])

    def json_object(self, items):
        comma, colon = self.comma(), self.pick([": ", ":", " : ", ":\n"])
        return "{" + comma.join(self.json_string(k) + colon + v for k, v in items) + "}"

    def json_extra(self):
        """The text of an extra field."""
        roll = self.rng.random()
        if roll < 0.45:
            return self.pick(EXTRAS)
        if roll < 0.5:
            return self.mutated(self.pick(EXTRAS))
        if roll < 0.6:  # all values are strings, so that the flat form of a URI is tried
            return self.json_object([(self.text(KEYS), self.json_string(self.text(TYPED))) for _ in range(self.rng.randint(1, 4))])
        return self.json_object([(self.text(KEYS), self.json_value()) for _ in range(self.rng.randint(0, 4))])

    def json_field(self, name):
        """A JSON value for this field of a connection, usually of the type that it ought to have."""
        if self.chance(0.06):
            return self.pick(["null", "1", "true", "false", "[]", "{}", "1.5", "\"\"", "0"])
        if name == "port":
            return self.pick(["5432", "80", "0", "1", "\"5432\"", "\"\"", "null", "65536", "-1", "1.0", "5432.9", "\"abc\"", "true", "\" 80 \"", "\"8_0\"",
                              "\"5432.0\"", "\"٥\"", "NaN", "1e400", "[]", "{}", "\"0\"", "123456789012345678901234567890", "1e3", "\"+1\"", "\"-1\"",
                              "\"1e3\"", "\"0x10\"", "\"\\u00a080\"", "\"--1\"", "\"1__0\"", "\"_1\""])  # fmt: skip
        if name == "extra":
            extra = self.json_extra()
            if self.chance(0.5):
                return extra if is_json(extra) or self.chance(0.1) and extra.strip() else "null"
            return self.json_string(json.dumps(extra) if self.chance(0.08) else extra)
        return self.json_string(self.text(POOLS[name]))

    def field_names(self):
        names = [n for n in ("host", "login", "password", "schema", "port", "extra", "description") if self.chance(0.45)]
        if self.chance(0.93):
            names.append("conn_type")
        self.rng.shuffle(names)
        return names

    def json_connection(self):
        items = [(name, self.json_field(name)) for name in self.field_names()]
        if self.chance(0.08):
            key = self.pick(["uri", "conn_id", "user", "database", "Conn_Type", "conn-type", "extra_dejson", "id", "team_name", "is_encrypted",
                             "is_extra_encrypted", "self", "", "__extra__", "name"])  # fmt: skip
            items.insert(self.rng.randint(0, len(items)), (key, self.json_string(self.uri()) if key == "uri" else self.json_value(3)))
        if items and self.chance(0.05):
            name = self.pick(items)[0]
            items.append((name, self.json_field(name) if name in POOLS else "1"))
        text = self.json_object(items)
        if self.chance(0.06):
            text = self.mutated(text)
        return text

    # The kinds of case

    def k_uri(self):
        return {"uri": self.uri()}

    def k_json(self):
        if self.chance(0.03):
            return {"value": self.pick(["", " ", "null", "[]", "1", "\"x\"", "{}", "[{}]", "x", "{\"conn_type\":\"x\"}x", "\ufeff{}", "NaN", " {} "])}
        return {"value": self.json_connection()}

    def k_envvalue(self):
        value = self.json_connection() if self.chance(0.4) else self.uri()
        if self.chance(0.15):
            value = self.pick([" ", "\t", "\n", "\u00a0", "\u3000", "\u0085", "\x1c", "\ufeff", "'", "\"", ""]) + value
        if self.chance(0.15):
            value += self.pick([" ", "\n", "\r\n", "\u2003", "\x1f", "'", "\"", ";"])
        if self.chance(0.02):
            value = self.pick(["", " ", "\n", "{", "{}", "[]", "x", "\u3000", "\ufeff"])
        # The operating system has no variable with a NUL in it.
        return {"value": value.replace("\0", "")}

    def fields(self):
        fields = {}
        for name in self.field_names():
            if self.chance(0.04):
                fields[name] = self.pick([None, "", 1, True])
            elif name == "port":
                fields[name] = self.pick([5432, 80, 0, 1, 65535, 65536, -1, None, "", "5432", "abc", False, 10**20])
            elif name == "extra":
                fields[name] = self.json_extra()
                if self.chance(0.05):
                    fields[name] = self.pick([{}, [], {"a": 1}, {"a": {"é": [1.5, None, "x"]}}, ["a"], None])
            else:
                fields[name] = self.text(POOLS[name])
        return fields

    def k_fields(self):
        return {"fields": self.fields()}

    def conn_id(self):
        roll = self.rng.random()
        if roll < 0.75:
            return self.pick(VALID_IDS) + (str(self.rng.randrange(100)) if self.chance(0.3) else "")
        if roll < 0.9:
            return self.pick(PLAIN_ODD_IDS)
        return self.text(BAD_IDS)

    def conn_ids(self, count):
        return list(dict.fromkeys(self.conn_id() for _ in range(count)))

    def k_export(self):
        conns = []
        for conn_id in self.conn_ids(self.pick([1, 1, 1, 2, 3])):
            if self.chance(0.2):
                conns.append({"conn_id": conn_id, "uri": self.uri()})
                continue
            fields = self.fields()
            if self.chance(0.7):  # long prose in some field, to be folded
                name = self.pick(["description", "login", "password", "host", "schema"])
                fields[name] = self.prose(self.pick([4, 10, 40, 80]))
            if self.chance(0.3):
                fields["extra"] = json.dumps({self.text(KEYS): self.prose(40) for _ in range(self.rng.randint(1, 4))},
                                             indent=self.pick([None, None, 2]), ensure_ascii=self.chance(0.5))  # fmt: skip
            fields["conn_id"] = conn_id
            conns.append(fields)
        return {"conns": conns}

    def k_key(self):
        return {"key": self.mutated(self.conn_id()) if self.chance(0.3) else self.conn_id()}

    # Files

    def env_file(self):
        lines = []
        for conn_id in self.conn_ids(self.pick([0, 1, 1, 2, 3])):
            value = self.uri() if self.chance(0.85) else self.json_connection()
            if self.chance(0.9):
                value = value.replace("\n", "").replace("\r", "")
            lines.append(self.pick([f"{conn_id}={value}"] * 20 + [
                f"{conn_id} = {value}", f"export {conn_id}={value}", f" {conn_id}={value}", f"{conn_id}='{value}'",
                f"{conn_id}=\"{value}\"", f"{conn_id}={value} # comment", f"{conn_id}={value}\\", f"{conn_id}=", f"={value}", conn_id,
                f"{conn_id}=={value}", f"{conn_id}: {value}", f"{conn_id}=x://h\x0cy", f"{conn_id}=x://h\u2028y", f"{conn_id}=x://h\x1cy"]))  # fmt: skip
            if self.chance(0.06):
                lines.append(lines[-1])
            if self.chance(0.12):
                lines.append(self.pick(["", "# comment", " # comment", "#a=x://h", "\t", " ", ";c", "#", "\u00a0# c", "\x0b", "//", "[section]"]))
        end = self.pick(["\n", "\n", "\n", "\r\n", "\r", "\n\n"])
        return end.join(lines) + (end if self.chance(0.8) else "")

    def json_entry(self):
        roll = self.rng.random()
        if roll < 0.4:
            return self.json_string(self.uri())
        if roll < 0.46:
            return "[" + self.comma().join(self.json_connection() for _ in range(self.pick([0, 1, 1, 1, 2]))) + "]"
        if roll < 0.5:
            return self.pick(["null", "1", "true", "\"\"", "\"x\"", "[]", "{}", "1.5", "[1]", "[null]", "[[]]"])
        return self.json_connection()

    def json_file(self):
        if self.chance(0.04):
            return self.pick(["", " ", "{}", "[]", "null", "1", "\"x\"", "{", "{\"a\"", "\ufeff{}", "# c", "{}x", "\n"])
        text = self.json_object([(conn_id, self.json_entry()) for conn_id in self.conn_ids(self.pick([1, 1, 2, 3]))])
        return self.mutated(text) if self.chance(0.08) else text

    def yaml_key(self, text):
        return self.pick([text, text, text, json.dumps(text, ensure_ascii=self.chance(0.5)), "'" + text.replace("'", "''") + "'"])

    def yaml_scalar(self, name):
        roll = self.rng.random()
        if roll < 0.35:
            return self.pick(YAML_SCALARS)
        if roll < 0.42:
            return self.mutated(self.pick(YAML_SCALARS))
        text = self.json_extra() if name == "extra" else self.text(POOLS.get(name, SCHEMAS))
        if roll < 0.7:
            return json.dumps(text, ensure_ascii=self.chance(0.5))
        if roll < 0.85:
            return "'" + text.replace("'", "''") + "'"
        if roll < 0.92:
            return self.pick(["|", ">", "|-", ">-", "|+"]) + "\n" + "\n".join("    " + line for line in text.split("\n")) + "\n"
        return text

    def yaml_mapping(self):
        lines = []
        for name in self.field_names():
            if name == "extra" and self.chance(0.2):
                name = "extra_dejson"
            value = self.yaml_scalar(name)
            if name == "port" and self.chance(0.8):
                value = self.pick(["5432", "80", "", "~", "'80'", "05432", "1_000", "12:30", "0x10", "abc", "-1", "1.0", "yes", "0", "65536", "\"\""])
            lines.append(f"  {name}:{self.pick([' ', ' ', ' ', '  ', chr(9)])}{value}")
        if self.chance(0.08):
            lines.append(self.pick(["  user: x", "  <<: *base", "  <<: {host: m}", "  conn_id: x", "  uri: x://h", "  # c", "\thost: x", "  host", " login: x",
                                    "    schema: x", "  <<: [*base, {login: l}]", "  ? port\n  : 1", "  host: dup", "  - a", "  team_name: t"]))  # fmt: skip
        return "\n" + "\n".join(lines) if lines else self.pick(["", " {}", " null"])

    def yaml_entry(self):
        roll = self.rng.random()
        if roll < 0.25:
            return " " + self.yaml_scalar("uri")
        if roll < 0.30:
            return self.pick(["\n  - {conn_type: x}", "\n  - x://h", " []", "\n  - a\n  - b", " *base", " [x://h]", "\n- x://h", "\n-", " &e {conn_type: x}", " !!map {conn_type: x}"])  # fmt: skip
        if roll < 0.38:
            return " " + self.json_connection()
        return self.yaml_mapping()

    def yaml_file(self):
        if self.chance(0.05):
            return self.pick(["", " ", "# c\n", "---\n", "--- {}\n", "a\n", "- a\n", "null\n", "a: 1\n---\nb: 2\n", "...\n", "\ufeffa: x://h\n", "%YAML 1.1\n---\na: x://h\n",
                              "%YAML 2.0\n---\na: x://h\n", "%TAG ! tag:x,2000:\n---\na: !b x\n", "{a: x://h}\n", "{}", "[]", "a: x://h\n...\n", "\ta: x://h\n", "a: b: c\n",
                              "? a\n: x://h\n", "a: x://h\nb\n", "a:\n b\n", "a: |\n x://h\n", "a: x://h\n b: c\n", "a: x://h\n--- \n", "!!map {a: x://h}\n", "? [a]\n: x\n"])  # fmt: skip
        text = ""
        if self.chance(0.12):
            text += "base: &base\n  conn_type: http\n  host: &anc basehost\n"
        if self.chance(0.08):
            text = self.pick(["---\n", "# comment\n", "%YAML 1.1\n---\n", "\n", "--- # c\n"]) + text
        for conn_id in self.conn_ids(self.pick([1, 1, 2, 3])):
            text += self.yaml_key(conn_id) + ":" + self.yaml_entry() + self.pick(["\n"] * 8 + ["\n\n", " # c\n", "\n# c\n", "\r\n"])
        if self.chance(0.05):
            text += self.pick(["...\n", "---\n", "---\nb: x://h\n", "*x\n", "#", "\t\n", "}"])
        return self.mutated(text) if self.chance(0.1) else text

    def k_file(self):
        ext = self.pick(EXTENSIONS)
        last = ext.lower().rpartition(".")[2]
        content = {"json": self.json_file, "yaml": self.yaml_file, "yml": self.yaml_file}.get(last, self.env_file)()
        if self.chance(0.03):
            raw = content.encode("utf-8")
            at = self.rng.randint(0, len(raw))
            raw = self.pick([
                raw[:at] + self.pick([b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xfe\xff", b"\xc0\x80", b"\xf5\x80\x80\x80"]) + raw[at:],
                content.encode("utf-16"), content.encode("latin-1", "replace"), b"\xef\xbb\xbf" + raw])  # fmt: skip
            return {"ext": ext, "content_b64": base64.b64encode(raw).decode()}
        return {"ext": ext, "content": content}

    def cases(self, count, kinds):
        weights = [WEIGHTS[kind] for kind in kinds]
        for number in range(count):
            kind = self.rng.choices(kinds, weights)[0]
            yield {"id": f"{number:06d}", "kind": kind, **getattr(self, "k_" + kind)()}


POOLS = {
    "conn_type": CONN_TYPES * 3 + ODD_CONN_TYPES,
    "description": ["", "d", "é", "a\nb", "A longer description, with a comma: and a colon", "x" * 100],
    "host": HOSTS,
    "login": LOGINS,
    "password": PASSWORDS,
    "schema": SCHEMAS,
    "port": PORTS,
    "extra": EXTRAS,
}


def generate(seed, count, kinds=tuple(WEIGHTS)):
    """`count` cases of these kinds. Ids hold the seed, so that cases of several runs can stand in one file."""
    for case in Generator(seed).cases(count, list(kinds)):
        case["id"] = f"s{seed}-{case['id']}"
        yield case


def kinds_argument(text):
    kinds = text.split(",")
    unknown = set(kinds) - set(WEIGHTS)
    if unknown:
        raise argparse.ArgumentTypeError(f"unknown kind {', '.join(sorted(unknown))}; known: {', '.join(WEIGHTS)}")
    return kinds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, required=True, help="any number; the same one gives the same cases")
    parser.add_argument("--count", type=int, required=True, help="how many cases")
    parser.add_argument("--kinds", type=kinds_argument, default=list(WEIGHTS), metavar="KIND,...", help=f"of {','.join(WEIGHTS)}; default all")
    options = parser.parse_args()
    try:
        for case in generate(options.seed, options.count, options.kinds):
            sys.stdout.write(json.dumps(case) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        sys.exit(1)


if __name__ == "__main__":
    main()
