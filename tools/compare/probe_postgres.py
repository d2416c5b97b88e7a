#!/usr/bin/env python3
"""The probe against a real PostgreSQL with TLS, with libpq (psql) as the second judge.

Starts a server of its own (never as root) in a temporary folder on a free port of loopback, walks the table below with
`airconn probe` and with psql, and stops it. Both must agree on success or failure, and the probe must name the step and
the cause. Then it plays the rows of fixtures/probe/libpq_options.jsonl that were recorded with such a server: the probe
must say what psycopg2 said. The last line is `N passed, N failed`.
"""

import argparse
import glob
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PASSWORD = "Canary7/Spring#rain"
DNS = "subjectAltName=DNS:localhost"
# Certificates: name, extensions, days (from, to), self-signed.
CERTIFICATES = {
    "good": (DNS, None, False),
    "elsewhere": ("subjectAltName=DNS:db.example.com", None, False),
    "common-name": ("keyUsage=digitalSignature,keyEncipherment", None, False),
    "version-1": (None, None, False),
    "expired": (DNS, ("20200101000000Z", "20200201000000Z"), False),
    "own": (DNS, None, True),
    "sha384": (DNS, None, False),
    "revoked": (DNS, None, False),
    "certified": ("extendedKeyUsage=clientAuth", None, False),
}
# Common names other than that of the server, and the hash of the signature where it is another.
COMMON_NAMES = {"certified": "certified"}
HASHES = {"sha384": "sha384"}
HBA = """
local all postgres trust
hostssl all scram 127.0.0.1/32 scram-sha-256
hostssl all limited 127.0.0.1/32 scram-sha-256
hostssl all old 127.0.0.1/32 md5
hostssl all clear 127.0.0.1/32 password
hostssl all certified 127.0.0.1/32 scram-sha-256 clientcert=verify-full
hostnossl all scram 127.0.0.1/32 scram-sha-256
hostnossl all plain 127.0.0.1/32 scram-sha-256
"""
SQL = f"""
set password_encryption = 'scram-sha-256';
create role scram login password '{PASSWORD}';
create role certified login password '{PASSWORD}';
create role plain login password '{PASSWORD}';
create role clear login password '{PASSWORD}';
create role limited login password '{PASSWORD}' connection limit 0;
set password_encryption = 'md5';
create role old login password '{PASSWORD}';
create role outside login password '{PASSWORD}';
create database dev;
create database closed;
revoke connect on database closed from public;
"""
FULL = {"sslmode": "verify-full"}
PASSED = (None, None)
# Not decided here, while libpq does: said so, and no failure.
OPEN = ("unproven", "certificate-version-1")
# Settings of the server, then: what, changes of the connection, extras, whether --allow-cleartext, step and cause.
TABLE = [
    ({}, [
        ("SCRAM", {}, FULL, False, PASSED),
        ("MD5", {"login": "old"}, FULL, False, PASSED),
        ("cleartext, to a server that is known", {"login": "clear"}, FULL, False, PASSED),
        ("cleartext, on demand", {"login": "clear"}, {"sslmode": "require"}, True, PASSED),
        ("verify-ca", {}, {"sslmode": "verify-ca"}, False, PASSED),
        ("require", {}, {"sslmode": "require"}, False, PASSED),
        ("prefer, which is the default", {}, {}, False, PASSED),
        ("disable", {}, {"sslmode": "disable"}, False, PASSED),
        ("wrong password", {"password": "Canary7-wrong"}, FULL, False, ("authentication", "password-rejected")),
        ("wrong password, MD5", {"login": "old", "password": "Canary7-wrong"}, FULL, False, ("authentication", "password-rejected")),
        ("unknown user", {"login": "nobody"}, FULL, False, ("authentication", "not-allowed-from-here")),
        ("user without a line", {"login": "outside"}, FULL, False, ("authentication", "not-allowed-from-here")),
        ("TLS is required", {"login": "old"}, {"sslmode": "disable"}, False, ("authentication", "tls-required")),
        ("missing database", {"schema": "nowhere"}, FULL, False, ("database", "database-not-found")),
        ("closed database", {"schema": "closed"}, FULL, False, ("database", "not-permitted")),
        ("no connection left", {"login": "limited"}, FULL, False, ("database", "too-many-connections")),
        ("no file of roots", {}, {"sslmode": "verify-full", "sslrootcert": "/nowhere/root.crt"}, False, ("tls", "roots-unreadable")),
        ("other roots", {}, {"sslmode": "verify-ca", "sslrootcert": "{own}"}, False, ("tls", "unknown-issuer")),
    ]),
    ({"certificate": "elsewhere"}, [
        ("wrong name, verify-full", {}, FULL, False, ("tls", "wrong-name")),
        ("wrong name, verify-ca", {}, {"sslmode": "verify-ca"}, False, PASSED),
    ]),
    ({"certificate": "common-name"}, [
        ("common name only, wrong", {"host": "127.0.0.1"}, FULL, False, ("tls", "wrong-name")),
        ("common name only", {}, FULL, False, PASSED),
    ]),
    ({"certificate": "version-1"}, [
        ("X.509 of version 1", {}, {"sslmode": "verify-ca"}, False, OPEN),
        ("X.509 of version 1, require", {}, {"sslmode": "require"}, False, PASSED),
    ]),
    ({"certificate": "expired"}, [
        ("expired", {}, FULL, False, ("tls", "certificate-expired")),
        ("expired, require", {}, {"sslmode": "require", "sslrootcert": ""}, False, PASSED),
    ]),
    ({"certificate": "own"}, [
        ("self-signed", {}, FULL, False, ("tls", "self-signed")),
        ("self-signed, and trusted", {}, {"sslmode": "verify-full", "sslrootcert": "{own}"}, False, PASSED),
    ]),
    ({"ssl_min_protocol_version": "'TLSv1'", "ssl_max_protocol_version": "'TLSv1.1'"}, [
        ("TLS 1.1 at most", {}, FULL, False, ("tls", "tls-version")),
    ]),
    ({"ssl": "off"}, [
        ("no TLS", {}, FULL, False, ("ssl-request", "tls-not-offered")),
        ("no TLS, require", {}, {"sslmode": "require"}, False, ("ssl-request", "tls-not-offered")),
        ("no TLS, prefer", {}, {"sslmode": "prefer"}, False, PASSED),
    ]),
]


def binaries() -> str:
    found = shutil.which("initdb")
    folders = [os.path.dirname(os.path.realpath(found))] if found else []
    folders += sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)
    for folder in folders:
        if os.path.exists(os.path.join(folder, "initdb")):
            return folder
    sys.exit("probe_postgres.py: needs PostgreSQL's server (apt-get install postgresql)")


class Server:
    def __init__(self, folder: str):
        self.bin, self.folder = binaries(), folder
        self.data, self.port = os.path.join(folder, "data"), free_port()
        self.process = None
        # PostgreSQL refuses to run as root.
        self.owner = pwd.getpwnam("postgres" if exists("postgres") else "nobody") if os.geteuid() == 0 else None

    def run(self, *arguments: str, **more) -> subprocess.CompletedProcess:
        return subprocess.run([os.path.join(self.bin, arguments[0]), *arguments[1:]], check=True, capture_output=True, text=True, **self.as_owner(), **more)

    def as_owner(self) -> dict:
        return {"user": self.owner.pw_uid, "group": self.owner.pw_gid, "extra_groups": []} if self.owner else {}

    def start(self) -> None:
        if self.owner:
            for name in [self.folder, *glob.glob(os.path.join(self.folder, "*"))]:
                os.chown(name, self.owner.pw_uid, self.owner.pw_gid)
        self.run("initdb", "-D", self.data, "-U", "postgres", "--no-sync", "-A", "trust", cwd=self.folder)
        self.write("pg_hba.conf", HBA)
        self.configure({})
        log = open(os.path.join(self.folder, "log"), "w")
        self.process = subprocess.Popen([os.path.join(self.bin, "postgres"), "-D", self.data], stdout=log, stderr=log, cwd=self.folder, **self.as_owner())
        for _ in range(100):
            try:
                self.run("psql", "-X", "-q", "-h", self.folder, "-p", str(self.port), "-U", "postgres", "-v", "ON_ERROR_STOP=1", input=SQL, cwd=self.folder)
                return
            except subprocess.CalledProcessError as error:
                if self.process.poll() is not None or "ERROR" in error.stderr:
                    sys.exit(f"probe_postgres.py: {error.stderr}\n{open(log.name).read()}")
                time.sleep(0.1)
        sys.exit("probe_postgres.py: the server does not start")

    def write(self, name: str, text: str) -> None:
        path = os.path.join(self.data, name)
        with open(path, "w") as file:
            file.write(text)
        if self.owner:
            os.chown(path, self.owner.pw_uid, self.owner.pw_gid)

    def configure(self, settings: dict) -> None:
        settings = dict(settings)
        certificate = os.path.join(self.folder, settings.pop("certificate", "good"))
        lines = {
            "port": self.port, "listen_addresses": "'127.0.0.1'", "unix_socket_directories": f"'{self.folder}'", "ssl": "on",
            "fsync": "off", "ssl_cert_file": f"'{certificate}.crt'", "ssl_key_file": f"'{certificate}.key'",
            "ssl_ca_file": f"'{os.path.join(self.folder, 'ca.crt')}'", **settings,
        }
        self.write("postgresql.conf", "".join(f"{name} = {value}\n" for name, value in lines.items()))
        if self.process:
            self.process.send_signal(signal.SIGHUP)
            # The postmaster reads it before it takes the next connection; give the signal time to arrive.
            time.sleep(0.7)

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()


# What libpq says, and the step and the cause by which the probe must tell it.
SAYS = {
    "channel binding required": ("authentication", "channel-binding"),
    "authentication method requirement": ("authentication", "method-forbidden"),
    "unrecognized configuration parameter": ("database", "start-up-refused"),
    "invalid value for parameter": ("database", "start-up-refused"),
    "conversion between": ("database", "server-error"),
    "session is": ("database", "session-attributes"),
    "hot standby mode": ("database", "session-attributes"),
    "EOF detected": ("tls", "closed"),
    "requires a valid client certificate": ("tls", "client-certificate-needed"),
    "alert unknown ca": ("tls", "client-certificate-refused"),
    "without a valid SSL certificate": ("authentication", "client-certificate-required"),
    "does not match host name": ("tls", "wrong-name"),
    "certificate verify failed": ("tls", "certificate-revoked"),
    "password authentication failed": ("authentication", "password-rejected"),
}
# libpq makes a second attempt, without TLS, and the probe makes one.
UNPROVEN = {"no entry with TLS, sslmode prefer": ("unproven", "second-attempt")}


def recorded(airconn: str, server: Server, folder: str, home: str) -> tuple[int, int]:
    """The recorded rows: how many are as libpq has them, and how many are not."""
    with open(os.path.join(ROOT, "fixtures", "probe", "libpq_options.jsonl")) as file:
        rows = [row for row in map(json.loads, file) if "postgresql" in row.get("set_up", {})]
    passed = 0
    for row in rows:
        server.configure(row["set_up"]["postgresql"])
        options = json.loads(json.dumps(row["options"]).replace("{folder}", folder))
        base = {"conn_type": "postgres", "host": "localhost", "port": server.port, "password": PASSWORD, "schema": "dev"}
        walked, output = probe(airconn, {**base, **row["fields"], "extra": options}, home, True)
        says = row["psycopg2"]["says"]
        want = PASSED if says is None else next((end for part, end in SAYS.items() if part in says), says)
        is_ = ended(walked)
        good = is_ == UNPROVEN.get(row["name"], want) and "Canary7" not in output
        passed += good
        if not good:
            print(f"FAILED  {row['name']}: probe {is_}, libpq {says}; {json.dumps(walked)[:2000]}")
    return passed, len(rows) - passed


def ended(walked: dict) -> tuple:
    """The step and the cause that ended a connection."""
    if walked["verdict"] == "unproven":
        return "unproven", next(step["cause"] for step in walked["steps"] if step["status"] == "skipped" and step["cause"] != "not-needed")
    end = walked["failed"] or {}
    return end.get("name"), end.get("cause")


def exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
        return True
    except KeyError:
        return False


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def certificates(folder: str) -> None:
    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=folder)

    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=airconn test authority", "-days", "2")
    with open(os.path.join(folder, "ca.cnf"), "w") as file:
        file.write("[ca]\ndefault_ca=d\n[d]\ndatabase=index\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\ncopy_extensions=copy\nunique_subject=no\ncrlnumber=crlnumber\ncrl_extensions=e\ndefault_crl_days=2\n[e]\nauthorityKeyIdentifier=keyid\n[p]\ncommonName=supplied\n")
    open(os.path.join(folder, "index"), "w").close()
    for counter in ("serial", "crlnumber"):
        with open(os.path.join(folder, counter), "w") as file:
            file.write("01\n")
    for name, (extension, validity, own) in CERTIFICATES.items():
        request = ["req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-subj", f"/CN={COMMON_NAMES.get(name, 'localhost')}"]
        request += ["-addext", extension] if extension else []
        if own:
            openssl(*request, "-x509", "-days", "2", "-out", f"{name}.crt")
        else:
            openssl(*request, "-out", f"{name}.csr")
            dates = ["-startdate", validity[0], "-enddate", validity[1]] if validity else ["-days", "2"]
            openssl("ca", "-batch", "-config", "ca.cnf", "-cert", "ca.crt", "-keyfile", "ca.key", "-in", f"{name}.csr", "-out", f"{name}.crt", "-notext", "-md", HASHES.get(name, "sha256"), *dates)
        os.chmod(os.path.join(folder, f"{name}.key"), 0o600)
    authority = ["ca", "-config", "ca.cnf", "-cert", "ca.crt", "-keyfile", "ca.key"]
    openssl(*authority, "-revoke", "revoked.crt")
    openssl(*authority, "-gencrl", "-out", "ca.crl")


def find_airconn() -> str:
    target = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
    built = [os.path.join(target, profile, "airconn") for profile in ("release", "debug")]
    return next((path for path in built if os.path.exists(path)), built[0])


def probe(airconn: str, connection: dict, home: str, cleartext: bool) -> tuple[dict, str]:
    line = json.dumps({"conn_id": "w", "json": json.dumps(connection)})
    options = ["--allow-cleartext"] if cleartext else []
    command = [airconn, "probe", "--from", "jsonl", "--format", "json", "--timeout", "20", *options, "-"]
    done = subprocess.run(command, input=line, capture_output=True, text=True, env={"HOME": home})
    if not done.stdout:
        sys.exit(f"probe_postgres.py: {done.stderr}")
    return json.loads(done.stdout)["connections"][0], done.stdout + done.stderr


def psql(server: Server, connection: dict, home: str) -> bool:
    text = {"host": connection["host"], "port": connection["port"], "user": connection["login"], "dbname": connection["schema"], **connection["extra"]}
    # For libpq an empty sslrootcert is not a file; its default would be found in the home folder.
    conninfo = " ".join(f"{name}='{value}'" for name, value in text.items())
    command = [os.path.join(server.bin, "psql"), "-X", "-w", "-c", "select 1", conninfo]
    done = subprocess.run(command, capture_output=True, text=True, env={"HOME": home, "PGPASSWORD": connection["password"], "PGCONNECT_TIMEOUT": "20"})
    return done.returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--airconn", default=find_airconn(), metavar="PATH", help="the binary [of $CARGO_TARGET_DIR or target/, release before debug]")
    arguments = parser.parse_args()
    airconn = os.path.abspath(arguments.airconn)
    if not os.path.exists(airconn):
        sys.exit(f"probe_postgres.py: there is no {airconn}; build it first")
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as home:
        certificates(folder)
        server = Server(folder)
        try:
            server.start()
            for settings, rows in TABLE:
                server.configure(settings)
                for what, changes, extra, cleartext, want in rows:
                    extra = {"sslrootcert": os.path.join(folder, "ca.crt"), **extra}
                    if extra["sslrootcert"] == "{own}":
                        extra["sslrootcert"] = os.path.join(folder, "own.crt")
                    if not extra["sslrootcert"] or extra.get("sslmode") in (None, "require", "prefer", "disable"):
                        del extra["sslrootcert"]
                    base = {"conn_type": "postgres", "host": "localhost", "port": server.port, "login": "scram", "password": PASSWORD, "schema": "dev"}
                    connection = {**base, **changes, "extra": extra}
                    walked, output = probe(airconn, connection, home, cleartext)
                    is_, libpq = ended(walked), psql(server, connection, home)
                    good = is_ == want and libpq == (want in (PASSED, OPEN)) and "Canary7" not in output
                    passed, failed = passed + good, failed + (not good)
                    if not good:
                        print(f"FAILED  {what}: probe {is_}, wanted {want}; libpq {'passes' if libpq else 'fails'}; {json.dumps(walked)[:2000]}")
            more = recorded(airconn, server, folder, home)
            passed, failed = passed + more[0], failed + more[1]
        finally:
            server.stop()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
