#!/usr/bin/env python3
"""A stand-in AWS on loopback: moto, and in front of it the few operations that moto lacks. Run with the python that tools/oracles/aws-venv.sh prints.

usage: aws_stand_in.py     prints its URL as one line and serves until its standard input ends      (for redshift_oracle.py)

moto (pinned in requirements/aws.txt) answers STS and Redshift. It is a server here, not a decorator, so that what asks it may be any
Airflow with any boto3, with nothing installed beside what its release pins. What moto 5.2.5 lacks is answered by a method of `Front`
that is named after the operation: GetClusterCredentialsWithIAM, DescribeCustomDomainAssociations, DescribeAuthenticationProfiles,
GetIdentityCenterAuthToken, all of Redshift Serverless, and the Data API, whose statements never end in moto. Neither signatures nor policies
are checked, but a key whose id ends in DENIED is denied everything, and at URL/deny/OPERATION that operation is denied to everybody.

Two kinds of world: `World()` has the clusters and workgroups that it is told; in `World(whole=True)` there is whatever a request names,
because whether a cluster exists is no question of the text of a connection: a cluster is made in moto before it is asked for.
An empty name is none: there moto refuses, as AWS does.
"""

import html
import http.client
import http.server
import json
import logging
import os
import re
import secrets
import sys
import threading
import urllib.parse
import uuid

# Whether a region exists shows when its name is looked up, which is not moto's part.
os.environ["MOTO_ALLOW_NONEXISTENT_REGION"] = "true"
logging.disable(logging.CRITICAL)

from moto.server import ThreadedMotoServer

END = "2099-01-01T00:00:00Z"
# moto finds the service in the signature; where a request has none, the version of its API tells.
UNSIGNED = {"2012-12-01": "redshift", "2011-06-15": "sts"}


def signature(key, region, service):
    """What moto reads of a signature: the account of the key, the region, the service."""
    return f"AWS4-HMAC-SHA256 Credential={key}/20000101/{region}/{service}/aws4_request, SignedHeaders=host, Signature=0"


class World:
    """What exists, and what was handed out: passwords of temporary users, tokens."""

    def __init__(self, whole=False, clusters=(), workgroups=(), regions=(), address=None):
        self.whole, self.workgroups, self.address = whole, workgroups, address
        self.passwords, self.tokens, self.made = {}, set(), set()
        moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        moto.start()
        self.moto = moto.get_host_and_port()
        for region in regions:
            for name in clusters:
                self.make(name, signature("AKIASTANDIN000000000", region, "redshift"))

    def make(self, name, authorization):
        """The cluster in moto, in the account and region of a signature. One that is there already is refused, and stays."""
        cluster = {"ClusterIdentifier": name, "NodeType": "ra3.xlplus", "MasterUsername": "awsuser", "MasterUserPassword": "Secret123"}
        body = urllib.parse.urlencode({"Action": "CreateCluster", "Version": "2012-12-01", **cluster})
        self.ask(body, {"Authorization": authorization, "Content-Type": "application/x-www-form-urlencoded"})
        self.made.add(name)

    def ask(self, body, headers):
        """moto's answer to a request: status and text."""
        moto = http.client.HTTPConnection(*self.moto, timeout=60)
        try:
            moto.request("POST", "/", body, headers)
            answer = moto.getresponse()
            return answer.status, answer.read().decode()
        finally:
            moto.close()

    def temporary(self, user):
        password = secrets.token_hex(12)
        self.passwords.setdefault(user, set()).add(password)
        return password

    def token(self):
        token = secrets.token_hex(12)
        self.tokens.add(token)
        return token

    def serve(self):
        """Starts the server; its URL."""
        handler = type("Handler", (Front,), {"world": self})
        front = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=front.serve_forever, daemon=True).start()
        return "http://127.0.0.1:%d" % front.server_address[1]


class Front(http.server.BaseHTTPRequestHandler):
    """What moto lacks; the rest goes to moto."""

    protocol_version = "HTTP/1.1"
    # An answer is a head and a body in two packets: without it each takes 40 ms.
    disable_nagle_algorithm = True
    world = None

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        target = (self.headers.get("X-Amz-Target") or "").split(".")[-1]
        query = dict(urllib.parse.parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
        action = target or query.get("Action", "")
        if "DENIED/" in self.headers.get("Authorization", "") or self.path.strip("/") == f"deny/{action}":
            return self.refuse(403, "AccessDenied", "User is not authorized to perform: " + action, bool(target))
        if target:
            return self.serverless(action, json.loads(body or b"{}"))
        own = OWN.get(action)
        if own:
            return own(self, query)
        if "Authorization" not in self.headers and query.get("Version") in UNSIGNED:
            self.headers["Authorization"] = signature("AKIAUNSIGNED", "us-east-1", UNSIGNED[query["Version"]])
        if self.world.whole and action in ("GetClusterCredentials", "DescribeClusters") and query.get("ClusterIdentifier"):
            self.world.make(query["ClusterIdentifier"], self.headers["Authorization"])
        self.forward(body)

    def forward(self, body):
        headers = {k: v for k, v in self.headers.items() if k.lower() not in ("content-length", "connection", "expect")}
        status, text = self.world.ask(body, headers)
        found = re.search(r"<DbUser>(.*?)</DbUser>", text), re.search(r"<DbPassword>(.*?)</DbPassword>", text)
        if all(found):
            self.world.passwords.setdefault(html.unescape(found[0].group(1)), set()).add(html.unescape(found[1].group(1)))
        if self.world.address:
            text = re.sub(r"<Address>.*?</Address>", f"<Address>{self.world.address}</Address>", text)
        self.reply(status, text, "text/xml")

    def reply(self, status, text, kind):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def answer(self, action, inner):
        self.reply(200, f"<{action}Response><{action}Result>{inner}</{action}Result></{action}Response>", "text/xml")

    def refuse(self, status, code, message, as_json=False):
        if as_json:
            return self.reply(status, json.dumps({"__type": code, "message": message}), "application/x-amz-json-1.1")
        error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{html.escape(message)}</Message></Error>"
        self.reply(status, f"<ErrorResponse>{error}</ErrorResponse>", "text/xml")

    def get_cluster_credentials_with_iam(self, query):
        name = query.get("ClusterIdentifier")
        if not self.world.whole and name not in self.world.made:
            return self.refuse(404, "ClusterNotFound", "Cluster not found.")
        keys = f"<DbUser>IAM:caller</DbUser><DbPassword>{self.world.temporary('IAM:caller')}</DbPassword><Expiration>{END}</Expiration>"
        self.answer("GetClusterCredentialsWithIAM", keys)

    def describe_custom_domain_associations(self, _):
        if not self.world.whole:
            return self.refuse(404, "CustomDomainAssociationNotFoundFault", "No such custom domain.")
        found = "<CertificateAssociation><ClusterIdentifier>found</ClusterIdentifier></CertificateAssociation>"
        found = f"<Association><CertificateAssociations>{found}</CertificateAssociations></Association>"
        self.answer("DescribeCustomDomainAssociations", f"<Associations>{found}</Associations>")

    def describe_authentication_profiles(self, _):
        content = html.escape(json.dumps({"db_user": "awsuser", "cluster_identifier": "my-cluster"}))
        content = f"<AuthenticationProfileContent>{content}</AuthenticationProfileContent>"
        self.answer("DescribeAuthenticationProfiles", f"<AuthenticationProfiles><member>{content}</member></AuthenticationProfiles>")

    def get_identity_center_auth_token(self, _):
        self.answer("GetIdentityCenterAuthToken", f"<Token>{self.world.token()}</Token><ExpirationTime>{END}</ExpirationTime>")

    def serverless(self, action, given):
        name = given.get("workgroupName", given.get("WorkgroupName"))
        if name is not None and not self.world.whole and name not in self.world.workgroups:
            return self.refuse(400, "ResourceNotFoundException", "No such workgroup.", True)
        address = f"{name}.123456789012.us-east-1.redshift-serverless.amazonaws.com"
        cluster = given.get("ClusterIdentifier")
        if cluster is not None and not self.world.whole and cluster not in self.world.made:
            return self.refuse(400, "ValidationException", "Redshift endpoint doesn't exist in this region.", True)
        answers = {
            "ExecuteStatement": lambda: {"Id": str(uuid.uuid4()), "CreatedAt": 1.7e9, "Database": given.get("Database")},
            "DescribeStatement": lambda: {"Id": given.get("Id"), "Status": "FINISHED", "HasResultSet": False, "ResultRows": 1},
            "GetCredentials": lambda: {"dbUser": "IAM:caller", "dbPassword": self.world.temporary("IAM:caller"), "expiration": 4e9},
            "GetWorkgroup": lambda: {"workgroup": {"status": "AVAILABLE", "endpoint": {"address": address, "port": 5439}}},
            "GetIdentityCenterAuthToken": lambda: {"token": self.world.token()},
        }
        if action not in answers:
            return self.refuse(400, "UnknownOperationException", action, True)
        self.reply(200, json.dumps(answers[action]()), "application/x-amz-json-1.1")


# What moto lacks, by the name of the operation.
OWN = {
    "GetClusterCredentialsWithIAM": Front.get_cluster_credentials_with_iam,
    "DescribeCustomDomainAssociations": Front.describe_custom_domain_associations,
    "DescribeAuthenticationProfiles": Front.describe_authentication_profiles,
    "GetIdentityCenterAuthToken": Front.get_identity_center_auth_token,
}


def main():
    if len(sys.argv) > 1:
        sys.exit(__doc__)
    print(World(whole=True).serve(), flush=True)
    sys.stdin.read()
    # Threads of moto would keep the process.
    os._exit(0)


if __name__ == "__main__":
    main()
