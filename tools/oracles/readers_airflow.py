"""What reads in earnest what airconn writes: Airflow and its relatives, shells, docker and systemd. For tools/compare/real_readers.py."""

import base64
import contextlib
import inspect
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace

from readers_given import FIELDS

GENERATOR = "/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator"


def fields_of(connection):
    return {name: getattr(connection, name) for name in FIELDS}


class Readers:
    """Airflow and its relatives in this process, with a database of their own."""

    def __init__(self, work, clients):
        self.work, self.clients = work, clients
        os.environ.update(AIRFLOW_HOME=str(work / "home"), AIRFLOW__CORE__LOAD_EXAMPLES="False", AIRFLOW__CORE__FERNET_KEY="",
                          AIRFLOW__LOGGING__LOGGING_LEVEL="ERROR", AIRFLOW__CORE__UNIT_TEST_MODE="False",
                          _AIRFLOW_PROCESS_CONTEXT="server")  # fmt: skip
        from airflow.models.connection import Connection

        self.connection = Connection
        self.parser = None
        self.of_clouds = None

    # What was meant.

    def meant(self, conn_id, fields, form):
        """What Airflow itself makes of the connection in this form."""
        connection = self.connection(conn_id=conn_id, **fields)
        if form == "uri":
            return fields_of(self.connection(conn_id=conn_id, uri=connection.get_uri()))
        if form == "json":
            return fields_of(self.connection.from_json(connection.as_json(), conn_id=conn_id))
        return fields

    # Files and the database.

    def file(self, text, ending):
        path = self.work / f"given{ending}"
        path.write_bytes(text.encode())
        return path

    def files(self, ending):
        def read(text, _):
            from airflow.secrets.local_filesystem import load_connections_dict

            return {k: fields_of(c) for k, c in load_connections_dict(str(self.file(text, ending))).items()}

        return read

    def airflow(self, *arguments):
        if self.parser is None:
            from airflow.cli import cli_parser

            self.parser = cli_parser.get_parser()
            self.airflow("db", "migrate")
        arguments = self.parser.parse_args(list(arguments))
        with contextlib.redirect_stdout(sys.stderr):
            arguments.func(arguments)

    def rows(self):
        from airflow.utils.session import create_session

        with create_session() as session:
            found = {c.conn_id: fields_of(c) for c in session.query(self.connection)}
            session.query(self.connection).delete()
        return found

    def imported(self, ending):
        def read(text, _):
            self.airflow("db", "check")
            self.rows()
            self.airflow("connections", "import", str(self.file(text, ending)))
            return self.rows()

        return read

    # Environments.

    def environment(self, variables):
        def read(text, kept):
            from airflow.secrets.environment_variables import EnvironmentVariablesBackend

            given = variables(text)
            for name, value in given.items():
                os.environ[name] = value
            try:
                asked = {conn_id: EnvironmentVariablesBackend().get_connection(conn_id) for conn_id in kept}
            finally:
                for name in given:
                    del os.environ[name]
            return {conn_id: fields_of(c) for conn_id, c in asked.items() if c}

        return read

    def shell(self, *shell):
        def read(text):
            script = 'set -a; . "$1"; env -0'
            done = subprocess.run([*shell, "-c", script, "x", self.file(text, ".env")], env={"PATH": os.environ["PATH"]}, capture_output=True)
            pairs = [pair.partition("=") for pair in done.stdout.decode().split("\0") if pair.startswith("AIRFLOW_CONN_")]
            return {name: value for name, _, value in pairs}

        return read

    def docker(self, text):
        """The command line of docker sends what it reads to a daemon: here to a stand-in."""
        sent = []

        class Daemon(BaseHTTPRequestHandler):
            def do_GET(self):
                self.answer(b"OK")

            do_HEAD = do_GET

            def do_POST(self):
                sent.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.answer(b'{"Id": "x", "Warnings": []}')

            def answer(self, body):
                self.send_response(200)
                self.send_header("Api-Version", "1.41")
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            def log_message(self, *_):
                pass

        server = HTTPServer(("127.0.0.1", 0), Daemon)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        host = f"tcp://127.0.0.1:{server.server_port}"
        command = ["docker", "--host", host, "create", "--env-file", self.file(text, ".list"), "x"]
        done = subprocess.run(command, capture_output=True, env={"PATH": os.environ["PATH"], "HOME": str(self.work)})
        server.shutdown()
        if not sent:
            raise RuntimeError(done.stderr.decode())
        return {name: value for name, _, value in (pair.partition("=") for pair in sent[0]["Env"])}

    def systemd(self, text):
        """systemd's parser of such files, by the program that reads them for the sessions of users. It fills in `$` afterwards, which
        EnvironmentFile= does not: two letters of the private use area stand for it on the way."""
        folder = self.work / "config" / "environment.d"
        folder.mkdir(parents=True, exist_ok=True)
        # `\$` between double quotes is the dollar sign; elsewhere one stands for itself.
        (folder / "1.conf").write_text(text.replace("\\$", "\uf8f0").replace("$", "\uf8f1"))
        done = subprocess.run([GENERATOR], env={"HOME": str(self.work), "XDG_CONFIG_HOME": str(self.work / "config")}, capture_output=True)
        # What it prints is quoted for a shell, $'…' and all.
        printed = self.shell("bash")(done.stdout.decode())
        return {name: value.replace("\uf8f0", "$").replace("\uf8f1", "$") for name, value in printed.items()}

    def compose(self, text):
        return self.clients([["compose", text]])[0]

    def kubernetes(self, text):
        import yaml

        found = {}
        for manifest in yaml.safe_load_all(text):
            found |= manifest.get("stringData", {})
            found |= {name: base64.b64decode(value, validate=True).decode() for name, value in manifest.get("data", {}).items()}
        return found

    def helm(self, text):
        import yaml

        values = yaml.safe_load(text)
        found = {}
        for secret in values["extraSecrets"].values():
            # The chart renders the text as a template: with nothing to fill in it stays what it is.
            assert "{{" not in secret["stringData"]
            found |= yaml.safe_load(secret["stringData"])
        return found

    # The API.

    def rest(self, text, _):
        from airflow.api_fastapi.core_api.datamodels.common import BulkBody
        from airflow.api_fastapi.core_api.datamodels.connections import ConnectionBody

        body = BulkBody[ConnectionBody].model_validate_json(text)
        entities = [entity.model_dump(by_alias=True) for action in body.actions for entity in action.entities]
        return {e["conn_id"]: fields_of(self.connection(**{k: v for k, v in e.items() if k != "team_name"})) for e in entities}

    def airflowctl(self, text, kept):
        from airflowctl.ctl.commands.connection_command import import_

        sent = []

        def bulk(body):
            sent.append(body.model_dump_json(by_alias=True, exclude_none=True))
            return SimpleNamespace(create=SimpleNamespace(errors=[], success=[]))

        arguments = SimpleNamespace(file=str(self.file(text, ".json")), action_on_existing_key="overwrite")
        with contextlib.redirect_stdout(sys.stderr):
            import_.__wrapped__(arguments, api_client=SimpleNamespace(connections=SimpleNamespace(bulk=bulk)))
        return self.rest(sent[0], kept)

    def astro(self, text, _):
        import yaml

        found = {}
        for given in yaml.safe_load(text)["airflow"]["connections"]:
            fields = {name: given.get(name if name == "conn_type" else f"conn_{name}") for name in FIELDS}
            found[given["conn_id"]] = {**fields, "description": None}
        return found

    def astro_environment(self, text, kept):
        """Astro hands the connections to Airflow as the file of its LocalFilesystemBackend."""
        mounted = {}
        for given in json.loads(text)["environmentObjects"]:
            connection = given["connection"]
            mounted[given["objectKey"]] = {("conn_type" if name == "type" else name): value for name, value in connection.items()}
        return self.files(".json")(json.dumps(mounted), kept)

    # Secrets backends, with clients that answer from what was written.

    def backend(self, backend, kept):
        asked = {conn_id: backend.get_connection(conn_id) for conn_id in kept}
        return {conn_id: fields_of(c) for conn_id, c in asked.items() if c}

    def secrets_manager(self, secrets, kept):
        from airflow.providers.amazon.aws.secrets.secrets_manager import SecretsManagerBackend

        backend = SecretsManagerBackend()
        backend.__dict__["client"] = SimpleNamespace(get_secret_value=lambda SecretId: {"SecretString": secrets[SecretId]})
        return self.backend(backend, kept)

    def parameter_store(self, parameters, kept):
        from airflow.providers.amazon.aws.secrets.systems_manager import SystemsManagerParameterStoreBackend

        backend = SystemsManagerParameterStoreBackend()
        answer = lambda Name, WithDecryption: {"Parameter": {"Value": parameters[Name]}}  # noqa: E731
        backend.__dict__["client"] = SimpleNamespace(get_parameter=answer)
        return self.backend(backend, kept)

    def vault(self, secrets, kept):
        from airflow.providers.hashicorp.secrets.vault import VaultBackend

        backend = VaultBackend(connections_path="connections", mount_point="secret", url="http://127.0.0.1:1", token="made-up")
        backend.vault_client = SimpleNamespace(get_secret=lambda secret_path, **_: secrets[secret_path])
        return self.backend(backend, kept)

    def aws_secrets(self, text, kept):
        return self.secrets_manager({s["SecretId"]: s["SecretString"] for s in map(json.loads, text.splitlines())}, kept)

    def ssm(self, text, kept):
        return self.parameter_store({p["Name"]: p["Value"] for p in map(json.loads, text.splitlines())}, kept)

    def vault_answers(self, text, kept):
        return self.vault({answer["path"].removeprefix("secret/data/"): answer["data"]["data"] for answer in json.loads(text)}, kept)

    # Commands.

    def commands(self, text):
        """What a shell hands to the commands of a script: (arguments, standard input)."""
        with tempfile.TemporaryDirectory(dir=self.work) as folder:
            define = 'record() { f=$(mktemp "$0/XXXXXXXXXX"); printf "%s\\0" "$@" >"$f"; if [ -p /dev/stdin ]; then cat >"$f.in"; fi; }\n'
            define += "".join(f'{c}() {{ record {c} "$@"; }}\n' for c in ("airflow", "aws", "vault", "gcloud", "az"))
            script = self.file(define + text, ".sh")
            environment = {"PATH": os.environ["PATH"], "VAULT": "made-up", "HOME": str(self.work)}
            done = subprocess.run(["sh", "-c", f'. "{script}"', folder], stdin=subprocess.DEVNULL, capture_output=True, env=environment)
            if done.returncode or done.stderr:
                raise RuntimeError(done.stderr.decode()[:300])
            taken = []
            for path in Path(folder).iterdir():
                if path.suffix != ".in":
                    stdin = path.with_suffix(".in")
                    taken.append((path.read_bytes().decode().split("\0")[:-1], stdin.read_bytes().decode() if stdin.exists() else None))
            return taken

    def added(self, text, kept):
        self.airflow("db", "check")
        self.rows()
        from airflow.cli.commands.connection_command import connections_add

        # Without what every command writes into the log of the database, which takes most of the time.
        add = inspect.unwrap(connections_add)
        with contextlib.redirect_stdout(sys.stderr):
            for arguments, _ in self.commands(text):
                add(self.parser.parse_args(arguments[1:]))
        return self.rows()

    def parameters(self, text, service, operation):
        """The inputs of commands of the AWS command line, as botocore takes them."""
        import botocore.session
        from botocore.validate import ParamValidator

        model = botocore.session.get_session().get_service_model(service).operation_model(operation)
        inputs = []
        for arguments, _ in self.commands(text):
            given = json.loads(arguments[arguments.index("--cli-input-json") + 1])
            report = ParamValidator().validate(given, model.input_shape)
            if report.has_errors():
                raise ValueError(report.generate_report())
            inputs.append(given)
        return inputs

    def aws_secrets_commands(self, text, kept):
        return self.secrets_manager({p["Name"]: p["SecretString"] for p in self.parameters(text, "secretsmanager", "CreateSecret")}, kept)

    def ssm_commands(self, text, kept):
        return self.parameter_store({p["Name"]: p["Value"] for p in self.parameters(text, "ssm", "PutParameter")}, kept)

    def vault_commands(self, text, kept):
        taken = self.commands(text)
        assert all(arguments[:4] == ["vault", "kv", "put", "-mount=secret"] and arguments[5:] == ["-"] for arguments, _ in taken)
        return self.vault({arguments[4]: json.loads(stdin) for arguments, stdin in taken}, kept)

    def clouds(self):
        if self.of_clouds is None:
            from readers_clouds import Clouds

            self.of_clouds = Clouds(self.work)
        return self.of_clouds

    def google(self, text, kept):
        return self.backend(self.clouds().google({s["name"]: s["payload"]["data"] for s in json.loads(text)}), kept)

    def google_commands(self, text, kept):
        secrets = {arguments[3]: base64.b64encode(stdin.encode()) for arguments, stdin in self.commands(text)}
        return self.backend(self.clouds().google(secrets), kept)

    def azure(self, text, kept):
        return self.backend(self.clouds().azure({s["name"]: s["value"] for s in json.loads(text)}), kept)

    def azure_commands(self, text, kept):
        secrets = {a[a.index("--name") + 1]: a[a.index("--value") + 1] for a, _ in self.commands(text)}
        return self.backend(self.clouds().azure(secrets), kept)

    # Texts.

    def uris(self, text, kept):
        return {i: fields_of(self.connection(conn_id=i, uri=line)) for i, line in zip(kept, text.split("\n"))}

    def jsonl(self, text, kept):
        """airconn's own: the reader is any JSON parser."""
        found = {}
        for line in text.splitlines():
            given = json.loads(line)
            extra = given.get("extra")
            found[given.pop("conn_id")] = {**given, "extra": json.dumps(extra) if isinstance(extra, dict) else extra}
        return found

    def terraform(self, text, _):
        return {k: {**dict.fromkeys(FIELDS), **v} for k, v in self.clients([["terraform", text]])[0].items()}

    def real_terraform(self, text, _):
        """Terraform evaluates the bodies of the resources as values of its console."""
        bodies = re.sub(r'^resource "airflow_connection" ("[^"]*") \{$', r"\1 = {", text, flags=re.M)
        with tempfile.TemporaryDirectory(dir=self.work) as folder:
            (Path(folder) / "main.tf").write_text(f"locals {{\nall = {{\n{bodies}\n}}\n}}\n")
            environment = {"PATH": os.environ["PATH"], "HOME": str(self.work), "CHECKPOINT_DISABLE": "1"}
            done = subprocess.run(["terraform", "console"], input="base64encode(jsonencode(local.all))", cwd=folder, env=environment,
                                  capture_output=True, text=True)  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr[:400])
        bodies = json.loads(base64.b64decode(json.loads(done.stdout)))
        return {body["connection_id"]: {**dict.fromkeys(FIELDS), **body} for body in bodies.values()}
