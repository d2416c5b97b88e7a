#!/usr/bin/env python3
"""Asks a real, installed Apache Airflow what it does with connections.

    AIRFLOW_VENV/bin/python tools/oracles/airflow_oracle.py [--impl core|sdk] < cases.jsonl > answers.jsonl

airconn claims to read and write connections exactly as Airflow does; this script is the other side of that
comparison. tools/compare/differential.py runs it with fresh cases, and the recorded answers in fixtures/airflow were
made with it. It works with every Airflow from 1.10.15 to 3.3.2 (Python 3.7 or later) and needs no database.

One JSON case a line in, one JSON answer a line out, in the same order. All output is ASCII-escaped JSON, so
that lone surrogates survive. Run it with the python of the environment that holds the Airflow to be asked.

Cases (each may have an "id", which is copied):
  {"kind":"uri","uri":S}                       Connection(uri=S)    (SDK: from_uri and Connection(uri=))
  {"kind":"json","value":S}                    Connection.from_json(S)
  {"kind":"envvalue","value":S}                AIRFLOW_CONN_<ID>=S through EnvironmentVariablesBackend
  {"kind":"fields","fields":{...}}             Connection(conn_id=..., **fields)
  {"kind":"file","ext":"env","content":S}      load_connections_dict (content_b64 for raw bytes)
  {"kind":"export","conns":[{"conn_id":..}]}   the texts of `connections export` in every format
  {"kind":"key","key":S}                       validate_key and sanitize_conn_id

Answers: {"id":..,"kind":..,"r":..}. An exception is {"!": [type name, message]}; "n/a" says that this Airflow
has no such function.
"""
import argparse
import base64
import json
import os
import shutil
import sys
import tempfile
import warnings

ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("--impl", default="core", choices=["core", "sdk"],
                help="core: what scheduler and CLI use; sdk: what a task sees from Airflow 3 on")
ap.add_argument("--no-warn", action="store_true", help="do not record warnings")
ARGS = ap.parse_args()

# Airflow reads its configuration at import, so a home of its own must stand before that.
HOME = tempfile.mkdtemp(prefix="aforacle-")
E = os.environ
for k in list(E):
    if k.startswith("AIRFLOW"):
        del E[k]
E["AIRFLOW_HOME"] = HOME
# A key made up for this; without one Airflow stores passwords in another way.
E["AIRFLOW__CORE__FERNET_KEY"] = "81HqDtbqAywKSOumSha3BhWNOdQ26slT6K0YaZeZyPs="
for sect in ("CORE", "DATABASE"):
    E["AIRFLOW__%s__SQL_ALCHEMY_CONN" % sect] = "sqlite:///" + os.path.join(HOME, "x.db")
E["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"
E["AIRFLOW__CORE__UNIT_TEST_MODE"] = "False"
E["AIRFLOW__LOGGING__LOGGING_LEVEL"] = "CRITICAL"
E["AIRFLOW__CORE__LOGGING_LEVEL"] = "CRITICAL"
warnings.simplefilter("ignore")

import logging  # noqa: E402

logging.disable(logging.CRITICAL)
# Some versions print at import: keep that out of the answers.
_real_stdout = os.dup(1)
os.dup2(2, 1)

import airflow  # noqa: E402
from airflow.models.connection import Connection as CoreConnection  # noqa: E402

VERSION = tuple(int(x) for x in airflow.__version__.split(".")[:3])
try:
    from airflow.sdk.definitions.connection import Connection as SdkConnection
except Exception:
    SdkConnection = None
IS_SDK = ARGS.impl == "sdk"
if IS_SDK and SdkConnection is None:
    sys.exit("this Airflow has no Task SDK Connection")
Conn = SdkConnection if IS_SDK else CoreConnection

try:
    from airflow.secrets import local_filesystem as LF
except ImportError:
    LF = None
try:
    from airflow.secrets.environment_variables import EnvironmentVariablesBackend
except ImportError:
    EnvironmentVariablesBackend = None
try:
    from airflow.cli.commands import connection_command as CC

    _fmt = CC._format_connections
except Exception:
    _fmt = None
try:
    from airflow.utils.helpers import validate_key
except ImportError:
    validate_key = None
sanitize = getattr(sys.modules["airflow.models.connection"], "sanitize_conn_id", None)

MODEL_KEYS = ("conn_type", "description", "host", "login", "password", "schema", "port", "extra")
CONN_ID = "oracle_case"
_maskers = None


def reset_maskers():
    """The log masker compiles one ever growing regex; forget it after each case."""
    global _maskers
    if _maskers is None:
        import gc

        _maskers = [o for o in gc.get_objects() if type(o).__name__ == "SecretsMasker"]
    for m in _maskers:
        m.patterns = set()
        m.replacer = None


def err(e):
    try:
        msg = str(e)
    except Exception as e2:
        msg = "<str() failed: %r>" % (e2,)
    msg = msg.replace(HOME, "<HOME>")
    if len(msg) > 400:
        msg = msg[:400] + "...[%d]" % len(msg)
    return {"!": [type(e).__name__, msg]}


def guard(f, *a, **k):
    try:
        return f(*a, **k)
    except KeyboardInterrupt:
        raise
    except BaseException as e:
        return err(e)


def enc(v):
    """JSON-safe, type-preserving picture of a python value."""
    if v is None or isinstance(v, (bool, str)):
        return v
    if isinstance(v, int):
        return v if abs(v) < 2 ** 53 else {"int": str(v)}
    if isinstance(v, float):
        return {"float": repr(v)}
    if isinstance(v, dict):
        return {"dict": [[enc(k), enc(x)] for k, x in v.items()]}
    if isinstance(v, (list, tuple)):
        return {type(v).__name__: [enc(x) for x in v]}
    return {"py": [type(v).__name__, repr(v)[:300]]}


def model(c):
    out = {}
    cid = guard(lambda: getattr(c, "conn_id", None))
    if cid != CONN_ID:
        out["conn_id"] = enc(cid) if not (isinstance(cid, dict) and "!" in cid) else cid
    for k in MODEL_KEYS:
        if k == "description" and VERSION < (2, 0, 0):
            continue
        try:
            out[k] = enc(getattr(c, k))
        except BaseException as e:
            out[k] = err(e)
    return out


def from_uri(uri, conn_id=CONN_ID):
    if not IS_SDK:
        return Conn(conn_id=conn_id, uri=uri)
    if not hasattr(Conn, "from_uri"):
        raise NotImplementedError("n/a")
    return Conn.from_uri(uri, conn_id=conn_id)


def from_json(value, conn_id=CONN_ID):
    if not hasattr(Conn, "from_json"):
        raise NotImplementedError("n/a")
    return Conn.from_json(value, conn_id=conn_id)


def is_err(x):
    return isinstance(x, dict) and "!" in x


def describe(make, roundtrip=True):
    """Build one connection and report everything about it."""
    try:
        c = make()
    except KeyboardInterrupt:
        raise
    except BaseException as e:
        return err(e)
    out = {"model": model(c)}
    uri = guard(lambda: c.get_uri())
    out["get_uri"] = uri
    if hasattr(c, "as_json"):
        js = guard(lambda: c.as_json())
    else:
        js = "n/a"
    out["as_json"] = js
    out["extra_dejson"] = guard(lambda: enc(c.extra_dejson))
    if roundtrip:
        if isinstance(uri, str):
            def again():
                c2 = from_uri(uri)
                return {"model": model(c2), "get_uri": guard(lambda: c2.get_uri())}
            out["rt_uri"] = guard(again)
        if isinstance(js, str) and js != "n/a":
            def again_j():
                c2 = from_json(js)
                return {"model": model(c2), "as_json": guard(lambda: c2.as_json())}
            out["rt_json"] = guard(again_j)
    return out


def k_uri(case):
    uri = case["uri"]
    r = describe(lambda: from_uri(uri))
    if IS_SDK:
        # The constructor form is a different code path.
        r2 = describe(lambda: Conn(conn_id=CONN_ID, uri=uri), roundtrip=False)
        if is_err(r) or is_err(r2) or r2["model"] != r["model"] or r2["get_uri"] != r["get_uri"]:
            if r2 != r:
                r = dict(r)
                r["ctor"] = r2
    return r


def k_json(case):
    return describe(lambda: from_json(case["value"]))


def k_envvalue(case):
    name = "AIRFLOW_CONN_" + CONN_ID.upper()
    try:
        E[name] = case["value"]
    except Exception as e:
        return {"unsettable": err(e)["!"]}
    try:
        def make():
            b = EnvironmentVariablesBackend()
            # Before 3.2 there is no such setter: the worker really gets a core Connection from this backend.
            if IS_SDK and hasattr(b, "_set_connection_class"):
                b._set_connection_class(Conn)
            if hasattr(b, "get_connection"):
                c = b.get_connection(CONN_ID)
            else:
                cs = b.get_connections(CONN_ID)
                c = cs[0] if cs else None
            if c is None:
                raise LookupError("backend returned None")
            return c
        return describe(make, roundtrip=False)
    finally:
        del E[name]


def k_fields(case):
    f = dict(case["fields"])
    cid = f.pop("conn_id", CONN_ID)
    return describe(lambda: Conn(conn_id=cid, **f))


def k_file(case):
    if IS_SDK:
        return "n/a"
    d = os.path.join(HOME, "f")
    os.mkdir(d)
    path = os.path.join(d, "conns." + case["ext"])
    raw = base64.b64decode(case["content_b64"]) if "content_b64" in case else case["content"].encode("utf-8", "surrogatepass")
    try:
        with open(path, "wb") as fh:
            fh.write(raw)
        if hasattr(LF, "load_connections_dict"):
            f = LF.load_connections_dict
        else:
            f = LF.load_connections
        try:
            conns = f(path)
        except BaseException as e:
            r = err(e)
            r["!"][1] = r["!"][1].replace(path, "<FILE>").replace(d, "<DIR>")
            pe = getattr(e, "parse_errors", None)
            if pe is not None:
                r["parse_errors"] = [[x.line_no, x.message.replace(path, "<FILE>")] for x in pe]
            return r
        out = []
        for k, v in conns.items():
            vs = v if isinstance(v, list) else [v]
            for c in vs:
                item = {"key": enc(k), "model": model(c), "get_uri": guard(lambda: c.get_uri())}
                if validate_key is not None:
                    vk = guard(lambda: validate_key(k, max_length=200))
                    if vk is not None:
                        item["validate_key"] = vk
                out.append(item)
        return {"conns": out}
    finally:
        shutil.rmtree(d, ignore_errors=True)


def k_export(case):
    if IS_SDK or _fmt is None:
        return "n/a"
    try:
        conns = []
        for f in case["conns"]:
            f = dict(f)
            conns.append(Conn(**f))
    except BaseException as e:
        return {"construct": err(e)}
    import inspect

    n = len(inspect.signature(_fmt).parameters)
    out = {}
    if n >= 3:
        for name, ff, sf in (("json", ".json", "uri"), ("yaml", ".yaml", "uri"),
                             ("env_uri", ".env", "uri"), ("env_json", ".env", "json")):
            out[name] = guard(lambda: _fmt(conns, ff, sf))
    else:
        for name, ff in (("json", ".json"), ("yaml", ".yaml"), ("env_uri", ".env")):
            out[name] = guard(lambda: _fmt(conns, ff))
        out["env_json"] = "n/a"
    return out


def k_key(case):
    out = {}
    out["validate_key"] = guard(lambda: validate_key(case["key"], max_length=200)) if validate_key else "n/a"
    out["sanitize"] = guard(lambda: sanitize(case["key"])) if sanitize else "n/a"
    out["ctor_conn_id"] = guard(lambda: enc(getattr(CoreConnection(conn_id=case["key"], conn_type="x"), "conn_id", None)))
    return out


KINDS = {"uri": k_uri, "json": k_json, "envvalue": k_envvalue, "fields": k_fields,
         "file": k_file, "export": k_export, "key": k_key}


def main():
    out = os.fdopen(_real_stdout, "w", encoding="ascii", newline="\n")
    for line in sys.stdin.buffer:
        line = line.strip()
        if not line:
            continue
        case = json.loads(line.decode("ascii"))
        with warnings.catch_warnings(record=True) as w:
            warnings.simplefilter("ignore" if ARGS.no_warn else "always")
            r = guard(KINDS[case["kind"]], case)
        rec = {"id": case.get("id"), "kind": case["kind"], "r": r}
        ws = sorted({type(x.message).__name__ if not isinstance(x.message, Warning) else
                     "%s: %s" % (type(x.message).__name__, str(x.message)[:60]) for x in w
                     if "connection" in str(x.message).lower() or "extra" in str(x.message).lower()})
        if ws:
            rec["w"] = ws
        out.write(json.dumps(rec) + "\n")
        reset_maskers()
    out.flush()


try:
    main()
finally:
    shutil.rmtree(HOME, ignore_errors=True)
