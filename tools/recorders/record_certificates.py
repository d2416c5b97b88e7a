#!/usr/bin/env python3
"""What the drivers say about certificates: writes fixtures/probe/certificates.jsonl.gz.

Run it with the python that `tools/oracles/python-venv.sh certificates` prints. It makes the certificates of certificate_cases.py and plays, on loopback,
a server that speaks TLS with each of them; then libpq (by psycopg2), redshift_connector, boto3 and requests (by which the hook of AWS asks
identity providers) connect to it. What counts is what the server sees: did the client go on and send its password or request, and which server
name did it send. The first line of the file has the versions of everything. Names of hosts lead to loopback, whatever they are.

    record_certificates.py            makes certificates, asks the clients, writes the file
    record_certificates.py --add      asks them about the certificates that the file does not have yet, and adds those
    record_certificates.py --check    asks the clients again about the certificates of the file, and says whether they say the same
"""

import gzip
import json
import logging
import os
import pathlib
import re
import socket
import ssl
import sys
import tempfile
import threading
import warnings

import boto3
import botocore.config
import cryptography
import psycopg2
import redshift_connector
import requests
import urllib3

import certificate_cases

TABLE = pathlib.Path(__file__).resolve().parents[2] / "fixtures/probe/certificates.jsonl.gz"
PASSWORD = "Canary7-password"
VERSIONS = {"1.0": ssl.TLSVersion.TLSv1, "1.1": ssl.TLSVersion.TLSv1_1, "1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}

warnings.simplefilter("ignore")
# Names of hosts are those of certificates; all of them are here.
real_getaddrinfo = socket.getaddrinfo


def to_loopback(host, port, family=0, *rest, **named):
    return real_getaddrinfo("127.0.0.1", port, socket.AF_INET, *rest, **named)


socket.getaddrinfo = to_loopback


class Server(threading.Thread):
    """Serves the case that it is told, one connection after the other."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.context, self.seen, self.done = None, {}, threading.Event()

    def serve(self, case, folder):
        """Its contexts."""
        contexts = {}
        for chain, key in (("chain", "key"), ("named", "named_key")):
            if chain not in case:
                continue
            for what in (chain, key):
                (folder / what).write_text(case[what])
            told = case.get("server", {})
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_3
            if "versions" in told:
                context.maximum_version = context.minimum_version = VERSIONS[told["versions"]]
            context.set_ciphers(f"{told.get('ciphers', 'ALL:!aNULL')}:@SECLEVEL=0")
            if "group" in told:
                context.set_ecdh_curve(told["group"])
            context.load_cert_chain(folder / chain, folder / key)
            contexts[chain] = context

        def choose(connection, name, _):
            self.seen["sni"] = name
            if name and "named" in contexts:
                connection.context = contexts["named"]

        contexts["chain"].sni_callback = choose
        self.context = contexts["chain"]

    def run(self):
        while True:
            raw, _ = self.listener.accept()
            raw.settimeout(10)
            try:
                self.talk(raw)
            except (OSError, ssl.SSLError, EOFError) as error:
                self.seen["server"] = type(error).__name__
            finally:
                raw.close()
                self.done.set()

    def talk(self, raw):
        first = raw.recv(1, socket.MSG_PEEK)
        is_https = first == b"\x16"
        if not is_https:
            raw.recv(8)
            raw.sendall(b"S")
        with self.context.wrap_socket(raw, server_side=True) as stream:
            if is_https:
                self.seen["sent"] = b"Authorization" in stream.recv(4096)
                stream.sendall(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            stream.recv(4096)
            stream.sendall(b"R\0\0\0\x08\0\0\0\x03")
            self.seen["sent"] = PASSWORD.encode() in stream.recv(4096)
            message = b"SFATAL\0C28P01\0Mno\0\0"
            stream.sendall(b"E" + (len(message) + 4).to_bytes(4, "big") + message)


def libpq(mode, with_roots=True):
    def connect(case, port, roots):
        files = {"sslrootcert": roots} if with_roots else {"sslrootcert": "/nowhere"}
        psycopg2.connect(host=case["host"], hostaddr="127.0.0.1", port=port, user="etl", password=PASSWORD, dbname="dev", sslmode=mode,
                         sslcert="/nowhere", sslkey="/nowhere", gssencmode="disable", connect_timeout=10, **files)  # fmt: skip

    return connect


def driver(mode):
    def connect(case, port, roots):
        # What load_default_certs takes; the driver's own bundle comes on top.
        os.environ.update(SSL_CERT_FILE=roots, SSL_CERT_DIR="/nowhere")
        modes = {"sslmode": mode} if mode else {}
        redshift_connector.connect(host=case["host"], port=port, user="etl", password=PASSWORD, database="dev", timeout=10, **modes)

    return connect


def aws(case, port, roots):
    host = f"[{case['host']}]" if ":" in case["host"] else case["host"]
    config = botocore.config.Config(retries={"total_max_attempts": 1}, connect_timeout=10, read_timeout=10, proxies={})
    client = boto3.client("sts", "eu-west-1", endpoint_url=f"https://{host}:{port}", verify=roots, config=config,
                          aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="made-up-secret")  # fmt: skip
    client.get_caller_identity()


def over_requests(case, port, roots):
    host = f"[{case['host']}]" if ":" in case["host"] else case["host"]
    requests.get(f"https://{host}:{port}/", headers={"Authorization": "made-up"}, verify=roots, timeout=10)


CLIENTS = {
    "libpq require": libpq("require", False),
    "libpq verify-ca": libpq("verify-ca"),
    "libpq verify-full": libpq("verify-full"),
    "redshift_connector": driver(None),
    "redshift_connector verify-ca": driver("verify-ca"),
    "redshift_connector verify-full": driver("verify-full"),
    "boto3": aws,
    "requests": over_requests,
}


class Warned(logging.Handler):
    """The driver warns of a wrong name in its log."""

    def emit(self, record):
        self.seen |= "does not name host" in record.getMessage()


def ask(case, server, folder):
    """What every client says."""
    roots = folder / "roots"
    roots.write_text(case["roots"])
    try:
        server.serve(case, folder)
    except (ssl.SSLError, OSError) as error:
        # Nobody is asked, and the certificate stays in the file: a server of another library may have it.
        print(f"the server cannot have it: {case['id']}: {error}", file=sys.stderr)
        return {}
    warned = Warned()
    logging.getLogger("redshift_connector").addHandler(warned)
    clients = {}
    for name, connect in CLIENTS.items():
        server.seen, warned.seen = {"sent": False, "sni": None}, False
        server.done.clear()
        said = None
        try:
            connect(case, server.port, str(roots))
        except Exception as error:
            said = " ".join(str(error).split())
        # A client that does not even connect leaves nothing to wait for.
        server.done.wait(0.3 if not server.seen.get("sent") else 5)
        found = {"sent": server.seen["sent"], "sni": server.seen["sni"]}
        if not found["sent"]:
            found["said"] = shortened(said, server.port)
        if warned.seen:
            found["warned"] = True
        clients[name] = found
    logging.getLogger("redshift_connector").removeHandler(warned)
    return clients


def shortened(said, port):
    """What a client says without what differs from run to run."""
    said = re.sub(r"/tmp/\S+?/roots", "ROOTS", said or "").replace(str(port), "PORT")
    said = re.sub(r" ?\(_ssl\.c:\d+\)", "", said)
    return said.split("Is the server running")[0].strip()[:300]


def versions():
    """Of the clients, and of what judges in them."""
    library = next(pathlib.Path(psycopg2.__file__).parent.parent.glob("psycopg2_binary.libs/libcrypto*"))
    inside = re.search(rb"OpenSSL (\d+\.\d+\.\d+)", library.read_bytes())[1].decode()
    number = psycopg2.extensions.libpq_version()
    return {
        "libpq": f"{number // 10000}.{number % 10000}", "libpq's OpenSSL": inside, "psycopg2-binary": psycopg2.__version__.split()[0],
        "python": sys.version.split()[0], "python's OpenSSL": ssl.OPENSSL_VERSION.split()[1], "redshift_connector": redshift_connector.__version__,
        "boto3": boto3.__version__, "requests": requests.__version__, "urllib3": urllib3.__version__, "cryptography": cryptography.__version__,
    }  # fmt: skip


def main():
    check, add = sys.argv[1:] == ["--check"], sys.argv[1:] == ["--add"]
    if not (check or add) and sys.argv[1:]:
        sys.exit(__doc__)
    for variable in [v for v in os.environ if v.startswith(("PG", "AWS_", "SSL_", "REQUESTS_")) or v.lower().endswith("_proxy")]:
        del os.environ[variable]
    os.environ.update(AWS_EC2_METADATA_DISABLED="true")
    old = [json.loads(line) for line in gzip.decompress(TABLE.read_bytes()).splitlines()] if check or add else []
    known = {case["id"] for case in old[1:]}
    if check:
        made = [{k: v for k, v in case.items() if k != "clients"} for case in old[1:]]
    else:
        made = [case for case in certificate_cases.cases() if case["id"] not in known]
    server = Server()
    server.start()
    with tempfile.TemporaryDirectory() as folder:
        # A home without ~/.postgresql and ~/.aws.
        os.environ.update(HOME=folder, AWS_CONFIG_FILE=f"{folder}/none", AWS_SHARED_CREDENTIALS_FILE=f"{folder}/none")
        asked = [{**case, "clients": ask(case, server, pathlib.Path(folder))} for case in made]
        lines = [{"versions": versions()}, *asked]
    if add and old[0] != lines[0]:
        sys.exit(f"other versions than those of the file: {lines[0]}")
    if add:
        lines = old + lines[1:]
    if check:
        differing = [new.get("id", "versions") for was, new in zip(old, lines) if was != new]
        print(f"{len(lines) - 1} certificates, " + (f"differing: {differing}" if differing else "all as recorded"))
        return 1 if differing else 0
    text = "".join(json.dumps(line) + "\n" for line in lines).encode()
    TABLE.write_bytes(gzip.compress(text, mtime=0))
    print(f"{len(lines) - 1} certificates written to {TABLE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
