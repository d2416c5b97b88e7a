#!/usr/bin/env python3
"""Has bash run small scripts with a program `airflow` that keeps its arguments: fixtures/airflow/shell_words.jsonl.

    tools/recorders/record_shell_words.py            writes it anew
    tools/recorders/record_shell_words.py --check    says whether it still is what bash does

Each line is one script and, in the order in which they ran, the arguments of each `airflow` and what it read from a
here-document. The scripts run with no variables but those that they set, in an empty folder.
"""

import itertools
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "oracles"))
import real_airflow  # noqa: E402

TARGET = real_airflow.ROOT / "fixtures" / "airflow" / "shell_words.jsonl"

# Words by themselves.
WORDS = r"""
a | 'a b' | "a b" | a\ b | 'a'"b"c | "a'b" | 'a"b' | "a\"b" | 'a\"b' | a\"b | a\'b | 'it'\''s' | 'it'"'"'s' | "it's"
"\$x" | '$x' | \$x | "a\$b" | "p\\q" | 'p\\q' | p\\q | "p\q" | p\q | "\`x\`" | '`x`' | $'a\tb' | $'it\'s' | $'a\\b' | $'\x41\u00e9\101' | $'a"b' | $"a b" | a#b | '#a' | "#a" | \#a | a=b | a='b c' | --a='b c'
--a="b c" | '--a=b c' | "--a=b c" | --a=b\ c | '' | "" | a'' | ''a | "a"'b'\c | a,b | {a} | '{a,b}' | "{\"a\": 1}" | '{"a": "b c"}' | {\"a\":1} | a@b | a:b | u:p@h/d?x=y | 'u:p@h/d?x=y&z' | u:p\&q | "a&b" | 'a;b'
a\;b | "a|b" | '(a)' | "(a)" | \(a\) | '<a>' | "a>b" | a\>b | '!a' | a! | '~' | a~ | "~" | '*' | "*" | \* | '[a]' | "?" | %20 | p%25q
'é' | é | "日本" | a+b | a^b | a-b | -a | --a | -- | - | 1 | 1a | a1 | 'a	b' | "a	b" | "a\\" | 'a\' | "\\\"" | "a\nb" | 'a\nb' | a\nb
""".strip().replace("\n", " | ")

SCRIPTS = [
    "airflow 'a\nb' \"a\nb\"\n",
    "airflow a b # c d\nairflow e\n",
    "airflow a#b c\n",
    "airflow a \\\n  b \\\n  c\n",
    "airflow a;airflow b\n",
    "airflow a && airflow b || airflow c\n",
    "airflow a & airflow b; wait\n",
    "true | airflow a\n",
    "airflow a >/dev/null 2>&1\n",
    "airflow a 2>/dev/null b\n",
    "airflow a >out b\n",
    "airflow a &>out\n",
    ">out airflow a\n",
    "airflow a 2>&1 | cat >/dev/null\n",
    "X=1 airflow a\n",
    "X='a b' Y=2 airflow c\n",
    "X=a\nairflow $X\n",
    "X='a b'\nairflow \"$X\" c\n",
    "X=a; airflow ${X} \"${X}\" '$X' \"\\$X\" \"$X\"b x${X}y\n",
    "X=a\nX=b\nairflow c \"$X\"\n",
    "export X=a\nairflow \"$X\"\n",
    "readonly X='a b'\nairflow \"$X\"\n",
    "if true; then airflow a; else airflow b; fi\n",
    "if airflow a; then\n  airflow b\nfi\n",
    "for x in a b; do airflow \"$x\"; done\n",
    "for x in a; do\n  airflow c\ndone\n",
    "while true; do airflow a; break; done\n",
    "until false; do airflow a; break; done\n",
    "f() { airflow a; }\nf\n",
    "f () {\n  airflow \"$1\" b\n}\nf a\n",
    "function f { airflow a; }\nf\n",
    "function f() {\n  airflow a\n}\nf\n",
    "f() { airflow \"$@\"; }\nf a 'b c'\n",
    "( airflow a; airflow b )\n",
    "(airflow a)\n",
    "{ airflow a; airflow b; }\n",
    "case a in a) airflow a;; b) airflow b;; esac\n",
    "case \"$1\" in\n  x|y)\n    airflow no\n    ;;\n  *)\n    airflow yes\n    ;;\nesac\n",
    "case a in (a) airflow a ;; esac\nairflow b\n",
    "! airflow a\n",
    "time airflow a 2>/dev/null\n",
    "args=(--a 'b c')\nairflow \"${args[@]}\"\n",
    "args=(\n  --a # it's\n  'b c'\n)\nairflow a\n",
    "args+=(x)\nairflow a\n",
    "((x = 1 + 2))\nairflow a\n",
    "x=$((1 + (2)))\nairflow a\n",
    "airflow \"$(echo a)\" b\n",
    "airflow \"$(echo \"a b\")\" c\n",
    "airflow \"$(echo ')')\" b\n",
    "airflow `echo a` b\n",
    "airflow \"`echo a`\" b\n",
    "airflow \"$((1 + 1))\" b\n",
    "airflow \"${X:-a}\" b\n",
    "airflow \"${X:-\"a b\"}\" c\n",
    "airflow ${X:-'a}b'} c\n",
    "[[ a == a ]] && airflow a\n",
    "[[ a =~ ^(a|b)$ ]] && airflow a\n",
    "[ -z \"$X\" ] && airflow a\n",
    "test -n '' || airflow a\n",
    "cat <<EOF >/dev/null\nairflow no\nEOF\nairflow a\n",
    "cat <<'EOF' >/dev/null\nit's \"\nEOF\nairflow a\n",
    "cat <<-EOF >/dev/null\n\tairflow no\n\tEOF\nairflow a\n",
    "cat <<\"E F\" >/dev/null\nairflow no\nE F\nairflow a\n",
    "cat <<A <<B >/dev/null\na\nA\nb\nB\nairflow a\n",
    "x=$(cat <<EOF\nit's )\nEOF\n)\nairflow a\n",
    "airflow a <<EOF\nb $((1)) \\$c\nEOF\nairflow d\n",
    "airflow a <<'EOF'\nb $c \\$d\nEOF\n",
    "airflow a <<-EOF\n\tb\n\t\tc\n\tEOF\n",
    "airflow a <<<'b c'\n",
    "airflow a <<< b\n",
    "airflow a <<EOF && airflow c\nb\nEOF\n",
    "bash -c \"airflow a 'b c'\"\n",
    "bash -c 'airflow a \"b c\"'\n",
    "bash -ec 'airflow a\nairflow b'\n",
    "eval 'airflow a \"b c\"'\n",
    "bash <<'EOF'\nairflow a 'b c'\nEOF\n",
    "sh -c \"sh -c 'airflow a'\"\n",
    "bash -c 'airflow \"$1\"' x a\n",
    "# it's\nairflow a\n",
    "airflow a # it's\nairflow b\n",
    "echo \"# no\"; airflow a\n",
    "airflow a\r\n".replace("\r", ""),
    "\n\n  airflow   a\tb  \n",
    "true;\nairflow a\n",
    "command airflow a\n",
    "cat <(airflow a) >/dev/null\n",
    "airflow a > >(cat >/dev/null)\n",
    "coproc airflow a; wait\n",
    "set -e\ntrap 'echo x' EXIT\nairflow a >/dev/null\n",
    "airflow 'a' 'b'\\\n'c'\n",
    "airflow \"a\\\nb\"\n",
    "airflow 'a\\\nb'\n",
    "if ! airflow a 2>/dev/null; then airflow b; fi\n",
    "airflow a || { airflow b; }\n",
    "airflow a |\n  cat >/dev/null\nairflow b\n",
    "airflow a |&\ncat >/dev/null\n",
    "select x in a; do airflow \"$x\"; break; done <<< 1 2>/dev/null\n",
    "let x=1\nairflow a\n",
    "declare -A m=([a]=b)\nairflow a\n",
    "x='a' y=\"b\"\nairflow \"$x$y\"\n",
    "x=a_b; airflow \"${x}_c\" \"$x-c\" \"$x.c\"\n",
    "airflow a{b,c}d\n".replace("{b,c}", "\\{b,c}"),
]

PROGRAM = """#!/bin/bash
read -r -t 0.2 -d '' text <&0 || true
[ -t 0 ] && text=
printf '%s\\0' "$#" "$@" "$text" >>"$KEPT"
"""


def ran(script):
    """The arguments of each `airflow`, and what it read."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "bin", "airflow")
        program.parent.mkdir()
        program.write_text(PROGRAM)
        program.chmod(0o755)
        work = Path(folder, "work")
        work.mkdir()
        kept = Path(folder, "kept")
        environment = {"PATH": f"{program.parent}:{os.environ['PATH']}", "KEPT": str(kept), "LC_ALL": "C.UTF-8"}
        done = subprocess.run(["bash", "-c", script], cwd=work, env=environment, stdin=subprocess.DEVNULL, capture_output=True)
        if not kept.exists():
            sys.exit(f"airflow was not run by {script!r}: {done.stderr.decode()}")
        fields = kept.read_bytes().decode().split("\0")[:-1]
    runs, at = [], 0
    while at < len(fields):
        count = int(fields[at])
        runs.append({"arguments": fields[at + 1 : at + 1 + count], "read": fields[at + 1 + count]})
        at += count + 2
    return runs


def scripts():
    words = WORDS.split(" | ")
    yield from (f"airflow {word}\n" for word in words)
    for one, other in itertools.islice(zip(words, words[7:]), 60):
        yield f"airflow x {one} --y {other}; airflow z\n"
    yield from SCRIPTS


def main(arguments):
    if arguments not in ([], ["--check"]):
        sys.exit(__doc__)
    lines = [json.dumps({"script": script, "runs": ran(script)}) + "\n" for script in scripts()]
    real_airflow.keep("".join(lines), TARGET, check=bool(arguments))
    print(f"{len(lines)} scripts")


if __name__ == "__main__":
    main(sys.argv[1:])
