#!/usr/bin/env python3
"""Asks libpq itself what it does with its options: writes fixtures/probe/libpq_options.jsonl.

Run with the python that `tools/oracles/python-venv.sh libpq` prints, in a clone whose tests are built. The servers are the stand-ins of
tests/it/libpq (`cargo test --test it libpq::`, libpq::replay::serve), which write down what they hear, and for the rows of POSTGRESQL a real server,
which it starts and stops as tools/compare/probe_postgres.py does. Each row is asked of psycopg2 and of psycopg, as PostgresHook calls them.

The first line of the file has the versions. A row has a name, the set-up of the server, options (the extra), fields and environment
of the connection, and for each driver what it says (null: it connects) and what the server heard, one list for each connection.
"""

import json
import os
import re
import select
import subprocess
import sys
import tempfile

TOOLS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(TOOLS)
FIXTURE = os.path.join(ROOT, "fixtures", "probe", "libpq_options.jsonl")

# Runs in a process of its own, because libpq reads the environment: one line of arguments in, one line of result out. OpenSSL asks the
# standard input for the pass phrase of a key, and a worker has none.
DRIVERS = """
import json, os, sys
import psycopg, psycopg2
print(json.dumps({"psycopg2": [psycopg2.__version__.split()[0], psycopg2.extensions.libpq_version()],
                  "psycopg": [psycopg.__version__, psycopg.pq.version()]}), flush=True)
for line in os.fdopen(int(sys.argv[1])):
    driver, arguments, environment = json.loads(line)
    os.environ.update(environment)
    try:
        {"psycopg2": psycopg2, "psycopg": psycopg}[driver].connect(**arguments).close()
        print("null", flush=True)
    except Exception as error:
        print(json.dumps(f"{type(error).__name__}: {error}"), flush=True)
    for name in environment:
        del os.environ[name]
"""

VERIFIED = {"sslmode": "verify-full", "sslrootcert": "{folder}/ca.crt"}
CERTIFICATE = {**VERIFIED, "sslcert": "{folder}/client.crt", "sslkey": "{folder}/client.key"}
PLAIN = {"sslmode": "disable"}
NO_ENTRY = ["28000", 'no pg_hba.conf entry for host "127.0.0.1", user "etl", database "dev"']


def rows():
    """Name, set-up, options, and what else there is (fields, environment, home)."""
    for ask in ("password", "md5", "scram", "trust"):
        for methods in ("password", "md5", "scram-sha-256", "none", "!password", "!md5", "!scram-sha-256", "!none", "md5,scram-sha-256",
                        "scram-sha-256,none", "gss", "!gss,!sspi"):
            yield f"require_auth {methods}, server asks {ask}", {"ask": ask}, {**VERIFIED, "require_auth": methods}, {}
    for binding in ("disable", "prefer", "require"):
        option = {"channel_binding": binding}
        for ask in ("password", "md5", "scram", "scram-plus", "scram-plus-only", "trust"):
            yield f"channel_binding {binding}, server asks {ask}", {"ask": ask}, {**VERIFIED, **option}, {}
        for ask in ("password", "scram", "scram-plus", "trust"):
            yield f"channel_binding {binding} without TLS, server asks {ask}", {"ask": ask, "tls": "no"}, {**PLAIN, **option}, {}
        for certificate in ("p384", "ed25519"):
            yield f"channel_binding {binding}, certificate {certificate}", {"certificate": certificate}, {"sslmode": "require", **option}, {}
    yield "channel_binding require, SCRAM ends early", {"ask": "scram-plus", "scram": "no last message"}, {**VERIFIED, "channel_binding": "require"}, {}
    servers = {
        "primary": {},
        "read-only primary": {"parameters": {"default_transaction_read_only": "on"}},
        "standby": {"parameters": {"in_hot_standby": "on"}},
        "old primary": {"parameters": {"in_hot_standby": None, "default_transaction_read_only": None, "server_version": "12.22"}, "answers": {"read_only": "off", "in_recovery": "f"}},
        "old standby": {"parameters": {"in_hot_standby": None, "default_transaction_read_only": None, "server_version": "12.22"}, "answers": {"read_only": "on", "in_recovery": "t"}},
        "Redshift": {"parameters": {"in_hot_standby": None, "default_transaction_read_only": None, "server_version": "8.0.2"}, "answers": {"read_only": "off"}},
    }
    for attributes in ("any", "read-write", "read-only", "primary", "standby", "prefer-standby"):
        for name, set_up in servers.items():
            yield f"target_session_attrs {attributes}, {name}", set_up, {**VERIFIED, "target_session_attrs": attributes}, {}
    for option in ("channel_binding", "sslmode", "sslnegotiation", "sslcertmode", "gssencmode", "target_session_attrs", "load_balance_hosts"):
        for value in ("", "x", "Require", True):
            yield f"{option} is {value!r}", {}, {**VERIFIED, option: value}, {}
    for option in ("require_auth", "ssl_min_protocol_version", "ssl_max_protocol_version", "connect_timeout", "keepalives", "keepalives_idle",
                   "keepalives_interval", "keepalives_count", "tcp_user_timeout", "hostaddr", "sslsni", "sslcompression", "sslrootcert",
                   "sslcrl", "sslcert", "passfile", "options", "client_encoding"):
        for value in ("", "x"):
            yield f"{option} is {value!r}", {}, {**VERIFIED, option: value}, {}
    for value in ("MD5", "md5,!none", "md5,md5", "md5,", " md5", "!", "!md5,none", "!none,!none"):
        yield f"require_auth is {value!r}", {}, {**VERIFIED, "require_auth": value}, {}
    for value in ("random", "disable"):
        yield f"load_balance_hosts {value}", {}, {**VERIFIED, "load_balance_hosts": value}, {}
    numbers = {"connect_timeout": (5, " 5 ", "5.0", -1, 99999999999), "keepalives": (0, 1, "2"), "keepalives_idle": (-1, 0, 32767, 32768),
               "keepalives_interval": (0, 32768), "keepalives_count": (127, 128), "tcp_user_timeout": (-1, 1000000)}
    for option, values in numbers.items():
        for value in values:
            yield f"{option} is {value!r}", {}, {**VERIFIED, option: value}, {}
    yield "keepalives are off", {}, {**VERIFIED, "keepalives": 0, "keepalives_idle": 100000}, {}
    for port in ("{port},{port}", " {port} ", "0", "70000", "x"):
        yield f"port is {port!r}", {}, {**VERIFIED, "port": port}, {}
    for versions in (("", "1.2"), ("TLSv1.2", ""), ("tlsv1.3", ""), ("", "TLSv1.3"), ("TLSv1.3", "TLSv1.2"), ("TLSv1", ""), ("", "TLSv1.1"), ("SSLv3", "")):
        options = {name: value for name, value in zip(("ssl_min_protocol_version", "ssl_max_protocol_version"), versions) if value}
        for tls in ("1.2", "1.3"):
            yield f"TLS from {versions[0] or '-'} to {versions[1] or '-'}, server speaks {tls}", {"tls": tls}, {**VERIFIED, **options}, {}
    yield "TLS up to 1.2, server speaks 1.2", {"tls": "1.2"}, {**VERIFIED, "ssl_max_protocol_version": "TLSv1.2"}, {}
    yield "TLS up to 1.2, server speaks 1.3", {"tls": "1.3"}, {**VERIFIED, "ssl_max_protocol_version": "TLSv1.2"}, {}
    for at_once in ("yes", "no"):
        for alpn in (None, "postgresql", "h2"):
            yield f"sslnegotiation direct, taken {at_once}, ALPN {alpn}", {"at_once": at_once, "alpn": alpn}, {**VERIFIED, "sslnegotiation": "direct"}, {}
    for alpn in ("postgresql", "h2"):
        yield f"ALPN {alpn}", {"alpn": alpn}, VERIFIED, {}
    for mode in ("disable", "allow", "prefer"):
        yield f"sslnegotiation direct, sslmode {mode}", {}, {"sslmode": mode, "sslnegotiation": "direct"}, {}
    yield from certificates()
    yield from revocation()
    yield from plaintext()
    yield from passwords()
    yield from hosts()
    yield from scram()
    for value in ("disable", "prefer", "require"):
        yield f"gssencmode {value}", {}, {**VERIFIED, "gssencmode": value}, {}
    for value in ("false", "database", "true"):
        yield f"replication {value}", {}, {**VERIFIED, "replication": value}, {}
    for number in (2, 4, 6, 7, 9, 13, 14, 99):
        yield f"server asks by method {number}", {"ask": str(number)}, VERIFIED, {}
    yield "server asks by GSSAPI, which is forbidden", {"ask": "7"}, {**VERIFIED, "require_auth": "!gss"}, {}
    yield "server asks by another SASL", {"ask": "sasl-other"}, VERIFIED, {}
    yield "server offers channel binding alone", {"ask": "scram-plus-only"}, VERIFIED, {}
    for seconds in (1, 2, 10):
        yield f"server waits 4 seconds, connect_timeout {seconds}", {"delay": 4}, {**VERIFIED, "connect_timeout": seconds}, {}
    yield "options", {}, {**VERIFIED, "options": "-c geqo=off"}, {}
    yield "options and encoding", {}, {**VERIFIED, "options": "-c statement_timeout=5s", "client_encoding": "UTF8"}, {}
    for variable, value in (("PGOPTIONS", "-c geqo=off"), ("PGTZ", "UTC"), ("PGDATESTYLE", "ISO"), ("PGGEQO", "off")):
        yield f"{variable} in the environment", {}, VERIFIED, {"environment": {variable: value}}
    for variable, value, ask in (
        ("PGREQUIREAUTH", "scram-sha-256", "password"), ("PGREQUIREAUTH", "!password", "password"), ("PGCHANNELBINDING", "require", "md5"),
        ("PGTARGETSESSIONATTRS", "standby", "md5"), ("PGSSLMINPROTOCOLVERSION", "x", "md5"), ("PGSSLCRL", "{folder}/revoked.crl", "md5"),
        ("PGGSSENCMODE", "require", "md5"), ("PGSSLNEGOTIATION", "direct", "md5"), ("PGSSLCERTMODE", "require", "md5"), ("PGSSLMODE", "x", "md5"),
        ("PGSSLMODE", "", "md5"), ("PGLOADBALANCEHOSTS", "x", "md5"), ("PGHOSTADDR", "127.0.0.1", "md5"), ("PGHOSTADDR", "x", "md5"),
        ("PGSERVICE", "x", "md5"), ("PGCONNECT_TIMEOUT", "x", "md5"),
    ):
        options = {name: value for name, value in VERIFIED.items() if not (variable == "PGSSLMODE" and name == "sslmode")}
        yield f"{variable} is {value!r}", {"ask": ask}, options, {"environment": {variable: value}}
    yield "PGREQUIREAUTH beside the option", {"ask": "md5"}, {**VERIFIED, "require_auth": "md5"}, {"environment": {"PGREQUIREAUTH": "none"}}
    yield "PGREQUIREAUTH beside an empty option", {"ask": "md5"}, {**VERIFIED, "require_auth": ""}, {"environment": {"PGREQUIREAUTH": "none"}}


def certificates():
    """Certificates of the client."""
    for tls in ("1.2", "1.3"):
        for client in ("required", "optional", "none"):
            set_up = {"tls": tls, "client": client}
            what = f"client certificate {client}, TLS {tls}"
            yield f"{what}, none there", set_up, VERIFIED, {}
            yield f"{what}, one there", set_up, CERTIFICATE, {}
            yield f"{what}, one of another authority", set_up, {**CERTIFICATE, "sslcert": "{folder}/other.crt", "sslkey": "{folder}/other.key"}, {}
            for mode in ("disable", "require"):
                yield f"{what}, one there, sslcertmode {mode}", set_up, {**CERTIFICATE, "sslcertmode": mode}, {}
        yield f"client certificate required, TLS {tls}, sslmode prefer", {"tls": tls, "client": "required"}, {"sslmode": "prefer"}, {}
        yield f"sslcertmode require and none there, TLS {tls}", {"tls": tls, "client": "optional"}, {**VERIFIED, "sslcertmode": "require"}, {}
    optional = {"client": "optional"}
    for what, changes in {
        "without sslkey": {"sslkey": None},
        "key is not there": {"sslkey": "{folder}/nothing.key"},
        "key is open to all": {"sslkey": "{folder}/open.key"},
        "key is open to its group": {"sslkey": "{folder}/group.key"},
        "key of another": {"sslkey": "{folder}/other.key"},
        "key is a folder": {"sslkey": "{folder}/folder.key"},
        "key in DER": {"sslkey": "{folder}/client.der"},
        "key is not a key": {"sslkey": "{folder}/garbage.pem"},
        "encrypted key": {"sslkey": "{folder}/encrypted.key"},
        "encrypted key and a wrong sslpassword": {"sslkey": "{folder}/encrypted.key", "sslpassword": "wrong"},
        "certificate is not there": {"sslcert": "{folder}/nothing.crt"},
        "certificate is not a certificate": {"sslcert": "{folder}/garbage.pem"},
        "certificate is not there, sslcertmode disable": {"sslcert": "{folder}/nothing.crt", "sslcertmode": "disable"},
        "key is not there, sslcertmode disable": {"sslkey": "{folder}/nothing.key", "sslcertmode": "disable"},
    }.items():
        yield what, optional, {name: value for name, value in {**CERTIFICATE, **changes}.items() if value}, {}
    yield "key is not there, sslmode prefer", {}, {**CERTIFICATE, "sslmode": "prefer", "sslkey": "{folder}/nothing.key"}, {}
    yield "key is not there, sslmode disable", {"tls": "no"}, {**CERTIFICATE, **PLAIN, "sslkey": "{folder}/nothing.key"}, {}
    yield "certificate at its usual place", {"client": "required"}, VERIFIED, {"home": "home-with-certificate"}
    yield "certificate at its usual place, sslcertmode disable", {"client": "required"}, {**VERIFIED, "sslcertmode": "disable"}, {"home": "home-with-certificate"}
    yield "PGSSLCERT and PGSSLKEY", {"client": "required"}, VERIFIED, {"environment": {"PGSSLCERT": "{folder}/client.crt", "PGSSLKEY": "{folder}/client.key"}}
    needs = {"refuses": {"tls": ["28000", "connection requires a valid client certificate"]}}
    yield "server says that it wants a certificate", needs, VERIFIED, {}
    other = {"refuses": {"tls": ["28000", 'certificate authentication failed for user "etl"']}, "client": "optional"}
    yield "server says that the certificate is for another", other, CERTIFICATE, {}


def revocation():
    """Lists of what was revoked."""
    for mode in ("verify-full", "verify-ca", "require"):
        for certificate in ("good", "revoked"):
            yield f"sslcrl, {certificate}, {mode}", {"certificate": certificate}, {**VERIFIED, "sslmode": mode, "sslcrl": "{folder}/revoked.crl"}, {}
    for name in ("nothing-revoked.crl", "expired.crl", "stranger.crl", "nothing.crl", "garbage.pem", "ca.crt"):
        yield f"sslcrl is {name}", {"certificate": "revoked"}, {**VERIFIED, "sslcrl": "{folder}/" + name}, {}
    yield "sslcrl without roots", {"certificate": "revoked"}, {"sslmode": "require", "sslcrl": "{folder}/revoked.crl"}, {}
    yield "sslcrl at its usual place", {"certificate": "revoked"}, VERIFIED, {"home": "home-with-list"}
    yield "sslcrldir", {}, {**VERIFIED, "sslcrldir": "{folder}"}, {}


def plaintext():
    """What each sslmode does with a server that offers TLS, none, or no log-in by it."""
    for mode in ("disable", "allow", "prefer", "require", "verify-ca", "verify-full"):
        roots = {"sslrootcert": "{folder}/ca.crt"} if mode.startswith("verify") else {}
        yield f"sslmode {mode}, TLS is there", {"ask": "md5"}, {"sslmode": mode, **roots}, {}
        yield f"sslmode {mode}, no TLS", {"ask": "md5", "tls": "no"}, {"sslmode": mode, **roots}, {}
        yield f"sslmode {mode}, no entry with TLS", {"ask": "md5", "refuses": {"tls": NO_ENTRY}}, {"sslmode": mode, **roots}, {}
        yield f"sslmode {mode}, no entry without TLS", {"ask": "md5", "refuses": {"plain": NO_ENTRY}}, {"sslmode": mode, **roots}, {}
        yield f"sslmode {mode}, roots are a stranger's", {"ask": "md5"}, {"sslmode": mode, "sslrootcert": "{folder}/stranger.crt"}, {}
        yield f"sslmode {mode}, no file of roots", {"ask": "md5"}, {"sslmode": mode, "sslrootcert": "{folder}/nothing.crt"}, {}
        yield f"sslmode {mode}, a stranger's roots at the usual place", {"ask": "md5"}, {"sslmode": mode}, {"home": "home-with-roots"}
        yield f"sslmode {mode}, roots of the system", {"ask": "md5"}, {"sslmode": mode, "sslrootcert": "system"}, {}
        yield f"sslmode {mode}, another name", {"ask": "md5", "certificate": "elsewhere"}, {"sslmode": mode, "sslrootcert": "{folder}/ca.crt"}, {}
    for answer in ("error", "close", "garbage"):
        for mode in ("prefer", "require"):
            yield f"sslmode {mode}, {answer} to SSLRequest", {"ask": "md5", "to_ssl_request": answer}, {"sslmode": mode}, {}
    yield "requiressl 1", {"tls": "no"}, {"requiressl": "1"}, {}
    yield "requiressl 0", {"tls": "no"}, {"requiressl": "0"}, {}
    yield "wrong password, sslmode prefer", {"ask": "md5"}, {}, {"fields": {"password": "Canary7-wrong"}}
    yield "cleartext without TLS", {"ask": "password", "tls": "no"}, PLAIN, {}


def passwords():
    """Where the password comes from."""
    none = {"fields": {"password": None}}
    for ask in ("password", "md5", "scram"):
        yield f"no password, server asks {ask}", {"ask": ask}, VERIFIED, none
    yield "no password, none asked for", {"ask": "trust"}, VERIFIED, none
    for name in ("pgpass", "open.pgpass", "wrong.pgpass", "nothing.pgpass", "folder.key"):
        yield f"passfile {name}", {"ask": "md5"}, {**VERIFIED, "passfile": "{folder}/" + name}, none
    yield "passfile beside an empty password", {"ask": "md5"}, {**VERIFIED, "passfile": "{folder}/pgpass"}, {"fields": {"password": ""}}
    yield "passfile beside a password", {"ask": "md5"}, {**VERIFIED, "passfile": "{folder}/wrong.pgpass"}, {}
    yield "passfile at its usual place", {"ask": "md5"}, VERIFIED, {**none, "home": "home-with-password"}
    yield "PGPASSFILE", {"ask": "md5"}, VERIFIED, {**none, "environment": {"PGPASSFILE": "{folder}/pgpass"}}
    yield "PGPASSWORD", {"ask": "md5"}, VERIFIED, {**none, "environment": {"PGPASSWORD": "{password}"}}
    yield "PGPASSWORD beside an empty password", {"ask": "md5"}, VERIFIED, {"fields": {"password": ""}, "environment": {"PGPASSWORD": "{password}"}}
    yield "no login", {"ask": "md5"}, VERIFIED, {"fields": {"login": None}}
    yield "an empty login", {"ask": "md5"}, VERIFIED, {"fields": {"login": ""}}
    yield "PGUSER", {"ask": "md5"}, VERIFIED, {"fields": {"login": None}, "environment": {"PGUSER": "etl"}}


def hosts():
    """Hosts, addresses and connection strings."""
    address = {"hostaddr": "127.0.0.1"}
    yield "hostaddr and the name of the certificate", {}, {**VERIFIED, **address}, {}
    yield "hostaddr and another name", {}, {**VERIFIED, **address}, {"fields": {"host": "db.example.com"}}
    yield "hostaddr and another name, verify-ca", {}, {**VERIFIED, **address, "sslmode": "verify-ca"}, {"fields": {"host": "db.example.com"}}
    yield "hostaddr without host, verify-full", {}, {**VERIFIED, **address}, {"fields": {"host": None}}
    yield "hostaddr without host, verify-ca", {}, {**VERIFIED, **address, "sslmode": "verify-ca"}, {"fields": {"host": None}}
    yield "hostaddr is a name", {}, {**VERIFIED, "hostaddr": "localhost"}, {}
    yield "hostaddr is short", {}, {**VERIFIED, "hostaddr": "127.1"}, {}
    yield "several hosts", {}, {**VERIFIED, "host": "localhost,localhost"}, {}
    yield "several addresses for one host", {}, {**VERIFIED, "hostaddr": "127.0.0.1,127.0.0.1"}, {}
    yield "PGHOST", {}, VERIFIED, {"fields": {"host": None}, "environment": {"PGHOST": "localhost"}}
    base = "host=localhost port={port} user=etl dbname=dev"
    rest = {name: None for name in ("host", "port", "login", "password", "schema")}
    for what, string, fields in (
        ("with all", base + " password={password} sslmode=verify-full sslrootcert={folder}/ca.crt", rest),
        ("with another host, which the field replaces", "host=db.example.com sslmode=verify-full sslrootcert={folder}/ca.crt", {}),
        ("with an invalid value", "sslmode=x", {}),
        ("with require_auth", "require_auth=none sslmode=verify-full sslrootcert={folder}/ca.crt", {}),
        ("with an unknown option", "bogus=1", {}),
        ("a URI", "postgresql://etl@localhost:{port}/dev?sslmode=require&require_auth=md5", {**rest, "password": "{password}"}),
    ):
        yield f"dsn {what}", {"ask": "md5"}, {"dsn": string}, {"fields": fields}


def scram():
    """Servers that do not speak SCRAM as they should."""
    for rounds in ("0", "-5", "abc", "", "4096x", "1", "5000", "99999", "+4096", " 4096", "4294967296"):
        yield f"SCRAM with i={rounds}", {"ask": "scram", "rounds": rounds}, VERIFIED, {}
    for what in ("another nonce", "garbage", "extension", "no salt", "not genuine", "says no"):
        yield f"SCRAM, {what}", {"ask": "scram", "scram": what}, VERIFIED, {}
    for what in ("nothing more", "no last message"):
        for methods in ("", "scram-sha-256", "scram-sha-256,none", "!none"):
            yield f"SCRAM, {what}, require_auth {methods!r}", {"ask": "scram", "scram": what}, {**VERIFIED, "require_auth": methods}, {}


# Of a real server: settings, options, fields.
POSTGRESQL = [
    ("channel binding", {}, {**VERIFIED, "channel_binding": "require"}, {}),
    ("channel binding is disabled", {}, {**VERIFIED, "channel_binding": "disable"}, {}),
    ("channel binding, MD5", {}, {**VERIFIED, "channel_binding": "require"}, {"login": "old"}),
    ("channel binding, certificate by SHA-384", {"certificate": "sha384"}, {**VERIFIED, "channel_binding": "require"}, {}),
    ("require_auth, cleartext is asked for", {}, {**VERIFIED, "require_auth": "!password"}, {"login": "clear"}),
    ("require_auth scram-sha-256, cleartext is asked for", {}, {**VERIFIED, "require_auth": "scram-sha-256"}, {"login": "clear"}),
    ("require_auth md5, cleartext is asked for", {}, {**VERIFIED, "require_auth": "md5"}, {"login": "clear"}),
    ("require_auth none, cleartext is asked for", {}, {**VERIFIED, "require_auth": "none"}, {"login": "clear"}),
    ("require_auth scram-sha-256", {}, {**VERIFIED, "require_auth": "scram-sha-256"}, {}),
    ("options that there are not", {}, {**VERIFIED, "options": "-c nope=1"}, {}),
    ("options", {}, {**VERIFIED, "options": "-c geqo=off"}, {}),
    ("options with a value that is wrong", {}, {**VERIFIED, "options": "-c statement_timeout=x"}, {}),
    ("options that make the session read-only", {}, {**VERIFIED, "options": "-c default_transaction_read_only=on", "target_session_attrs": "read-write"}, {}),
    *[(f"client_encoding {name}", {}, {**VERIFIED, "client_encoding": name}, {}) for name in ("nope", "UTF8", "LATIN1", "latin1", "SQL_ASCII", "WIN1252", "EUC_JIS_2004", "MULE_INTERNAL", "auto", "KOI8R")],
    *[(f"target_session_attrs {name}", {}, {**VERIFIED, "target_session_attrs": name}, {}) for name in ("any", "read-write", "read-only", "primary", "standby", "prefer-standby")],
    ("sslnegotiation direct", {}, {**VERIFIED, "sslnegotiation": "direct"}, {}),
    ("gssencmode prefer", {}, {**VERIFIED, "gssencmode": "prefer"}, {}),
    ("a client certificate is demanded", {}, VERIFIED, {"login": "certified"}),
    ("a client certificate is demanded, and there", {}, {**VERIFIED, "sslcert": "{folder}/certified.crt", "sslkey": "{folder}/certified.key"}, {"login": "certified"}),
    ("a client certificate is demanded, and one of another user there", {}, {**VERIFIED, "sslcert": "{folder}/good.crt", "sslkey": "{folder}/good.key"}, {"login": "certified"}),
    ("a client certificate of another authority", {}, {**VERIFIED, "sslcert": "{folder}/own.crt", "sslkey": "{folder}/own.key"}, {"login": "certified"}),
    ("sslcertmode require", {}, {**VERIFIED, "sslcertmode": "require"}, {}),
    ("hostaddr", {}, {**VERIFIED, "hostaddr": "127.0.0.1"}, {}),
    ("hostaddr and another name", {}, {**VERIFIED, "hostaddr": "127.0.0.1"}, {"host": "db.example.com"}),
    ("sslcrl", {}, {**VERIFIED, "sslcrl": "{folder}/ca.crl"}, {}),
    ("sslcrl, revoked", {"certificate": "revoked"}, {**VERIFIED, "sslcrl": "{folder}/ca.crl"}, {}),
    ("wrong password", {}, VERIFIED, {"password": "Canary7-wrong"}),
    ("no entry with TLS, sslmode prefer", {}, {}, {"login": "plain"}),
]


def arguments(port: int, password: str, folder: str, options: dict, fields: dict) -> dict:
    """What PostgresHook hands to `connect`."""
    connection = {"host": "localhost", "port": port, "login": "etl", "password": password, "schema": "dev", **fields}
    names = {"host": "host", "login": "user", "password": "password", "schema": "dbname", "port": "port"}
    return {**{name: connection[field] for field, name in names.items()}, **options}


def filled(value, folder: str, port: int, password: str):
    text = json.dumps(value).replace("{folder}", folder).replace("{port}", str(port)).replace("{password}", password)
    return json.loads(text)


def cleaned(says, folder: str, port: int, password: str):
    """Without what differs from run to run."""
    if says is None:
        return None
    assert password not in says, "a driver shows the password"
    text = says.replace(folder, "{folder}")
    text = re.sub(r'connection to server at "[^"]*"( \([^)]*\))?, port +\d+ +failed: ', "", text)
    lines = [line.strip() for line in text.splitlines()]
    # Of the addresses of the host one has no listener.
    lines = [line for line in lines if line and "Is the server running on that host" not in line and not line.endswith("Connection refused")]
    text = " | ".join(dict.fromkeys(lines))
    return re.sub(r"\b%d\b" % port, "{port}", text)


class Drivers:
    def __init__(self):
        environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LANG": "C.UTF-8"}
        reading, writing = os.pipe()
        command = [sys.executable, "-c", DRIVERS, str(reading)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, env=environment, pass_fds=[reading], start_new_session=True)
        os.close(reading)
        self.questions = os.fdopen(writing, "w")
        self.versions = json.loads(self.process.stdout.readline())

    def ask(self, driver: str, arguments: dict, environment: dict):
        self.questions.write(json.dumps([driver, arguments, environment]) + "\n")
        self.questions.flush()
        if not select.select([self.process.stdout], [], [], 30)[0]:
            self.process.kill()
            sys.exit(f"record_libpq.py: {driver} hangs with {sorted(arguments)}")
        return json.loads(self.process.stdout.readline())


class StandIns:
    def __init__(self):
        command = ["cargo", "test", "--quiet", "--test", "it", "--", "--ignored", "--exact", "libpq::replay::serve", "--nocapture"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.about = self.hear()
        self.count = 0

    def say(self, value):
        self.process.stdin.write(json.dumps(value) + "\n")
        self.process.stdin.flush()
        return self.hear()

    def hear(self):
        return next(json.loads(line[2:]) for line in self.process.stdout if line.startswith("> "))

    def start(self, set_up: dict) -> tuple[int, int]:
        self.count += 1
        return self.say(set_up), self.count - 1


def of_stand_ins(drivers: Drivers):
    stand_ins = StandIns()
    folder, password = stand_ins.about["folder"], stand_ins.about["password"]
    for name, set_up, options, more in rows():
        row = {"name": name, "set_up": set_up, "options": options, **more}
        for driver in ("psycopg2", "psycopg"):
            if driver == "psycopg" and "dsn" in options:
                continue
            port, number = stand_ins.start(set_up)
            fill = lambda value: filled(value, folder, port, password)
            environment = {"HOME": os.path.join(folder, more.get("home", "home")), **fill(more.get("environment", {}))}
            says = drivers.ask(driver, fill(arguments(port, password, folder, options, more.get("fields", {}))), environment)
            row[driver] = {"says": cleaned(says, folder, port, password), "heard": stand_ins.say(number)}
        # The password is the one of the stand-in, which the replay knows.
        yield row
    stand_ins.process.stdin.close()
    stand_ins.process.wait(60)


def of_postgresql(drivers: Drivers):
    sys.path.insert(0, os.path.join(TOOLS, "compare"))
    import probe_postgres as module

    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as home:
        module.certificates(folder)
        server = module.Server(folder)
        try:
            server.start()
            for name, settings, options, fields in POSTGRESQL:
                server.configure(settings)
                fields = {"login": "scram", **fields}
                row = {"name": name, "set_up": {"postgresql": settings}, "options": options, "fields": fields}
                for driver in ("psycopg2", "psycopg"):
                    fill = lambda value: filled(value, folder, server.port, module.PASSWORD)
                    says = drivers.ask(driver, fill(arguments(server.port, module.PASSWORD, folder, options, fields)), {"HOME": home})
                    row[driver] = {"says": cleaned(says, folder, server.port, module.PASSWORD)}
                yield row
        finally:
            server.stop()


def main() -> int:
    if len(sys.argv) > 1:
        print(__doc__)
        return 0 if sys.argv[1] in ("-h", "--help") else 2
    drivers = Drivers()
    written = [{"versions": drivers.versions}, *of_stand_ins(drivers), *of_postgresql(drivers)]
    with open(FIXTURE, "w") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in written)
    print(f"{len(written) - 1} rows with libpq {drivers.versions}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
