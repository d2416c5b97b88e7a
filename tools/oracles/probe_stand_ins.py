#!/usr/bin/env python3
"""Stand-ins for AWS and a Redshift cluster on loopback, for tools/compare/probe_compare.py. Run with the python that tools/oracles/aws-venv.sh prints.

usage: probe_stand_ins.py FOLDER     prints one line of JSON and serves until its standard input ends

AWS is that of aws_stand_in.py: moto, and in front of it what moto lacks. The cluster listens on 5439, speaks Redshift's log-in (TLS;
requests 5, 13 and 14) and takes only passwords and tokens that this AWS handed out, and users of its own. On other addresses of loopback are
clusters with a property of their own: SERVERS.
"""

import datetime
import hashlib
import json
import os
import pathlib
import secrets
import socket
import ssl
import struct
import sys
import threading
import typing

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from aws_stand_in import World

REGIONS = ["us-east-1", "us-gov-west-1", "cn-north-1"]
CLUSTERS = ["my-cluster"]
WORKGROUPS = ["default-wg"]
USERS = {"awsuser": "Secret123", "shauser": "Sha256Pw1", "jürgen": "Grüße #1/%"}
TOKENS = {"good-idc-token", "good-idp-token"}


# Hosts of clusters are called as moto calls them; the custom domain is of the recorded runs.
DOMAINS = ["cg034hpkmmjt.us-east-1.redshift.amazonaws.com", "cg034hpkmmjt.us-gov-west-1.redshift.amazonaws.com"]
DOMAINS += ["cg034hpkmmjt.cn-north-1.redshift.amazonaws.com.cn", "123456789012.us-east-1.redshift-serverless.amazonaws.com"]
NAMES = ["localhost", "redshift.example.com", *(f"*.{domain}" for domain in DOMAINS)]


class Server(typing.NamedTuple):
    """What sets a cluster apart."""

    names: list = NAMES
    """The names in its certificate; none: it has no certificate and answers N."""
    digest: bool = False
    """It asks for temporary passwords by request 13, too."""
    encoding: str = "UNICODE"
    """The `client_encoding` that it reports."""
    postgres: bool = False
    """It is PostgreSQL, which refuses a start-up parameter of Redshift's driver once it knows who is there."""


SERVERS = {
    "cluster": Server(),
    "nossl": Server(names=[]),
    "wrongname": Server(names=["db.example.com"]),
    "pgtls": Server(postgres=True),
    "pgplain": Server(names=[], postgres=True),
    "sha256": Server(digest=True),
    "utf8": Server(encoding="UTF8"),
}


def certificates(folder):
    """A certificate authority, and for each server a certificate with its key: NAME.pem."""
    day = datetime.timedelta(days=1)
    now = datetime.datetime.now(datetime.timezone.utc)

    def make(name, key, issuer, issuer_key, *extensions):
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer or subject).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - day).not_valid_after(now + day)
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(issuer_key, hashes.SHA256())

    ca_key = ec.generate_private_key(ec.SECP256R1())
    usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
    ca_id = x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key())
    ca = make("stand-in authority", ca_key, None, ca_key, (x509.BasicConstraints(True, None), True), (usage, True), (ca_id, False))
    pem = serialization.Encoding.PEM
    plain = (pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "ca.pem").write_bytes(ca.public_bytes(pem))
    for name, server in SERVERS.items():
        key = ec.generate_private_key(ec.SECP256R1())
        extensions = [
            (x509.SubjectAlternativeName([x509.DNSName(known) for known in server.names]), False),
            (x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(ca_id), False),
            (x509.BasicConstraints(False, None), True),
        ]
        leaf = make(name, key, ca.subject, ca_key, *extensions)
        (folder / f"{name}.pem").write_bytes(leaf.public_bytes(pem) + key.private_bytes(*plain))


class Cluster:
    """One conversation."""

    def __init__(self, stream, server, context, world):
        self.stream, self.server, self.context, self.world = stream, server, context, world

    def read(self, count):
        data = b""
        while len(data) < count:
            piece = self.stream.recv(count - len(data))
            if not piece:
                raise EOFError
            data += piece
        return data

    def send(self, kind, body):
        self.stream.sendall(kind + struct.pack("!i", len(body) + 4) + body)

    def error(self, code, message):
        self.send(b"E", b"".join(k + v.encode() + b"\0" for k, v in ((b"S", "FATAL"), (b"C", code), (b"M", message))) + b"\0")

    def answer(self, kind):
        tag, length = struct.unpack("!ci", self.read(5))
        if tag != kind:
            raise EOFError
        return self.read(length - 4)

    def startup(self):
        while True:
            body = self.read(struct.unpack("!i", self.read(4))[0] - 4)
            if body[:4] != struct.pack("!i", 80877103):
                parts = body[4:].split(b"\0")
                return {k.decode(): v.decode() for k, v in zip(parts[::2], parts[1::2]) if k}
            if self.context is None:
                self.stream.sendall(b"N")
                continue
            self.stream.sendall(b"S")
            self.stream = self.context.wrap_socket(self.stream, server_side=True)

    def is_known(self, start):
        user = start.get("user", "")
        if start.get("idp_type"):
            self.send(b"R", struct.pack("!i", 14))
            return self.answer(b"i").rstrip(b"\0").decode() in TOKENS | self.world.tokens
        accepted = self.world.passwords.get(user, set()) | ({USERS[user]} if user in USERS else set())
        if user == "shauser" or self.server.digest:
            salt, nonce = secrets.token_bytes(16), secrets.token_bytes(16)
            self.send(b"R", struct.pack("!iii", 13, 0, 16) + salt + struct.pack("!i", 16) + nonce)
            body = self.answer(b"d")
            size = struct.unpack("!i", body[:4])[0]
            digest, client = body[4 : 4 + size], body[8 + size :]
            sha = lambda data: hashlib.sha256(data).digest()
            return any(digest == sha(sha(p.encode() + salt) + nonce + client) for p in accepted)
        salt = secrets.token_bytes(4)
        self.send(b"R", struct.pack("!i", 5) + salt)
        given = self.answer(b"p").rstrip(b"\0").decode()
        md5 = lambda data: hashlib.md5(data).hexdigest()
        return any(given == "md5" + md5(md5(p.encode() + user.encode()).encode() + salt) for p in accepted)

    def talk(self):
        start = self.startup()
        if not self.is_known(start):
            return self.error("28000", "password authentication failed")
        self.send(b"R", struct.pack("!i", 0))
        if start.get("database", start.get("user")) != "dev":
            return self.error("3D000", "database does not exist")
        if self.server.postgres and "client_protocol_version" in start:
            return self.error("42704", 'unrecognized configuration parameter "client_protocol_version"')
        for name, value in (("server_version", "8.0.2"), ("client_encoding", self.server.encoding), ("integer_datetimes", "on")):
            self.send(b"S", f"{name}\0{value}\0".encode())
        self.send(b"K", struct.pack("!ii", 1, 2))
        self.send(b"Z", b"I")
        while True:
            tag, length = struct.unpack("!ci", self.read(5))
            self.read(length - 4)
            if tag == b"X":
                return
            if tag == b"Q":
                row = [start.get("user", "").encode() or b"token", b"dev", b"PostgreSQL 8.0.2 on i686-pc-linux-gnu, Redshift 1.0.1"]
                names = [b"current_user", b"current_database", b"version"]
                self.send(b"T", struct.pack("!h", 3) + b"".join(n + b"\0" + struct.pack("!ihihih", 0, 0, 25, -1, -1, 0) for n in names))
                self.send(b"D", struct.pack("!h", 3) + b"".join(struct.pack("!i", len(v)) + v for v in row))
                self.send(b"C", b"SELECT 1\0")
                self.send(b"Z", b"I")


def serve(world, server, pem, address):
    """Serves a cluster until the process ends."""
    context = None
    if server.names:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
    listener = socket.create_server((address, 5439), reuse_port=False)

    def one(stream):
        stream.settimeout(20)
        try:
            Cluster(stream, server, context, world).talk()
        except (OSError, EOFError, struct.error, ssl.SSLError):
            pass
        finally:
            stream.close()

    def all():
        while True:
            threading.Thread(target=one, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=all, daemon=True).start()


def main():
    folder = pathlib.Path(sys.argv[1])
    certificates(folder)
    world = World(clusters=CLUSTERS, workgroups=WORKGROUPS, regions=REGIONS, address=f"my-cluster.{DOMAINS[0]}")
    addresses = {name: f"127.0.0.{last}" for last, name in enumerate(SERVERS, 1)}
    for name, server in SERVERS.items():
        serve(world, server, folder / f"{name}.pem", addresses[name])
    print(json.dumps({"aws": world.serve(), "ca": str(folder / "ca.pem"), "addresses": addresses}), flush=True)
    sys.stdin.read()
    os._exit(0)


main()
