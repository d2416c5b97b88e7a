#!/usr/bin/env python3
"""Writes fixtures/extras/private_keys.jsonl: what real hooks make of a private key in every shape. usage: record_private_keys.py

Run with a Python that has Airflow 3.3.2 and the providers ssh, snowflake, google and github. The keys are made for this and thrown away. A
file that a path names is on nobody's machine: `path` says so, and nothing is said about whether it works.
"""
import base64
import json
import os
import pathlib
import tempfile
import textwrap
import warnings

warnings.simplefilter("ignore")
os.environ["AIRFLOW_HOME"] = tempfile.mkdtemp()
os.environ["NO_GCE_CHECK"] = "true"

from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import rsa

TARGET = pathlib.Path(__file__).resolve().parents[2] / "fixtures/extras/private_keys.jsonl"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=1024)


def written(style, encoding=form.Encoding.PEM):
    return KEY.private_bytes(encoding, style, form.NoEncryption())


PEM, RSA, OPENSSH = (written(f).decode() for f in (form.PrivateFormat.PKCS8, form.PrivateFormat.TraditionalOpenSSL, form.PrivateFormat.OpenSSH))


def shapes(pem):
    """A PEM text in every shape that it takes on its way."""
    body = "".join(pem.strip().split("\n")[1:-1])
    yield "lines", pem
    yield "no last line end", pem.strip()
    yield "CRLF", pem.replace("\n", "\r\n")
    yield "indented", textwrap.indent(pem, "  ")
    yield "escaped", pem.replace("\n", "\\n")
    yield "blanks", pem.replace("\n", " ")
    yield "nothing between", pem.replace("\n", "")
    yield "one line of base64", pem.split("\n")[0] + "\n" + body + "\n" + pem.strip().split("\n")[-1] + "\n"
    yield "no end", pem.rsplit("-----END", 1)[0]
    yield "body", body
    yield "base64", base64.b64encode(pem.encode()).decode()
    yield "lines of base64", base64.encodebytes(pem.encode()).decode()
    yield "base64 of escaped", base64.b64encode(pem.replace("\n", "\\n").encode()).decode()


SHAPES = [
    *((f"PKCS 8, {name}", text) for name, text in shapes(PEM)),
    *((f"RSA, {name}", text) for name, text in shapes(RSA)),
    ("OpenSSH, lines", OPENSSH),
    ("OpenSSH, escaped", OPENSSH.replace("\n", "\\n")),
    ("public key", KEY.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo).decode()),
    ("DER in base64", base64.b64encode(written(form.PrivateFormat.PKCS8, form.Encoding.DER)).decode()),
    ("path", "/keys/rsa_key.p8"),
    ("path of home", "~/.ssh/id_rsa"),
]
PATHS = ["/keys/key.pem", "/keys/key.json", "/keys/key.p12", "/keys/key", "~/key.json", PEM, json.dumps({"type": "service_account"})]


def service_account(key):
    return {
        "type": "service_account",
        "project_id": "example",
        "private_key_id": "1",
        "private_key": key,
        "client_email": "etl@example.iam.gserviceaccount.com",
        "token_uri": "https://oauth2.googleapis.com/token",
    }


def cases():
    for name, key in SHAPES:
        yield name, "ssh", {"private_key": key}
        yield name, "sftp", {"private_key": key}
        yield name, "snowflake", {"account": "example", "private_key_content": key}
        yield name, "github", {"app_id": "1", "installation_id": 1, "private_key": key}
        yield name, "google_cloud_platform", {"keyfile_dict": service_account(key)}
        yield name + ", in a text", "google_cloud_platform", {"keyfile_dict": json.dumps(service_account(key))}
    for path in PATHS:
        yield "path", "snowflake", {"account": "example", "private_key_file": path}
        yield "path", "github", {"app_id": "1", "installation_id": 1, "key_path": path}
        yield "path", "google_cloud_platform", {"key_path": path}


class Signed(BaseException):
    """The key was used, and is good."""


def use(conn_type):
    if conn_type in ("ssh", "sftp"):
        from airflow.providers.ssh.hooks.ssh import SSHHook

        SSHHook("x")
    elif conn_type == "snowflake":
        from airflow.providers.snowflake.hooks.snowflake import SnowflakeHook

        SnowflakeHook("x").get_private_key()
    elif conn_type == "github":
        import github
        from airflow.providers.github.hooks.github import GithubHook

        # The token is signed here; asking GitHub for it is left out.
        def sign(auth, *_, **__):
            auth.create_jwt()
            raise Signed()

        github.Auth.AppAuth.get_installation_auth = sign
        GithubHook("x").get_conn()
    else:
        from airflow.providers.google.cloud.hooks.gcs import GCSHook

        GCSHook("x").get_credentials()


with open(TARGET, "w") as out:
    for name, conn_type, extra in cases():
        os.environ["AIRFLOW_CONN_X"] = json.dumps({"conn_type": conn_type, "host": "h.example.com", "login": "etl", "extra": extra})
        exception, message = None, None
        try:
            use(conn_type)
        except Signed:
            pass
        except Exception as e:
            exception, message = type(e).__name__, str(e)[:70]
        missing = exception in ("FileNotFoundError", "OSError") or "empty or invalid file" in (message or "")
        row = {"shape": name, "conn_type": conn_type, "extra": extra, "exception": exception, "message": message, "missing_file": missing}
        out.write(json.dumps(row) + "\n")
