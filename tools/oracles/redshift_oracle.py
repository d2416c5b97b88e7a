#!/usr/bin/env python3
"""Labels connections with the real hooks: RedshiftSQLHook, PostgresHook, AwsBaseHook and redshift_connector, without a network.

usage: redshift_oracle.py < cases.jsonl > labels.jsonl      (with the python of an Airflow that has the Amazon and Postgres providers)

The recorded corpus: apache-airflow 3.3.2, amazon 9.39.0, postgres 7.1.1, redshift_connector 2.2.0, boto3 1.44.5, psycopg 3.3.9.

A case: {"id", "hook": "redshift"|"postgres"|"aws", "conn": fields or URI, "aws": fields (aws_default), "more": {conn_id: fields}, "env": {}}.
A label adds "outcome": {"ok": true} where the driver got as far as opening its socket, else {"ok": false, "exception", "message"}, and
"behind", the exception that one of these stands for, where the driver's plugins hide it behind a sentence;
"connect_kwargs": what the driver was called with; "aws_calls": operations that passed the checks of boto3.

AWS is moto, from PyPI: the HTTP of botocore goes to aws_stand_in.py on loopback, where every cluster and workgroup exists that a request
names. Cut off are: DNS (any well-formed name resolves), sockets that the driver connects, and the HTTP of requests. tenacity does not
wait. Everything else is the real code.
"""
import http.client
import json
import logging
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.parse
import warnings

HOME = tempfile.mkdtemp(prefix="redshift-oracle-")
for name in list(os.environ):
    if name.startswith(("AWS_", "AIRFLOW", "PG", "REDSHIFT")):
        del os.environ[name]
BASE_ENV = {
    "AIRFLOW_HOME": HOME,
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__LOGGING__LOGGING_LEVEL": "CRITICAL",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": HOME + "/config",
    "AWS_SHARED_CREDENTIALS_FILE": HOME + "/credentials",
}
os.environ.update(BASE_ENV)
with open(HOME + "/credentials", "w") as f:
    f.write("[airflow-prof]\naws_access_key_id = AKIAPROFILEAIRFLOW00\naws_secret_access_key = secret-profile\n")
with open(HOME + "/config", "w") as f:
    f.write("[profile region-prof]\nregion = us-east-1\naws_access_key_id = AKIAPROFILEREGION000\naws_secret_access_key = secret-profile\n")
with open(HOME + "/token", "w") as f:
    f.write("token")
warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

import botocore.awsrequest
import botocore.httpsession
import botocore.loaders

# Every session would parse AWS's models again.
LOADER = botocore.loaders.create_loader()
botocore.loaders.create_loader = lambda *_: LOADER


class Reached(BaseException):
    """The driver opens its socket: as far as the text goes, all is well."""


class StandInError(BaseException):
    """The stand-in cannot answer, or a case waits for something: nothing can be said about it."""


CALLS = []
CONNECT = socket.socket.connect
# What came for a password.
PASSWORDS = set()

def stand_in():
    """The URL of an AWS on loopback: a server in an environment of its own, that ends with this process."""
    here = pathlib.Path(__file__).resolve().parent
    python = subprocess.run([here / "aws-venv.sh"], stdout=subprocess.PIPE, text=True, check=True).stdout.split()[-1]
    served = subprocess.Popen([python, here / "aws_stand_in.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    return served.stdout.readline().strip() or sys.exit("redshift_oracle.py: the stand-in AWS does not start")


class Loopback(http.client.HTTPConnection):
    """A connection that is not cut off."""

    def connect(self):
        self.sock = socket.socket()
        CONNECT(self.sock, (self.host, self.port))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


AWS = Loopback(urllib.parse.urlsplit(stand_in()).netloc)


def answer(request):
    """What the stand-in says to a request, whatever host it is for."""
    body = request.body or b""
    body = body if isinstance(body, bytes) else body.encode()
    given = {k: v.decode() if isinstance(v, bytes) else v for k, v in dict(request.headers).items()}
    query = re.search(r"(?:^|&)Action=(\w+)", body.decode())
    target = given.get("X-Amz-Target", "")
    CALLS.append(query.group(1) if query else target.split(".")[-1] or "?")
    given["Host"] = urllib.parse.urlsplit(request.url).netloc
    AWS.request("POST", "/", body, {k: v for k, v in given.items() if k.lower() not in ("content-length", "expect")})
    answered = AWS.getresponse()
    text = answered.read()
    PASSWORDS.update(re.findall(r"(?:<DbPassword>|\"dbPassword\": \")(\w+)", text.decode()))
    if answered.status >= 500:
        # boto3 would try again and again; nothing here may depend on what only moto cannot do.
        raise StandInError(f"the stand-in AWS fails: {answered.status}")

    class Raw:
        def stream(self, **_):
            yield text

        def read(self, *_, **__):
            return text

    return botocore.awsrequest.AWSResponse(request.url, answered.status, dict(answered.getheaders()), Raw())


def send(self, request):
    """As urllib3 does it behind botocore: another scheme is refused before anything is sent."""
    scheme = urllib.parse.urlsplit(request.url).scheme
    if scheme not in ("http", "https"):
        raise botocore.exceptions.HTTPClientError(error=f"Not supported URL scheme {scheme}")
    return answer(request)


botocore.httpsession.URLLib3Session.send = send
REAL = socket.getaddrinfo


def resolve(host=None, port=None, *args, **kwargs):
    named = isinstance(host, str) and re.fullmatch(r"(?=.*[A-Za-z])[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?", host)
    return REAL("127.0.0.1" if named else host, port, *args, **kwargs)


def reach(self, address):
    if self.family == socket.AF_UNIX:
        return CONNECT(self, address)
    if self.gettimeout() == 0:
        raise BlockingIOError(115, "Operation now in progress")
    raise Reached()


socket.getaddrinfo = resolve
socket.socket.connect = reach

import requests

requests.Session.request = lambda self, *a, **k: (_ for _ in ()).throw(requests.exceptions.ConnectionError("cut off"))

import airflow.models

if hasattr(airflow.models, "import_all_models"):
    # Without it, Airflow 2.6 finds no connection: its classes refer to each other by name.
    airflow.models.import_all_models()

import redshift_connector
from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook
from airflow.providers.amazon.aws.hooks.redshift_sql import RedshiftSQLHook
from airflow.providers.postgres.hooks import postgres

KWARGS = []
CONNECT_REDSHIFT = redshift_connector.connect


def connect(*args, **kwargs):
    KWARGS.append(kwargs)
    return CONNECT_REDSHIFT(*args, **kwargs)


redshift_connector.connect = connect


def no_browser(*_, **__):
    raise OSError("cut off")


import redshift_connector.plugin as plugins

for plugin in vars(plugins).values():
    if isinstance(plugin, type) and hasattr(plugin, "run_server"):
        plugin.run_server = no_browser
        plugin.open_browser = lambda *_, **__: None
if hasattr(RedshiftSQLHook.get_conn, "retry"):
    RedshiftSQLHook.get_conn.retry.sleep = lambda _: None
    RedshiftSQLHook.get_conn.retry.wait = lambda *_: 0


def variable(conn):
    if isinstance(conn, str):
        return conn
    return json.dumps({k: v for k, v in conn.items() if v is not None})


# What plugins of the driver say instead of what went wrong.
HIDING = ("Failed to get SAML assertion", "There was an error during authentication.")


def behind(exception):
    """The first exception of a chain, as text."""
    while exception.__cause__ or exception.__context__:
        exception = exception.__cause__ or exception.__context__
    return f"{type(exception).__name__}: {exception}"[:200]


def run(case):
    from redshift_connector.iam_helper import IamHelper

    IamHelper.credentials_cache.clear()
    CALLS.clear()
    KWARGS.clear()
    conns = {"subject": case.get("conn"), "aws_default": case.get("aws"), **case.get("more", {})}
    added = {f"AIRFLOW_CONN_{k.upper()}": variable(v) for k, v in conns.items() if v is not None}
    added.update(case.get("env") or {})
    os.environ.update(added)
    signal.alarm(60)
    try:
        if case["hook"] == "redshift":
            RedshiftSQLHook(redshift_conn_id="subject").get_conn()
        elif case["hook"] == "postgres":
            hook = postgres.PostgresHook(postgres_conn_id="subject")
            create = getattr(hook, "_create_connection", None)
            if create:
                hook._create_connection = lambda args: (KWARGS.append(dict(args)), create(args))[1]
            hook.get_conn()
        else:
            AwsBaseHook(aws_conn_id="aws_default", client_type="redshift").conn.describe_clusters(ClusterIdentifier="c")
        outcome = {"ok": True}
    except Reached:
        outcome = {"ok": True}
    except (Exception, StandInError) as e:
        outcome = {"ok": False, "exception": type(e).__name__, "message": str(e)[:200]}
        if str(e) in HIDING:
            outcome["behind"] = behind(e)
    finally:
        signal.alarm(0)
        for name in added:
            os.environ.pop(name, None)
        os.environ.update(BASE_ENV)
    kwargs = KWARGS[0] if KWARGS else None
    if kwargs and isinstance(kwargs.get("password"), str) and kwargs["password"] in PASSWORDS:
        kwargs = {**kwargs, "password": "<temporary password>"}
    return {**case, "outcome": outcome, "connect_kwargs": kwargs, "aws_calls": list(CALLS)}


def waits(*_):
    raise StandInError("waits for something")


signal.signal(signal.SIGALRM, waits)
for line in sys.stdin:
    print(json.dumps(run(json.loads(line)), default=str), flush=True)
