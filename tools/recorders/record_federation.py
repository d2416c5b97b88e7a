#!/usr/bin/env python3
"""Records what the real hook of AWS connections does with identity providers, for `tests/it/probe/federation.rs`.

usage: PYTHON tools/recorders/record_federation.py > fixtures/probe/federation.jsonl

Run it with the python of an Airflow that has the Amazon provider (`tools/oracles/airflow-venv.sh 3.3.2-amazon-9.39.0`); google-auth, requests-gssapi and
the Google provider are fetched once. Each case has a provider on loopback that answers what the case says; STS is a stand-in that takes
everything. `gssapi` is replaced by one that has no ticket, as on a machine without Kerberos.
"""

import base64
import http.server
import json
import logging
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import types
import urllib.parse
import warnings

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGES = ["google-auth==2.63.0", "requests-gssapi==1.4.0", "apache-airflow-providers-google==22.8.0"]
ROLE = "arn:aws:iam::123456789012:role/etl"
FORM = "<HTML><BODY><FORM><INPUT NAME='SAMLResponse' VALUE='Canary7PHNhbWw+'/><INPUT NAME='RelayState' VALUE='r'/></FORM></BODY></HTML>"
ACCOUNT = json.loads((ROOT / "fixtures/probe/service_account.json").read_text())
#: Its key stands in that file alone.
KEY = json.dumps({**ACCOUNT, "private_key": "{key}"})
#: With the end of its time, in 2099.
TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjQwNzA5MDg4MDB9.Canary7Canary7"
MACHINE = "/computeMetadata/v1/instance/service-accounts/default/"


def page(body, status=200, **headers):
    return {"/sso": [status, headers, body]}


def saml(name, answers, **more):
    block = {
        "principal_arn": "arn:aws:iam::123456789012:saml-provider/example",
        "idp_auth_method": "http_spegno_auth",
        "idp_url": "{idp}/sso",
        "saml_response_xpath": "////INPUT[@NAME='SAMLResponse']/@VALUE",
        **more,
    }
    extra = {"region_name": "eu-west-1", "role_arn": ROLE, "assume_role_method": "assume_role_with_saml", "assume_role_with_saml": block}
    return {"name": name, "answers": answers, "extra": {**extra, "assume_role_kwargs": {"DurationSeconds": 900}}, "files": {}, "env": {}}


def google(name, answers, audience="sts.amazonaws.com", files=None, env=None):
    extra = {"region_name": "eu-west-1", "role_arn": ROLE, "assume_role_method": "assume_role_with_web_identity"}
    extra["assume_role_with_web_identity_federation"] = "google"
    if audience is not None:
        extra["assume_role_with_web_identity_federation_audience"] = audience
    return {"name": name, "answers": answers, "extra": extra, "files": files or {}, "env": env or {}}


def account(name, answers, text=KEY, **more):
    return google(name, answers, files={"key.json": text}, env={"GOOGLE_APPLICATION_CREDENTIALS": "{home}/key.json"}, **more)


def token(body, status=200):
    return {"/token": [status, {}, body]}


def machine(**more):
    answers = {
        "/": [200, {"Metadata-Flavor": "Google"}, ""],
        MACHINE: [200, {}, json.dumps({"email": "airflow@example.iam.gserviceaccount.com"})],
        MACHINE + "identity": [200, {"X-Type": "text/html"}, TOKEN],
    }
    return {**answers, **more}


def changed(**more):
    return json.dumps({k: v for k, v in {**json.loads(KEY), **more}.items() if v is not None})


ON_MACHINE = {"GCE_METADATA_IP": "{host}", "GCE_METADATA_HOST": "{host}"}
GOOD = json.dumps({"id_token": TOKEN})
CASES = [
    saml("saml", page(FORM)),
    saml("saml with arguments", page(FORM), idp_request_kwargs={"params": {"loginToRp": "urn:amazon:webservices", "n": 1}, "headers": {"X-A": "b"}}),
    saml("saml with a query of its own", page(FORM), idp_url="{idp}/sso?a=b", idp_request_kwargs={"params": {"c": "d e"}}),
    saml("saml through a redirect", {"/sso": [302, {"Location": "/wia?x=1", "Set-Cookie": "s=1; Path=/"}, ""], "/wia": [200, {}, FORM]}),
    saml("saml redirect not followed", {"/sso": [302, {"Location": "/wia"}, ""]}, idp_request_kwargs={"allow_redirects": False}),
    saml("saml in circles", {"/sso": [302, {"Location": "/sso"}, ""]}),
    saml("saml retries", page("", 503), idp_request_retry_kwargs={"total": 0, "status_forcelist": [503]}),
    saml("saml Kerberos", page("", 401, **{"WWW-Authenticate": "Negotiate"})),
    saml("saml Kerberos, optional", page("", 401, **{"WWW-Authenticate": "Negotiate"}), mutual_authentication="OPTIONAL"),
    saml("saml another log-in", page("", 401, **{"WWW-Authenticate": "Basic realm=x"})),
    saml("saml forbidden", page("", 403)),
    saml("saml broken", page("", 500)),
    saml("saml required", page(FORM), mutual_authentication="REQUIRED"),
    saml("saml optional", page(FORM), mutual_authentication="OPTIONAL"),
    saml("saml disabled", page(FORM), mutual_authentication="DISABLED"),
    saml("saml no XML", page("<html><body><input name=user>")),
    saml("saml nothing", page("")),
    saml("saml log-in form", page("<HTML><INPUT NAME='user'/></HTML>")),
    saml("saml two", page(FORM), saml_response_xpath="//@NAME | //@VALUE"),
    saml("saml element", page(FORM), saml_response_xpath="//FORM"),
    saml("saml string", page(FORM), saml_response_xpath="string(//INPUT[@NAME='SAMLResponse']/@VALUE)"),
    saml("saml prefix", page(FORM), saml_response_xpath="//saml:Response"),
    saml("saml no URL", page(FORM), idp_url="idp.example.com/sso"),
    saml("saml nobody there", page(FORM), idp_url="http://127.0.0.1:1/sso"),
    saml("saml unknown argument", page(FORM), idp_request_kwargs={"tls": True}),
    saml("saml roots missing", page(FORM), idp_url="https://127.0.0.1:1/sso", idp_request_kwargs={"verify": "/nowhere/ca.pem"}),
    account("google account", token(GOOD)),
    account("google account without audience", token(GOOD), audience=None),
    account("google account without id of its key", token(GOOD), changed(private_key_id=None)),
    account("google refused", token(json.dumps({"error": "invalid_grant", "error_description": "Invalid JWT Signature."}), 400)),
    account("google empty answer", token("{}")),
    account("google no token", token(json.dumps({"id_token": "Canary7"}))),
    account("google no email", token(GOOD), changed(client_email=None)),
    account("google no address", token(GOOD), changed(token_uri=None)),
    account("google no key", token(GOOD), changed(private_key=None)),
    account("google bad key", token(GOOD), changed(private_key="Canary7")),
    account("google other type", token(GOOD), '{"type": "external_account"}'),
    account("google no JSON", token(GOOD), "Canary7"),
    account("google half a user", token(GOOD), '{"type": "authorized_user", "client_id": "a", "client_secret": "Canary7"}'),
    google("google file missing", token(GOOD), env={"GOOGLE_APPLICATION_CREDENTIALS": "{home}/key.json"}),
    google("google empty variable", machine(), env={"GOOGLE_APPLICATION_CREDENTIALS": "", **ON_MACHINE}),
    google("google of gcloud", token(GOOD), files={".config/gcloud/application_default_credentials.json": KEY}),
    google("google of gcloud elsewhere", token(GOOD), files={"sdk/application_default_credentials.json": KEY}, env={"CLOUDSDK_CONFIG": "{home}/sdk"}),
    google("google machine", machine(), env=ON_MACHINE),
    google("google machine without audience", machine(), audience=None, env=ON_MACHINE),
    google("google another machine", machine(**{"/": [200, {}, ""]}), env=ON_MACHINE),
    google("google machine without account", machine(**{MACHINE: [404, {}, ""]}), env=ON_MACHINE),
    google("google machine refuses", machine(**{MACHINE + "identity": [403, {}, ""]}), env=ON_MACHINE),
    google("google nowhere", {}, env={"GCE_METADATA_IP": "127.0.0.1:1", "GCE_METADATA_DETECT_RETRIES": "1"}),
]


class Serving(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.server.asked.append({"line": f"{self.command} {self.path}", "cookie": self.headers.get("Cookie"), "body": body})
        status, headers, text = self.server.answers.get(self.path.split("?")[0], (404, {}, ""))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", headers.get("X-Type", "application/json"))
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    do_POST = do_PUT = do_GET

    def log_message(self, *_):
        pass


class Sts(Serving):
    def do_POST(self):
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        operation = form.pop("Action")
        self.server.asked.append({"operation": operation, "signed": "Authorization" in self.headers, **{k: v for k, v in form.items() if k != "Version"}})
        keys = "<AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>"
        text = f"<{operation}Response><{operation}Result><Credentials>{keys}</Credentials></{operation}Result></{operation}Response>"
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())


def serve(handler):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.asked, server.answers = [], {}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"127.0.0.1:{server.server_port}"


def without_kerberos():
    """A `gssapi` that has no ticket."""

    class GSSError(Exception):
        def gen_message(self):
            return "no ticket"

    def none(*_, **__):
        raise GSSError

    name = types.SimpleNamespace(hostbased_service=1)
    flags = types.SimpleNamespace(mutual_authentication=1, delegate_to_peer=2)
    sys.modules["gssapi"] = types.SimpleNamespace(
        OID=types.SimpleNamespace(from_int_seq=lambda _: None), Name=type("Name", (), {"__init__": none}), NameType=name,
        RequirementFlag=flags, SecurityContext=none, exceptions=types.SimpleNamespace(GSSError=GSSError), raw=None,
    )


def claims(body):
    """What a service account signed, but for the times."""
    form = dict(urllib.parse.parse_qsl(body))
    parts = [json.loads(base64.urlsafe_b64decode(p + "==")) for p in form["assertion"].split(".")[:2]]
    return {"grant_type": form["grant_type"], "header": parts[0], "claims": {k: v for k, v in parts[1].items() if k not in ("iat", "exp")}}


def main():
    # Airflow logs to standard output.
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    with tempfile.TemporaryDirectory() as packages:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--target", packages]
        subprocess.run(pip + PACKAGES, check=True, stdout=sys.stderr)
        sys.path.append(packages)
        warnings.simplefilter("ignore")
        logging.disable(logging.CRITICAL)
        without_kerberos()
        import airflow.providers

        airflow.providers.__path__ = [*airflow.providers.__path__, packages + "/airflow/providers"]
        from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook

        (provider, idp), (sts, aws) = serve(Serving), serve(Sts)
        base = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "GOOGLE", "GCE", "CLOUDSDK")) and not k.lower().endswith("_proxy")}
        for case in CASES:
            with tempfile.TemporaryDirectory() as home:
                fill = lambda text: text.replace("{idp}", f"http://{idp}").replace("{home}", home).replace("{host}", idp).replace("{key}", json.dumps(ACCOUNT["private_key"])[1:-1])
                provider.asked, sts.asked, provider.answers = [], [], case["answers"]
                for name, text in case["files"].items():
                    path = pathlib.Path(home, name)
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(fill(text))
                os.environ.clear()
                os.environ.update(base, HOME=home, AWS_ENDPOINT_URL=f"http://{aws}", AWS_EC2_METADATA_DISABLED="true")
                os.environ.update({k: fill(v) for k, v in case["env"].items()})
                os.environ["AIRFLOW_CONN_AWS_DEFAULT"] = json.dumps({"conn_type": "aws", "extra": json.loads(fill(json.dumps(case["extra"])))})
                for module in [m for m in sys.modules if m.startswith("google.auth.compute_engine")]:
                    # It reads the variables when it is imported.
                    del sys.modules[module]
                try:
                    AwsBaseHook(aws_conn_id="aws_default", client_type="sts").get_session().get_credentials().get_frozen_credentials()
                    outcome = {"ok": True}
                except Exception as error:
                    outcome = {"ok": False, "exception": type(error).__name__}
                asked = [{k: v for k, v in a.items() if v and k != "body"} for a in provider.asked]
                signed = [claims(a["body"]) for a in provider.asked if "assertion=" in a["body"]]
                call = [{k: v for k, v in a.items() if k != "RoleSessionName"} for a in sts.asked]
                case.update(outcome=outcome, asked=asked, signed=signed[:1], sts=call)
                print(json.dumps(case), file=out, flush=True)


if __name__ == "__main__":
    main()
