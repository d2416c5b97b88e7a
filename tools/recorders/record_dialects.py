#!/usr/bin/env python3
"""Asks the real readers of files of variables, of Compose files and of URLs: fixtures/dialects/*.jsonl.

    tools/recorders/record_dialects.py systemd             libsystemd's load_env_file, through ctypes (Debian: systemd)
    tools/recorders/record_dialects.py dotenv GO NODE      bash, python-dotenv, dotenv of npm, and compose-go's dotenv
    tools/recorders/record_dialects.py docker GO           docker/cli's reader of --env-file
    tools/recorders/record_dialects.py compose GO          compose-go's template
    tools/recorders/record_dialects.py gourl GO            net/url and %q of Go
    tools/recorders/record_dialects.py clients             psycopg's conninfo_to_dict, SQLAlchemy's make_url

GO is a folder with the sources of the Go packages: compose/dotenv and compose/template of compose-spec/compose-go,
compose/pkg/kvfile of docker/cli. NODE is a folder with node_modules/dotenv. Run with a Python that has python-dotenv,
psycopg and SQLAlchemy. Variables of the surroundings are PW=expanded and nothing else.
"""

import ctypes
import glob
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "fixtures" / "dialects"
A, B = "AIRFLOW_CONN_A", "AIRFLOW_CONN_B"
SURROUNDINGS = {"PW": "expanded"}

# What may stand behind `NAME=`: in every dialect somebody writes each of them.
VALUES = [
    "", " ", "x", "http://h.example.com/", "postgres://app:pw@db.example.com:5432/dwh",
    "postgres://app:pw@db.example.com:5432/dwh # production", "http://h/#frag", "http://h/ #", "http://h/\t# c", "http://h/ # a 'b' \"c\"",
    "#x", " # only a comment", "# only", "'x' # c", '"x" # c', "'x'#c", '"x"#c', "x#c", "x #c'd", "x  ",
    "x\t", " x", "\tx", "  x  ", "a b", "a  b ", "a b c=d", "'a b'", '"a b"', "'a b' ", "'a' 'b'", '"a" "b"', "'a''b'", '"a""b"', "'a'b", '"a"b',
    "a'b'", 'a"b"', "a'b", 'a"b', "it's", "'it's'", "'it'\\''s'", "'it'\"'\"'s'", "\"it's\"", "'it\\'s'", '"it\\"s"', "'a\\\\b'", '"a\\\\b"', "a\\\\b", "a\\b", "'a\\b'", '"a\\b"',
    "a\\ b", "a\\", "'a\\'", '"a\\"', "a\\'b", 'a\\"b', "a\\#b", "a \\#b", "a\\$b", "'a\\$b'", '"a\\$b"', '"a\\nb"', "'a\\nb'", "a\\nb", '"a\\tb"', '"a\\rb"', '"a\\u0041b"', '"a\\x41b"', '"a\\0101b"', '"a\\qb"', '"a\\ab"', '"a\\`b"', "a\\`b",
    '{"conn_type":"http","host":"h"}', '{"conn_type": "http", "host": "h.example.com"}', '\'{"conn_type": "http"}\'', '"{\\"conn_type\\": \\"http\\"}"', '{\\"conn_type\\":\\"http\\"}', "'{\"extra\": \"{\\\"a\\\": \\\"b\\\"}\"}'",
    '{"conn_type": "http", "password": "it\'s"}', "'{\"k\": \"-----BEGIN-----\\nabc\\n-----END-----\"}'", "'{\"k\": \"a\\\\nb\"}'", "{}", "{a,b}", "[a]", "'[1, 2]'",
    "http://h.example.com/?a=b&c=d", "'http://h.example.com/?a=b&c=d'", '"http://h.example.com/?a=b&c=d"', "http://h/?a=b&", "http://h/;echo", "http://h/; echo", "a;b", "';'", "a|b", "a | b", "a>f", "a<f", "a>>f", "a||b", "a&&b", "a && b", "a(b", "a)b", "(a)", "a(b)c", "f()", "a!b", "a*b", "a?b", "a[b]c", "~", "~x", "a~b", "a^b", "a%20b", "a=b", "=a", "==", "a,b", "a@b", "a:b",
    "$PW", "${PW}", "a$PW", "a${PW}b", "'a${PW}b'", '"a${PW}b"', "'a$PW'", '"a$PW"', "$UNSET", "${UNSET}", "${UNSET:-d}", "${PW:-d}", "${UNSET-d}", "${UNSET:-}", '"${UNSET:-a b}"', "${UNSET:-a b}", "a$", "a$ b", '"a$"', "a$1b", "a$@h", "a$&b", "$$", "a$$b", "'a$$b'", '"a$$b"', "a$-b", "a$%b", "p$/q", "a$(echo x)b", "'a$(echo x)b'", "a`echo x`b", "'a`b'", '"a`echo x`b"', "${", "a${b", "${}", "a${ }b", "'${'", "a{{ x }}b", "'{{ x }}'", '"{{ x }}"', "$'a'", "pa$word", "US$100", "Pa$$word", "$PW$PW", "$PWx", "${PW}x",
    "é", "'é😀'", '"é"', "a\u00a0b", "a\u00a0", "\u2003a", "a\u2003# c", "`a`", "`a b`", "-a", "--", "a/*b", "'a\nb'", '"a\nb"', "'a\n\nb'", '"a\\\nb"', "'a\\\nb'", "a\\\nb", "a\\\n b", "'a\nb", '"a\nb', "'a", '"a', "'", '"', "''", '""', "''''", "'' ''", '"\'"', "'\"'", "' a '", '" a "', "''a", "a''", 'a""b', "'a' b", '"a" b', "'a'  # c", "'a';b", "'a'&", '"a" # it\'s',
    "x\r", "'x'\r", '"x"\r', "x\rNEXT=1", "'x\r\ny'", '"x\r\ny"', "x \r", "x # c\r", "x\\\r", "a\x0bb", "a\x0cb", "a\x01b", "a\x7fb",
]

# Whole texts: names, blanks around `=`, what stands between lines, comments.
TEXTS = [
    f"export {A}=x\n", f"export\t{A}=x\n", f"export  {A}=x\n", f"  export {A}=x\n", f"\t{A}=x\n", f"export {A}='x y'\n", f"export {A} = x\n", f"export\n{A}=x\n", f"exports {A}=x\n", f"EXPORT {A}=x\n",
    f"{A} =x\n", f"{A}= x\n", f"{A} = x\n", f"{A}\t=\tx\n", f"{A} = 'x'\n", f"{A}= 'x'\n", f"{A} ='x'\n", f"{A}= \"x y\"\n", f"{A}: x\n", f"{A}:x\n", f"{A}: 'x'\n", f"{A}\n", f"export {A}\n", f"{A}=\n", f"{A}", f"{A}=x",
    f"{A}=1 {B}=2\n", f"export {A}=1 {B}=2\n", f"{A}='1' {B}='2'\n", f"{B}=2;{A}=1\n", f"{B}=2 ; {A}=1\n", f"{A}=1; export {A}\n", f"{A}=1 && {B}=2\n", f"{A}=x true\n", f"{A}=x # c\n{B}=y\n", f"# {A}=x\n{B}=y\n", f" # {A}=x\n", f"#{A}=x\n", f"; {A}=x\n", f";{A}=x\n", f"//{A}=x\n", f"{A}=a\n{A}=b\n", f"{A}=a\n\n\n{B}=b\n", f"\n\n{A}=a\n", f"\ufeff{A}=x\n",
    f"{A}=x\r\n{B}=y\r\n", f"{A}='x'\r\n{B}=\"y\"\r\n", f"{A}=x\r{B}=y\r", f"{B}=1\nsome words\n{A}=x\n", f"some words\n{A}=x\n", f"some words = y\n{A}=x\n", f"words\n{A}=x\n", f"=x\n{A}=y\n", f"1X=x\n{A}=y\n", f"a-b=x\n{A}=y\n", f"a.b=x\n{A}=y\n", f"'{A}'=x\n", f'"{A}"=x\n', f"a%b=x\n{A}=y\n", f"é=x\n{A}=y\n", f"set -a\n{A}=x\nset +a\n", f"source other.env\n{A}=x\n", f"echo hi\n{A}=x\n", f"unset {A}\n{A}=x\n", f"{A}=x\nunset {A}\n", f"[section]\n{A}=x\n",
    f"{A}='open\n{B}=y\n", f"{A}=\"open\n{B}=y\n", f"{A}='a\n{B}=y'\n", f"{B}='it's\n{A}=x\n", f"{B}=it's\n{A}=x\n", f"{B}=\"a\n{A}=x\n", f"# it's\n{A}=x\n", f"{B}=a # it's\n{A}=x\n", f"{A}=a\\\n{B}=b\n", f"{A}=a \\\n  b\n", f"# c \\\n{A}=x\n", f"; c \\\n{A}=x\n", f"#\\\n\n{A}=x\n", f"{A}=x\n# end", f"{A}=x y\n{B}=z\n", f"{A}=a(b\n{B}=z\n", f"{B}=z\n{A}=a(b\n", f"{A}=a&b\n{B}=z\n", f"{B}=${{}}\n{A}=x\n", f"{A}+=x\n", f"{A}=x\n{A}+=y\n", f"{A}[0]=x\n",
    f"if true; then\n{A}=x\nfi\n", f"declare -x {A}=x\n", f"readonly {A}=x\n", f"env {A}=x\n", f"A B={A}\n{A}=x\n", f"{A}={{\n  \"conn_type\": \"http\"\n}}\n{B}=y\n", f"{A}='{{\n  \"conn_type\": \"http\"\n}}'\n{B}=y\n", f"{B}=-----BEGIN KEY-----\nabc=\n-----END KEY-----\n{A}=x\n",
]


def texts():
    """One assignment for each value, with a line behind it, then the rest."""
    seen = []
    for value in VALUES:
        seen.append(f"{A}={value}\n{B}=z\n")
    seen += TEXTS
    return list(dict.fromkeys(seen))


def write(name, rows):
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / name
    path.write_text("".join(json.dumps(row, ensure_ascii=True) + "\n" for row in rows))
    print(f"{path.relative_to(ROOT)}: {len(rows)} rows")


def systemd():
    library = ctypes.CDLL(sorted(glob.glob("/usr/lib/*/systemd/libsystemd-shared-*.so"))[-1])
    load = library.load_env_file
    load.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.POINTER(ctypes.POINTER(ctypes.c_char_p))]
    load.restype = ctypes.c_int
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "e")
        for text in texts():
            Path(path).write_bytes(text.encode())
            out = ctypes.POINTER(ctypes.c_char_p)()
            status = load(None, path.encode(), ctypes.byref(out))
            found = []
            if status >= 0 and out:
                index = 0
                while out[index] is not None:
                    found.append(out[index].decode("utf-8", "surrogateescape"))
                    index += 1
            rows.append({"text": text, "status": status, "set": [list(f.split("=", 1)) for f in found]})
    write("systemd.jsonl", rows)


def go(folder, program, rows):
    """Runs a Go program of one file over JSON lines."""
    with tempfile.TemporaryDirectory() as place:
        place = Path(place)
        if folder:
            compose = Path(folder) / "compose"
            module = place / "compose"
            module.mkdir()
            (module / "go.mod").write_text(
                "module github.com/compose-spec/compose-go/v2\ngo 1.19\nrequire github.com/sirupsen/logrus v0.0.0\n"
                "replace github.com/sirupsen/logrus => ../logrus\n")
            for package in ("dotenv", "template"):
                (module / package).mkdir()
                for source in (compose / package).glob("*.go"):
                    if not source.name.endswith("_test.go"):
                        (module / package / source.name).write_text(source.read_text())
            (place / "logrus").mkdir()
            (place / "logrus" / "go.mod").write_text("module github.com/sirupsen/logrus\ngo 1.19\n")
            (place / "logrus" / "l.go").write_text("package logrus\nfunc Warnf(string, ...any) {}\n")
            (place / "kvfile").mkdir()
            (place / "kvfile" / "go.mod").write_text("module kvfile\ngo 1.19\n")
            (place / "kvfile" / "kvfile.go").write_text((compose / "pkg" / "kvfile" / "kvfile.go").read_text())
        (place / "main").mkdir()
        (place / "main" / "go.mod").write_text(
            "module main\ngo 1.19\n" + ("" if not folder else
            "require github.com/compose-spec/compose-go/v2 v2.0.0\nrequire github.com/sirupsen/logrus v0.0.0\nrequire kvfile v0.0.0\n"
            "replace github.com/compose-spec/compose-go/v2 => ../compose\nreplace github.com/sirupsen/logrus => ../logrus\nreplace kvfile => ../kvfile\n"))
        (place / "main" / "main.go").write_text(program)
        surroundings = {**os.environ, "GOFLAGS": "-mod=mod", "GOPROXY": "off", "GONOSUMDB": "*", "GOFLAGS": "-mod=mod", "GONOSUMCHECK": "1", "GOSUMDB": "off", **SURROUNDINGS}
        done = subprocess.run(["go", "run", "."], cwd=place / "main", env=surroundings, capture_output=True, text=True,
                              input="".join(json.dumps(row) + "\n" for row in rows))
        if done.returncode:
            sys.exit(done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]


FRAME = """package main
import ("bufio"; "encoding/json"; "os"; %s)
func main() {
	in := bufio.NewScanner(os.Stdin); in.Buffer(nil, 1<<24)
	out := json.NewEncoder(os.Stdout); out.SetEscapeHTML(false)
	for in.Scan() { var row string; if err := json.Unmarshal(in.Bytes(), &row); err != nil { panic(err) }; out.Encode(run(row)) }
}
var _ = errors.New
func run(row string) map[string]any {
%s
}
"""



def dotenv(folder, node):
    import io

    from dotenv import dotenv_values

    rows = []
    inputs = texts()
    composed = go(folder, FRAME % ('"errors"; "strings"; "github.com/compose-spec/compose-go/v2/dotenv"', """
	found, err := dotenv.ParseWithLookup(strings.NewReader(row), func(name string) (string, bool) { if name == "PW" { return "expanded", true }; return "", false })
	if err != nil { return map[string]any{"refused": true} }
	return map[string]any{"set": found}
"""), inputs)
    script = """
const dotenv = require('dotenv'); const lines = require('fs').readFileSync(0, 'utf8').split('\\n').filter(Boolean);
for (const line of lines) console.log(JSON.stringify(dotenv.parse(JSON.parse(line))));
"""
    noded = subprocess.run(["node", "-e", script], cwd=node, capture_output=True, text=True, check=True,
                           input="".join(json.dumps(text) + "\n" for text in inputs)).stdout.splitlines()
    for text, compose, npm in zip(inputs, composed, noded):
        with tempfile.TemporaryDirectory() as place:
            (Path(place) / "e").write_bytes(text.encode())
            # Nothing is found by a command's name there but what the shell has itself.
            shell = f"set -a; . ./e; set +a; wait; printf '\\1%s\\2%s\\3' \"${{{A}-<unset>}}\" \"${{{B}-<unset>}}\""
            done = subprocess.run(["/bin/bash", "--norc", "--noprofile", "-c", shell], cwd=place, capture_output=True,
                                  env={"PATH": "/nowhere", "LC_ALL": "C.UTF-8", **SURROUNDINGS}, stdin=subprocess.DEVNULL, timeout=20)
            out = done.stdout.decode("utf-8", "replace")
            if "\1" in out:
                first, second = out[out.rindex("\1") + 1:].split("\2", 1)
                values = {A: first, B: second[:second.rindex("\3")]}
                bash = {"set": {name: value for name, value in values.items() if value != "<unset>"}}
            else:
                bash = {"refused": True}
        os.environ.clear()
        os.environ.update({"PW": "expanded", "PATH": "/usr/bin:/bin"})
        python = dotenv_values(stream=io.StringIO(text), interpolate=True)
        keep = lambda values: {name: value for name, value in values.items() if name in (A, B) and value is not None}
        rows.append({
            "text": text,
            "bash": bash,
            "compose": {"refused": True} if "refused" in compose else {"set": keep(compose["set"])},
            "python-dotenv": {"set": keep(python)},
            "dotenv": {"set": keep(json.loads(npm))},
        })
    write("dotenv.jsonl", rows)


def docker(folder):
    inputs = texts() + [f"{A}=x\n" + "y" * size + "\n" for size in (65535, 65536)] + [f"{A}={'x' * (65535 - 15)}\n", f"{A}={'x' * (65536 - 15)}\n"]
    found = go(folder, FRAME % ('"errors"; "strings"; "kvfile"', """
	lines, err := kvfile.ParseFromReader(strings.NewReader(row), func(name string) (string, bool) { return "", false })
	if err != nil { return map[string]any{"refused": err.Error()} }
	return map[string]any{"set": lines}
"""), inputs)
    rows = []
    for text, row in zip(inputs, found):
        if "set" in row:
            row["set"] = [line.split("=", 1) for line in row["set"]]
        else:
            reason = row["refused"]
            row["refused"] = next(word for word in ("contains whitespaces", "no variable name", "token too long", "invalid utf8") if word in reason)
        # Long lines are kept as how long they are.
        rows.append({"text": text if len(text) < 10000 else {"first": text[:20], "length": len(text), "char": text[-2]}, **(row if len(text) < 10000 else {k: (v if k == "refused" else True) for k, v in row.items()})})
    write("docker.jsonl", rows)


TEMPLATES = [
    "", "x", "$", "a$", "$$", "a$$b", "$$$", "$$$$", "a$$$b", "$PW", "$$PW", "a$PW", "a$PWb", "$pw", "$1", "a$1", "$_", "$a-b", "$.", "$-", "$ ", "$@", "$é", "é$PW", "$PW$PW", "a$/b", "$}", "pa$}ss", "$(x)", "a$'b'",
    "${PW}", "a${PW}b", "${}", "pa${}ss", "${ }", "pa${ }", "${ s}", "pa${ s}", "${s }", "pa${s }", "${s!}x", "pa${s!}x", "${1}", "pa${1}x", "${s:}", "pa${s:}x", "${", "pa${", "pa${ss", "${s", "${PW", "a${PW b", "${$PW}", "${é}", "${a.b}", "${a-b}", "${a_b}", "${_}", "${A1}", "${a b}", "${=}", "${a=b}", "${a:=b}", "${a?}", "${a:?}", "${a?e}", "${a:?e}", "${PW?e}", "${PW:?e}", "${a+b}", "${a:+b}", "${PW:+b}", "${PW+b}", "${a-}", "${a:-}", "${a:-b}", "${a-b c}", "${a:-${b}}", "${a:-${b:-c}}", "${a:-$b}", "${a:-$$}", "${a:-$}", "${a:-${}}", "${a:-${b}", "${a:-}}", "${a:-{}}", "${a:-{b}", "${PW:-${}}", "${PW:-$}", "a${b:-c}d${e:-f}g", "${a:-b}${", "${a}${}", "${a}$", "$a${", "${a:-b} ${c", "${a#b}", "${a##b}", "${a%b}", "${a/b/c}", "${a^^}", "${!a}", "${#a}", "${a[0]}", "${a@}", "${a:0:1}", "${a:1}", "${:-x}", "${-x}", "${?}", "${+}", "${a:", "${a:-", "${a:- }", "${A:-\n}", "a\n${b}\nc", "${a\n}", "$\n", "postgres://app:pa${ss@db.example.com/dwh", "postgres://app:pa$ss@db.example.com/dwh", "postgres://app:pa$@db.example.com/dwh", "{\"password\": \"${PW}\"}", "{\"password\": \"${\"}", "{\"a\": \"$\"}", "${PW}}", "{${PW}}", "{{ ${PW} }}", "$${PW}", "$$${PW}", "$${", "$$${", "a$$$$${b}", "${${a}}", "${a${b}}", "${a:-b$c}", "${A:-a:b@c}", "${a:?${}}", "${a:+${}}", "${PW:?${}}", "%", "$%7B", "${PW }", "${ PW }", "${\tPW}", "$PW}", "${PW}$PW${", "${PW}x$", "$x$", "$x${y}$$z", "${A:-{\"a\": \"b\"}}", "${A:-{\"a\": {\"b\": \"c\"}}}", "'${A}'", "\"${A\"", "$A:$B", "${A}:${B}", "${A}:${B", "${A}${B:}", "${A:x}", "${A:-x}${A:x}",
]


def compose(folder):
    inputs = list(dict.fromkeys(TEMPLATES))
    found = go(folder, FRAME % ('"errors"; "github.com/compose-spec/compose-go/v2/template"', """
	value, err := template.Substitute(row, func(name string) (string, bool) { if name == "PW" { return "expanded", true }; return "", false })
	if err != nil {
		var invalid *template.InvalidTemplateError; var missing *template.MissingRequiredError
		if errors.As(err, &invalid) { return map[string]any{"refused": "invalid"} }
		if errors.As(err, &missing) { return map[string]any{"refused": "missing"} }
		return map[string]any{"refused": "other"}
	}
	return map[string]any{"value": value}
"""), inputs)
    write("compose.jsonl", [{"text": text, **row} for text, row in zip(inputs, found)])


SCHEMES = ["postgres", "postgresql", "google-cloud-platform", "HTTP", "http", "https", "redshift", "mongo", "aws", "my_type", "1x", "x+y", "x.y", ""]
REST = [
    "", "//", "///", "//h", "//h/", "//h:5432", "//h:5432/db", "//h:", "//h:/db", "//h:port/db", "//h:5432x/db", "//h:-1/db", "//h:99999/db", "//u@h", "//u:p@h", "//u:@h", "//:p@h", "//@h", "//:@h", "//u:p@:5432/db", "//u:p@/db", "//u:p@w@h/db", "//u:p/w@h/db", "//u:p#w@h/db", "//u:p?w@h/db", "//u:p%40w@h/db", "//u:p%2Fw@h/db", "//u:p%w@h/db", "//u:p%zz@h", "//u:p%@h", "//u:p w@h", "//u:p\"w@h", "//u:p{w@h", "//u:p[w@h", "//u:p|w@h", "//u:p^w@h", "//u:p\\w@h", "//u:pé@h", "//u:p<w>@h", "//u:p`w@h", "//u:p!$&'()*+,;=~-._w@h", "//u+v:p+w@h", "//user%40example.com:p@h",
    "//Db.Example.com/X", "//%2Fvar%2Frun/app", "//h%20x/db", "//h x/db", "//h_x/db", "//hé/db", "//h%C3%A9/db", "//h%41/db", "//h\"x/db", "//h<x>/db", "//h|x/db", "//h{x}/db", "//${H}/db", "//{{ h }}/db", "//$H:$P/db", "//h!x/db", "//h*x", "//h%25x/db", "//[::1]/db", "//[::1]:5432/db", "//[fe80::1%25eth0]/db", "//[::1", "//[::1]x/db", "//u:p@[2001:db8::1]:5439/dev",
    "//https://api.example.com:8443/v1", "//http%3A//api.example.com", "//h/a/b", "//h//a", "//h/a%20b", "//h/a%2Fb", "//h/a%", "//h/a%zz", "//h/é", "//h/a b", "//h/a+b", "//h/a;b", "//h/a:b", "//h/a@b", "//h?", "//h?a", "//h?a=b", "//h/?a=b&c=d", "//h?a=b&a=c", "//h?a=b;c=d", "//h?a;b=c&d=e", "//h?a=%20b", "//h?a=b+c", "//h?a=%zz", "//h?a=%zz&b=c", "//h?a=%", "//h?a=b=c", "//h?=b", "//h?&", "//h?&&a=b", "//h?a=", "//h?%61=b", "//h?a%zz=b", "//h?a=é", "//h?a=%C3%A9", "//h?a=%FF", "//h?a=\"b\"", "//h?a=%22b%22", "//h?a=%5C", "//h?a=%0A", "//h?a=%09x", "//h?a=%00", "//h?a=%07", "//h?a=%7F", "//h?a=%F0%9F%98%80", "//h?a=%E2%80%A8", "//h?a=%C2%A0", "//h?a=%C2%AD", "//h?a=<b>", "//h?a=b?c", "//h?__extra__=%7B%22iam%22%3A+true%7D", "//h/db?connect_timeout=10", "//h?a=true&b=false&c=1.5", "//h#f", "//h/db#f", "//h/db?a=b#f", "//h#%zz", "//h?a=b#c?d", "//h/db#", "?a=b", "/path", "/path?a=b", "opaque", "opaque:x@y", "opaque?a=b", "//h\tx", "//h\nx", "//h/\x7f", " //h", "//h ", "// h", "//h/ ", "//?num_retries=5", "//:5432", "//:5432/db", "//h:5432?a=b", "//h?a=b/c", "//u:p@h1:1,h2:2/db", "//h1,h2/db", "//h:5432:5433/db", "//u:p@h:00543/db", "//u:p@h:543२/db", "//127.0.0.1:5432/db", "//h.example.com.:80/", "*", "//*", "//u%3Ap@h", "//u:p:q@h/db", "//%75:p@h/db", "//h/%75", "//h/a%25b", "//h?a=%25",
]


def gourl(folder):
    inputs = []
    for index, rest in enumerate(REST):
        for scheme in (SCHEMES[index % 8], SCHEMES[(index * 5 + 3) % len(SCHEMES)]):
            inputs.append(f"{scheme}:{rest}" if scheme else rest)
    inputs += [f"{scheme}://u:p@h:1/d?a=b" for scheme in SCHEMES] + ["", ":", "://h", "*", "x", "x:y", "a:b:c", "h/p", "h:80/p", "//h/p", "%zz", "http", "http:"]
    inputs = list(dict.fromkeys(inputs))
    found = go(folder, FRAME % ('"errors"; "net/url"; "strconv"; "strings"; "fmt"; "sort"', """
	parsed, err := url.Parse(row)
	if err != nil { return map[string]any{"refused": true} }
	out := map[string]any{"scheme": parsed.Scheme, "host": parsed.Hostname(), "path": parsed.Path}
	if parsed.User != nil { out["login"] = parsed.User.Username(); if word, ok := parsed.User.Password(); ok { out["password"] = word } }
	if number, err := strconv.Atoi(parsed.Port()); err == nil { out["port"] = number }
	if parsed.RawQuery != "" {
		pairs := []string{}
		for key, values := range parsed.Query() { pairs = append(pairs, fmt.Sprintf("%q: %q", key, strings.Join(values, ","))) }
		sort.Strings(pairs); out["extra"] = "{" + strings.Join(pairs, ", ") + "}"
	}
	return out
"""), inputs)
    write("gourl.jsonl", [{"text": text, **row} for text, row in zip(inputs, found)])


CONNINFO = [
    "", "host=h", "host=h port=5432", "host=h port=5432 dbname=d user=u password=p", "host = h", "host= h", "host =h", " host=h ", "host='h'", "host='h x'", "host=''", "host=", "password='it\\'s'", "password=it\\'s", "password=a\\\\b", "password='a\\\\b'", "password='a\\b'", "password=a\\ b", "password='a", "password=a'b", "password=a'b c'", "host", "host h", "=h", "nothing=x", "host=h host=i", "host=h\nport=1", "host=h\tport=1", "options='-c search_path=x'", "sslmode=require", "sslmode=verify-full sslrootcert=/a/b.pem", "password='a b' user=u", "password=\"a b\"", "password='p@:/?#%'", "password=p@:/?#%", "service=dwh", "host=a,b port=1,2", "application_name=airflow", "connect_timeout=10", "keepalives=1",
    "postgresql://", "postgres://", "postgresql://h", "postgresql://h:5432", "postgresql://h:5432/d", "postgresql://u@h/d", "postgresql://u:p@h/d", "postgresql://u:p%40w@h/d", "postgresql://u:p@w@h/d", "postgresql://u:p/w@h/d", "postgresql://u:p%zz@h", "postgresql://u:p%00@h", "postgresql://%2Fvar%2Frun/d", "postgresql:///d", "postgresql:///d?host=h&port=1", "postgresql://h/d?sslmode=require", "postgresql://h/d?sslmode=require&connect_timeout=10", "postgresql://h/d?nothing=x", "postgresql://h/d?a", "postgresql://h/d?=b", "postgresql://h/d?host=", "postgresql://h/d?ssl=true", "postgresql://h/d?ssl=1", "postgresql://[::1]:5432/d", "postgresql://[::1/d", "postgresql://a:1,b:2/d", "postgresql://a,b/d", "postgresql://u:@h/d", "postgresql://:p@h/d", "postgresql://@h/d", "postgresql://h/", "postgresql://h/d%20e", "postgresql://h/d#f", "postgresql://h/d?application_name=a%20b", "postgresql://h/d?application_name=a+b", "postgresql://h/d?options=-c%20x%3Dy", "postgresql://h:/d", "postgresql://h:x/d", "postgresql://h x/d", "postgresql://h/d?user=v", "postgresql://u@h/d?user=v", "postgresql://h/d?sslmode=a&sslmode=b", "postgresql+psycopg2://h/d", "POSTGRESQL://h/d", " postgresql://h/d", "postgresql://h/d ", "postgresql://u:pa ss@h/d", "postgresql://h/d&a=b", "postgresql://u:p@h/d?%68ost=x",
]
URLS = [
    "", "x", "postgresql", "postgresql://", "postgresql://h", "postgresql://h/d", "postgresql+psycopg2://u:p@h:5432/d", "redshift+redshift_connector://u:p@h:5439/dev", "postgresql://u@h/d", "postgresql://u:@h/d", "postgresql://:p@h/d", "postgresql://u:p%40w@h/d", "postgresql://u:p@w@h/d", "postgresql://u:p:q@h/d", "postgresql://u:p/w@h/d", "postgresql://u:p#w@h/d", "postgresql://u:p?w@h/d", "postgresql://u:p%zz@h/d", "postgresql://u%40e:p@h/d", "postgresql://u+v:p+w@h/d", "postgresql://u:p w@h/d", "postgresql://[::1]/d", "postgresql://[::1]:5432/d", "postgresql://h:x/d", "postgresql://h:/d", "postgresql:///d", "postgresql:///d?host=/var/run", "postgresql://h/d%20e", "postgresql://h/d/e", "postgresql://h/d?a=b", "postgresql://h/d?a=b&c=d", "postgresql://h/d?a=b&a=c", "postgresql://h/d?a=b%20c", "postgresql://h/d?a=b+c", "postgresql://h/d?a=", "postgresql://h/d?a", "postgresql://h/d?", "postgresql://h?a=b", "postgresql://h/?a=b", "postgresql://h/d#f", "postgresql://h%20x/d", "postgresql://h_x/d", "POSTGRESQL://h/d", "a-b://h/d", "a.b://h/d", "a_b://h/d", "a+b+c://h/d", "snowflake://u:p@account/db/schema?warehouse=w&role=r", "mysql+pymysql://u:p@h:3306/d?charset=utf8mb4", "sqlite:///x.db", "sqlite:////x.db", "sqlite://", "postgresql:/h/d", "postgresql//h/d", " postgresql://h/d", "postgresql://h/d ", "postgresql://h/d\n", "postgresql://u:%2525@h/d", "postgresql://é:p@h/d", "postgresql://h/é", "postgresql://h1:1,h2:2/d", "postgresql://u:p@/d", "postgresql://@h/d", "postgresql://u:p@h:5432", "postgresql://u:p@h:5432/", "postgresql://u:p@h/d;x=y", "postgresql://h/d?a=b;c=d", "postgresql://h/d?a=b?c", "postgresql://h/d?a=b/c",
]


def clients():
    import sqlalchemy
    from psycopg.conninfo import conninfo_to_dict
    from sqlalchemy.engine import make_url

    rows = []
    for text in CONNINFO:
        try:
            rows.append({"reader": "libpq", "text": text, "set": conninfo_to_dict(text)})
        except Exception as error:
            rows.append({"reader": "libpq", "text": text, "refused": type(error).__name__})
    for text in URLS:
        try:
            url = make_url(text)
            query = {key: (list(value) if isinstance(value, tuple) else value) for key, value in url.query.items()}
            rows.append({"reader": f"sqlalchemy {sqlalchemy.__version__}", "text": text, "set": {
                "drivername": url.drivername, "username": url.username, "password": url.password, "host": url.host,
                "port": url.port, "database": url.database, "query": query}})
        except Exception as error:
            rows.append({"reader": f"sqlalchemy {sqlalchemy.__version__}", "text": text, "refused": type(error).__name__})
    write("clients.jsonl", rows)


if __name__ == "__main__":
    what, *arguments = sys.argv[1:] or ["--help"]
    known = {f.__name__: f for f in (systemd, dotenv, docker, compose, gourl, clients)}
    if what not in known:
        sys.exit(__doc__)
    known[what](*arguments)
