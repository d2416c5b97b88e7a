"""Cuts the network off: every name resolves to one address, and whoever connects to it has reached what is asked here."""
import re
import socket
import time

ADDRESS = "198.51.100.7"
REAL = socket.getaddrinfo, socket.socket.connect, socket.socket.connect_ex, socket.gethostbyname, time.sleep
seen = []


class Reached(BaseException):
    """The first byte would leave the machine. No `except Exception` of a hook catches it."""


def note(what):
    seen.append(what)


def reached(what):
    note(what)
    raise Reached


def impossible(host):
    """A text that no resolver finds, whatever the surroundings."""
    host = host.decode("utf-8", "replace") if isinstance(host, bytes) else str(host)
    return not re.fullmatch(r"[A-Za-z0-9_.:-]*", host) or (":" in host and not re.fullmatch(r"[0-9a-fA-F:.]+", host))


def resolve(host, port, *_, **__):
    note(f"{host!r}:{port!r}")
    if host is not None and impossible(host):
        raise socket.gaierror(-2, f"Name or service not known (impossible name {host!r})")
    number = int(port) if port and str(port).isdigit() else 0
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ADDRESS, number))]


def arm():
    socket.getaddrinfo = resolve
    socket.socket.connect = socket.socket.connect_ex = lambda self, address, *_: reached(repr(address))
    socket.gethostbyname = lambda host: resolve(host, None)
    time.sleep = lambda seconds: REAL[4](0.001)


def disarm():
    socket.getaddrinfo, socket.socket.connect, socket.socket.connect_ex, socket.gethostbyname, time.sleep = REAL
