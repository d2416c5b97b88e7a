#!/usr/bin/env python3
"""What people see on a terminal, from the real program.

usage: tools/generators/terminal.py [--check] [AIRCONN]

Runs airconn on a terminal of its own and draws what it shows there into docs/check.svg and docs/probe-plan.svg. With --check
nothing is written: the pictures must be those of today, a long run must show a bar and take it away again, a probe a spinner
with the step that it waits for, and what nobody watches must show neither. Run with the python that `tools/oracles/python-venv.sh tools` prints. AIRCONN is the program
[target/release/airconn, in CARGO_TARGET_DIR if that is set].
"""

import argparse
import fcntl
import io
import os
import pty
import re
import select
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = 104

# Two traps that look like sense: IAM is to be off, TLS to be on.
TRAPS = (
    "AIRFLOW_CONN_WAREHOUSE='redshift://etl:Spring%2Frain1@analytics.abc123xyz789.us-east-1.redshift.amazonaws.com:5439/dev"
    "?iam=false&ssl=true'\n"
    "AIRFLOW_CONN_AWS_DEFAULT='aws://AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI%2FK7MDENG@/?region_name=us-east-1'\n"
)
PICTURES = {
    "check": ("airconn check --airflow 2.11 warehouse.env", ["check", "--airflow", "2.11", "warehouse.env"]),
    "probe-plan": (
        "airconn probe --dry-run --airflow 2.11 --conn-id warehouse warehouse.env",
        ["probe", "--dry-run", "--airflow", "2.11", "--conn-id", "warehouse", "warehouse.env"],
    ),
}

# No names of fonts to fetch: a picture asks nobody for anything.
SVG = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, monospace; font-size: {char_height}px; line-height: {line_height}px; font-variant-east-asian: full-width; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def on_terminal(command, folder, watched=True, piped=False):
    """What a command writes to a terminal, and how it ends. Not watched, standard error goes elsewhere; piped, standard output does."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, COLUMNS, 0, 0))
    # Nothing of the surroundings gets through.
    surroundings = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "HOME": str(folder)}
    err = theirs if watched else subprocess.DEVNULL
    with subprocess.Popen(command, cwd=folder, env=surroundings, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL if piped else theirs, stderr=err) as process:
        os.close(theirs)
        shown, end = b"", time.monotonic() + 60
        while time.monotonic() < end and select.select([ours], [], [], 60)[0]:
            try:
                piece = os.read(ours, 65536)
            except OSError:
                break
            if not piece:
                break
            shown += piece
        os.close(ours)
        if process.wait(60) not in (0, 1):
            sys.exit(f"{command} ends with {process.returncode}: {shown.decode()}")
    return shown.decode()


def picture(name, airconn):
    said, arguments = PICTURES[name]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "warehouse.env").write_text(TRAPS)
        shown = on_terminal([airconn, *arguments], Path(folder)).replace("\r\n", "\n")
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor", legacy_windows=False)
    console.print(Text(f"$ {said}"))
    console.print(Text.from_ansi(shown.rstrip("\n")))
    drawn = console.export_svg(title=f"airconn {arguments[0]}", theme=MONOKAI, code_format=SVG, unique_id=f"airconn-{name}")
    return "\n".join(line.rstrip() for line in drawn.splitlines()) + "\n"


def long_run(airconn):
    """The bar is there after a second, and nothing is left of it; nobody who does not look sees it."""
    with tempfile.TemporaryDirectory() as folder:
        lines = "".join(f"AIRFLOW_CONN_C{i}='postgres://u{i}:p%20w@host{i}.example.com:5432/db?x={i}'\n" for i in range(20_000))
        for i in range(8):
            (Path(folder) / f"f{i}.env").write_text(lines)
        command = [airconn, "check", "--format", "concise=report", "."]
        begin = time.monotonic()
        shown = on_terminal(command, Path(folder))
        taken = time.monotonic() - begin
        silent = on_terminal(command, Path(folder), watched=False)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "warehouse.env").write_text(TRAPS)
        short = on_terminal([airconn, "check", "--format", "concise=report", "."], Path(folder))
    return {
        f"a run of {taken:.1f} s shows a bar": "/8 files" in shown and taken > 1,
        "nothing is left of the bar": shown.endswith("\r\x1b[2K"),
        "nobody who does not look sees it": silent == "",
        "a short run shows none": short == "",
    }


def left(shown):
    """The lines that stand on a terminal in the end: it knows as much of one as the spinner uses."""
    lines, row, column = [""], 0, 0
    for piece in re.findall(r"\x1b\[[0-9;]*[A-Za-z]|\x1b\]8;[^\x1b]*\x1b\\\\|\r|\n|[^\x1b\r\n]+", shown):
        if piece == "\r":
            column = 0
        elif piece == "\n":
            row, column = row + 1, column
            lines += [""] * (row + 1 - len(lines))
        elif piece.startswith("\x1b["):
            number, what = int(re.sub(r"\D.*", "", piece[2:-1]) or 1), piece[-1]
            if what == "A":
                row = max(row - number, 0)
            elif what == "J":
                lines = [*lines[:row], lines[row][:column]]
        elif not piece.startswith("\x1b"):
            lines[row] = lines[row].ljust(column)[:column] + piece + lines[row][column + len(piece) :]
            column += len(piece)
    return "\n".join(lines)


def waiting(airconn):
    """While a server does not answer, the step that is waited for is told with a spinner, of which nothing is left."""
    frames = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0), backlog=8) as silent:
        port = silent.getsockname()[1]
        conns = Path(folder) / "conns.env"
        conns.write_text("".join(f"AIRFLOW_CONN_W{i}='redshift://etl:Spring%2Frain1@127.0.0.1:{port}/dev'\n" for i in range(2)))
        command = [airconn, "probe", "--timeout", "3", "--jobs", "2", "conns.env"]
        shown = on_terminal(command, Path(folder))
        unwatched = on_terminal(command, Path(folder), watched=False)
        piped = on_terminal(command, Path(folder), piped=True)
        nobody = on_terminal(command, Path(folder), watched=False, piped=True)
    # Times and their bars differ from run to run.
    words = lambda text: re.sub(r"[\d\s<━·]", "", text)  # noqa: E731
    drawn = [frame for frame in frames if frame in shown]
    final = left(shown)
    return {
        f"a spinner turns while a server is silent ({len(drawn)} of {len(frames)} frames)": len(drawn) > 5,
        "it tells the steps that are waited for": re.search(r"0 of 2 done", shown) and shown.count("w0: ssl-request, 1 s") and "w1: ssl-request" in shown,
        "nothing is left of it": not any(frame in final for frame in frames) and "of 2 done" not in final and "0 passed, 2 failed" in final,
        "the same report stands there as without it": words(final) == words(left(unwatched)),
        "where nobody looks at standard error it is not drawn": not any(frame in unwatched for frame in frames),
        "where standard output goes elsewhere it is taken away all the same": any(frame in piped for frame in frames) and left(piped).strip() == "",
        "without a terminal nothing is drawn": nobody == "",
        "no secret": not any("Spring" in text for text in (shown, unwatched, piped)),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    parser.add_argument("airconn", nargs="?", default=target / "release" / "airconn", type=Path)
    arguments = parser.parse_args()
    airconn = str(arguments.airconn.resolve())
    results = {}
    for name in PICTURES:
        drawn, file = picture(name, airconn), ROOT / "docs" / f"{name}.svg"
        if not arguments.check:
            file.write_text(drawn)
            continue
        results[f"docs/{name}.svg is what the terminal shows"] = file.exists() and file.read_text() == drawn
    if arguments.check:
        results |= long_run(airconn)
        results |= waiting(airconn)
    for what, good in results.items():
        print(f"{'ok    ' if good else 'FAILED'} {what}")
    failed = sum(not good for good in results.values())
    print(f"{len(results) - failed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
