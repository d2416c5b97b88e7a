#!/usr/bin/env python3
"""Writes fixtures/repairs/hooks-VERSION.jsonl.gz: what real hooks make of an extra before and after each repair of it.

usage: record_repairs.py [TYPE...]

Run with a Python that has Airflow and the providers of the types in USES: 3.3.2 with the newest ones, or what
`AIRCONN_PYTHON=python3.8 tools/oracles/airflow-venv.sh 2.3.4-providers` prints, whose providers of 2022 often read the long names
(`extra__TYPE__NAME`) only. VERSION is that of Airflow. Nothing leaves the machine: drivers, clients and
credentials are stand-ins that write down how they are made and called, and no socket connects. A row is a connection type with one
extra (`before`), the extra that a repair makes of it (`after`), and what each use of the hook did with both: calls in order, or the
exception. `without` is the same without that extra, so that one sees whether it is read at all.
"""
import gzip
import importlib
import importlib.machinery
import importlib.metadata
import importlib.util
import json
import logging
import os
import pathlib
import re
import socket
import sys
import tempfile
import types
import warnings

HOME = tempfile.mkdtemp()
for name in list(os.environ):
    if name.startswith(("AWS_", "AIRFLOW", "PG", "GOOGLE", "AZURE", "OPENAI", "DATABRICKS", "SNOWFLAKE", "KUBE")):
        del os.environ[name]
os.environ.update(
    AIRFLOW_HOME=HOME,
    HOME=HOME,
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
    AIRFLOW__LOGGING__LOGGING_LEVEL="CRITICAL",
    NO_GCE_CHECK="true",
    AIRFLOW__PROVIDERS_JDBC__ALLOW_DRIVER_CLASS_IN_EXTRA="True",
    AIRFLOW__PROVIDERS_JDBC__ALLOW_DRIVER_PATH_IN_EXTRA="True",
)
warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

ROOT = pathlib.Path(__file__).resolve().parents[2]
AIRFLOW = importlib.metadata.version("apache-airflow")
# Providers of its time look up long names.
OLD = AIRFLOW < "2.5"
TARGET = ROOT / f"fixtures/repairs/hooks-{AIRFLOW}.jsonl.gz"
CATALOG = ROOT / "src/catalog"

LOG = []


class Reached(Exception):
    """The hook got as far as the network."""


def no_network(*_, **__):
    raise Reached("network")


socket.socket.connect = no_network
socket.socket.connect_ex = no_network
socket.getaddrinfo = no_network
socket.gethostbyname = no_network


def canon(value):
    """A value as JSON that is the same in every run."""
    if isinstance(value, str) and value.startswith(tempfile.gettempdir()):
        path = pathlib.Path(value)
        return {"file": path.read_text()} if path.is_file() else "TMP"
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Made):
        return value._made
    if isinstance(value, dict):
        return {str(k): canon(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        items = sorted(value, key=str) if isinstance(value, (set, frozenset)) else value
        return [canon(v) for v in items]
    if isinstance(value, type) or callable(value):
        return getattr(value, "__qualname__", type(value).__name__)
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return type(value).__name__


class Made:
    """Stands for whatever was made or called, and writes down how."""

    _name = "?"

    def __init__(self, *args, **kwargs):
        self._made = [type(self)._name, canon(args), canon(kwargs)]
        LOG.append(self._made)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return stand_in(f"{type(self)._name}.{name}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def __iter__(self):
        return iter(())


def stand_in(name):
    def __class_getattr__(cls, attribute):
        return stand_in(f"{name}.{attribute}")

    class Meta(type):
        def __getattr__(cls, attribute):
            if attribute.startswith("__"):
                raise AttributeError(attribute)
            return stand_in(f"{name}.{attribute}")

    return Meta(name.rsplit(".", 1)[-1], (Made,), {"_name": name})


def load(path):
    return importlib.import_module("airflow.providers." + path)


def hook(path, name):
    return getattr(load(path), name)


def sink(module, *names, result=None):
    """Replaces what a module calls by stand-ins. A driver that is not installed becomes one whole."""
    if "." not in module and not importlib.util.find_spec(module):
        sys.modules[module] = types.ModuleType(module)
        sys.modules[module].__spec__ = importlib.machinery.ModuleSpec(module, None)
        for name in names:
            setattr(sys.modules[module], name, lambda: None)
    module = importlib.import_module(module)
    for name in names:
        old = getattr(module, name, None)
        if old is None or getattr(old, "_name", None):
            continue
        made = stand_in(name)
        if result is not None:

            def call(*args, made=made, **kwargs):
                made(*args, **kwargs)
                return result

            call._name = name
            made = call
        setattr(module, name, made)


def sink_packages(path, *packages):
    """Replaces all that a provider's module has imported from these packages."""
    module = load(path)
    for name, value in list(vars(module).items()):
        home = getattr(value, "__module__", None) or ""
        if (isinstance(value, type) or callable(value)) and home.startswith(packages) and not getattr(value, "_name", None):
            setattr(module, name, stand_in(name))
    return module


def send(session, request, **kwargs):
    import requests

    kwargs = {k: v for k, v in kwargs.items() if k != "hooks"}
    body = request.body.decode("latin-1") if isinstance(request.body, bytes) else request.body
    LOG.append(["send", request.method, request.url, canon(dict(request.headers)), canon(body), canon(kwargs)])
    answer = requests.Response()
    answer.status_code = 200
    answer._content = b"{}"
    answer.headers["content-type"] = "application/json"
    answer.request, answer.url = request, request.url
    return answer


def see(thing, *names):
    """Writes down attributes, or calls methods without arguments."""
    for name in names:
        try:
            value = getattr(thing, name)
            value = value() if callable(value) and not isinstance(value, (type, Made)) else value
            LOG.append([name, canon(value)])
        except Exception as e:
            LOG.append([name, f"{type(e).__name__}: {e}"[:80]])


def attributes(thing):
    skip = ("log", "_log", "client", "_client", "_connection", "connection", "conn", "_hook", "logger")
    LOG.append(["attributes", {k: canon(v) for k, v in vars(thing).items() if k.strip("_") not in skip}])


# --- how each type is used


def snowflake():
    module = load("snowflake.hooks.snowflake")
    sink("snowflake.connector", "connect")
    h = module.SnowflakeHook("x")
    see(h, "_get_static_conn_params")
    h.get_conn()


def google(path="common.hooks.base_google", name="GoogleBaseHook"):
    base = load("google.common.hooks.base_google")
    from google.auth.credentials import AnonymousCredentials

    sink(base.__name__, "get_credentials_and_project_id", result=(AnonymousCredentials(), "p"))
    h = hook("google." + path, name)(gcp_conn_id="x")
    see(h, "num_retries", "scopes", "project_id", "quota_project_id")
    h.get_credentials_and_project_id()
    return h


def bigquery():
    h = google("cloud.hooks.bigquery", "BigQueryHook")
    see(h, "use_legacy_sql", "location", "priority", "labels", "api_resource_configs", "get_uri")


def kubernetes():
    module = load("cncf.kubernetes.hooks.kubernetes")
    for name in ("load_kube_config", "load_incluster_config", "load_kube_config_from_dict"):
        sink("kubernetes.config", name)
    sink(module.__name__, "_disable_verify_ssl", "_enable_tcp_keepalive")
    h = module.KubernetesHook(conn_id="x")
    see(h, "get_namespace", "get_xcom_sidecar_container_image", "get_xcom_sidecar_container_resources")
    see(h, "get_xcom_sidecar_container_security_context")
    h.get_conn()


def slack():
    module = load("slack.hooks.slack")
    sink(module.__name__, "WebClient")
    see(module.SlackHook(slack_conn_id="x"), "_get_conn_params")
    module.SlackHook(slack_conn_id="x").client


def slackwebhook():
    module = load("slack.hooks.slack_webhook")
    sink(module.__name__, "WebhookClient")
    see(module.SlackWebhookHook(slack_webhook_conn_id="x"), "_get_conn_params")
    module.SlackWebhookHook(slack_webhook_conn_id="x").client


def smtp():
    sink("smtplib", "SMTP", "SMTP_SSL")
    with hook("smtp.hooks.smtp", "SmtpHook")(smtp_conn_id="x") as h:
        see(h, "from_email", "subject_template", "html_content_template", "timeout", "ssl_context", "smtp_retry_limit")


AZURE = ("azure", "msrest", "msal", "adal", "airflow.providers.microsoft.azure.utils")


def azure_hook(path, name, use, **arguments):
    def run():
        module = load("microsoft.azure.hooks." + path)
        kept = {n: getattr(module, n) for n in ("get_field", "add_managed_identity_connection_widgets") if hasattr(module, n)}
        sink_packages("microsoft.azure.hooks." + path, *AZURE)
        for n, value in kept.items():
            setattr(module, n, value)
        # Providers of 2022 have no such module.
        if importlib.util.find_spec("airflow.providers.microsoft.azure.utils"):
            utils = "airflow.providers.microsoft.azure.utils"
            sink(utils, "get_sync_default_azure_credential", "get_async_default_azure_credential")
        use(getattr(module, name)(**arguments))

    return run


def azure_conn(h):
    made = h.get_conn()
    if isinstance(made, dict):
        LOG.append(["client", canon(made)])


def ssh_like(path, name):
    def run():
        import paramiko

        sink("paramiko", "SSHClient", "ProxyCommand")
        h = hook(path, name)(ssh_conn_id="x")
        attributes(h)
        h.get_conn()

    return run


def mysql():
    sink("MySQLdb", "connect")
    sink("mysql.connector", "connect")
    h = hook("mysql.hooks.mysql", "MySqlHook")(mysql_conn_id="x")
    h.get_conn()


def mssql():
    module = load("microsoft.mssql.hooks.mssql")
    sink(module.__name__, "connect")
    sink("pymssql", "connect")
    h = module.MsSqlHook(mssql_conn_id="x")
    h.get_conn()


def http():
    h = hook("http.hooks.http", "HttpHook")(method="GET", http_conn_id="x")
    h.run("v1/x")


def docker():
    module = load("docker.hooks.docker")
    sink(module.__name__, "APIClient")
    h = module.DockerHook(docker_conn_id="x", base_url="unix:///x", **({"version": "auto"} if OLD else {}))
    h.get_conn()


def redis():
    module = load("redis.hooks.redis")
    sink(module.__name__, "Redis", "RedisCluster", "ClusterNode")
    module.RedisHook(redis_conn_id="x").get_conn()


def mongo():
    module = load("mongo.hooks.mongo")
    sink(module.__name__, "MongoClient")
    h = module.MongoHook("x")
    h.get_conn()


def trino():
    module = load("trino.hooks.trino")
    sink("trino.dbapi", "connect")
    sink("trino.auth", "BasicAuthentication", "JWTAuthentication", "CertificateAuthentication", "KerberosAuthentication")
    module.TrinoHook(trino_conn_id="x").get_conn()


def jdbc():
    sink("jaydebeapi", "connect")
    hook("jdbc.hooks.jdbc", "JdbcHook")(jdbc_conn_id="x").get_conn()


def odbc():
    module = load("odbc.hooks.odbc")
    sink(module.__name__, "connect")
    sink("pyodbc", "connect")
    h = module.OdbcHook(odbc_conn_id="x", driver="d")
    h.get_conn()


def oracle():
    sink("oracledb", "connect", "init_oracle_client")
    hook("oracle.hooks.oracle", "OracleHook")(oracle_conn_id="x").get_conn()


def databricks():
    h = hook("databricks.hooks.databricks_base", "BaseDatabricksHook")("x", retry_limit=1)
    h.__dict__["user_agent_value"] = "x"
    h._do_api_call(("GET", "2.1/jobs/list"))


def databricks_sql():
    module = load("databricks.hooks.databricks_sql")
    sink("databricks.sql", "connect")
    h = module.DatabricksSqlHook("x", http_path="/p")
    h.__dict__["user_agent_value"] = "x"
    h.get_conn()


def spark():
    h = hook("apache.spark.hooks.spark_submit", "SparkSubmitHook")(conn_id="x")
    LOG.append(canon(h._build_spark_submit_command("app.py")))


def salesforce():
    module = load("salesforce.hooks.salesforce")
    sink(module.__name__, "Salesforce")
    module.SalesforceHook(salesforce_conn_id="x").conn


def openai():
    module = load("openai.hooks.openai")
    sink(module.__name__, "OpenAI", "AzureOpenAI")
    module.OpenAIHook(conn_id="x").get_conn()


def elasticsearch():
    module = load("elasticsearch.hooks.elasticsearch")
    sink(module.__name__, "Elasticsearch")
    module.ElasticsearchSQLHook(elasticsearch_conn_id="x").get_conn()


AAD = "00000000-0000-0000-0000-000000000000"
SP = {"login": "app", "password": "secret"}
# Type: provider, how it is used, and a connection with the extras that the use needs.
USES = {
    "snowflake": ("snowflake", [snowflake], {"login": "etl", "password": "pw", "schema": "raw"}, {"account": "ab12345"}),
    "google_cloud_platform": ("google", [google], {}, {}),
    "gcpbigquery": ("google", [bigquery], {}, {}),
    "kubernetes": ("cncf-kubernetes", [kubernetes], {}, {}),
    "slack": ("slack", [slack], {"password": "xoxb-0"}, {}),
    "slackwebhook": ("slack", [slackwebhook], {"host": "https://hooks.example.com/services", "password": "T0/B0/x"}, {}),
    "smtp": ("smtp", [smtp], {"host": "mail.example.com", "login": "etl", "password": "pw", "port": 587}, {}),
    "wasb": ("microsoft-azure", [azure_hook("wasb", "WasbHook", azure_conn, wasb_conn_id="x")], {"host": "h.example.com", **SP}, {}),
    "adls": (
        "microsoft-azure",
        [azure_hook("data_lake", "AzureDataLakeStorageV2Hook", azure_conn, adls_conn_id="x")],
        {"host": "h.example.com", **SP},
        {},
    ),
    "azure": ("microsoft-azure", [azure_hook("base_azure", "AzureBaseHook", azure_conn, conn_id="x", sdk_client=dict)], SP, {}),
    "azure_container_instance": (
        "microsoft-azure",
        [azure_hook("container_instance", "AzureContainerInstanceHook", azure_conn, azure_conn_id="x")],
        SP,
        {},
    ),
    "azure_data_factory": (
        "microsoft-azure",
        [
            azure_hook(
                "data_factory",
                "AzureDataFactoryHook",
                lambda h: (h.get_conn(), h.get_factory()),
                azure_data_factory_conn_id="x",
            )
        ],
        SP,
        {"subscriptionId": AAD, "tenantId": AAD, "resource_group_name": "rg", "factory_name": "f"},
    ),
    "azure_synapse": (
        "microsoft-azure",
        [azure_hook("synapse", "AzureSynapseHook", azure_conn, azure_synapse_conn_id="x", spark_pool="p")],
        {"host": "https://h.example.com", **SP},
        {"subscriptionId": AAD, "tenantId": AAD},
    ),
    "azure_data_explorer": (
        "microsoft-azure",
        [azure_hook("adx", "AzureDataExplorerHook", azure_conn, azure_data_explorer_conn_id="x")],
        {"host": "https://h.example.com", **SP},
        {"auth_method": "AAD_APP", "tenant": AAD},
    ),
    "azure_service_bus": (
        "microsoft-azure",
        [azure_hook("asb", "AdminClientHook", azure_conn, azure_service_bus_conn_id="x")],
        {},
        {"fully_qualified_namespace": "h.example.com"},
    ),
    "azure_cosmos": (
        "microsoft-azure",
        [
            azure_hook(
                "cosmos",
                "AzureCosmosDBHook",
                lambda h: (h.get_conn(), see(h, "default_database_name", "default_collection_name", "default_partition_key")),
                azure_cosmos_conn_id="x",
            )
        ],
        {"host": "h.example.com", "login": "https://h.example.com", "password": "key"},
        {},
    ),
    "azure_fileshare": (
        "microsoft-azure",
        [azure_hook("fileshare", "AzureFileShareHook", lambda h: h.get_conn() if OLD else h.share_service_client, azure_fileshare_conn_id="x")],
        {"host": "h.example.com", "login": "account"},
        {},
    ),
    "ssh": ("ssh", [ssh_like("ssh.hooks.ssh", "SSHHook")], {"host": "h.example.com", "login": "etl", "password": "pw"}, {}),
    "sftp": ("sftp", [ssh_like("sftp.hooks.sftp", "SFTPHook")], {"host": "h.example.com", "login": "etl", "password": "pw"}, {}),
    "mysql": ("mysql", [mysql], {"host": "h.example.com", "login": "etl", "password": "pw", "schema": "dwh"}, {}),
    "mssql": ("microsoft-mssql", [mssql], {"host": "h.example.com", "login": "etl", "password": "pw", "port": 1433}, {}),
    "http": ("http", [http], {"host": "https://h.example.com", "login": "etl", "password": "pw"}, {}),
    "docker": ("docker", [docker], {"host": "https://h.example.com", "login": "etl", "password": "pw"}, {}),
    "redis": ("redis", [redis], {"host": "h.example.com", "password": "pw", "port": 6379}, {}),
    "mongo": ("mongo", [mongo], {"host": "h.example.com", "login": "etl", "password": "pw", "port": 27017}, {}),
    "trino": ("trino", [trino], {"host": "h.example.com", "login": "etl", "port": 8443}, {"protocol": "https"}),
    "jdbc": ("jdbc", [jdbc], {"host": "jdbc:x://h", "login": "etl", "password": "pw"}, {"driver_class": "a.B", "driver_path": "/x.jar"}),
    "odbc": ("odbc", [odbc], {"host": "h.example.com", "login": "etl", "password": "pw"}, {}),
    "oracle": ("oracle", [oracle], {"host": "h.example.com", "login": "etl", "password": "pw"}, {"service_name": "s"}),
    "databricks": ("databricks", [databricks, databricks_sql], {"host": "https://h.example.com", "password": "dapi0"}, {}),
    "spark": ("apache-spark", [spark], {"host": "yarn"}, {}),
    "salesforce": ("salesforce", [salesforce], {"login": "etl", "password": "pw"}, {"security_token": "t"}),
    "openai": ("openai", [openai], {"password": "sk-0"}, {}),
    "elasticsearch": ("elasticsearch", [elasticsearch], {"host": "h.example.com", "port": 9200}, {}),
}
# What the uses need where long names alone are read.
OF_OLD = {
    "azure_container_instance": {"extra__azure__tenantId": AAD, "extra__azure__subscriptionId": AAD},
    "azure_data_factory": {f"extra__azure_data_factory__{name}": AAD for name in ("subscriptionId", "tenantId", "resource_group_name", "factory_name")},
    "azure_synapse": {f"extra__azure_synapse__{name}": AAD for name in ("subscriptionId", "tenantId")},
    "azure_data_explorer": {"extra__azure_data_explorer__auth_method": "AAD_APP", "extra__azure_data_explorer__tenant": AAD},
}
# The prefix that a type's hook may know, where it is not the type's own.
PREFIX = {"gcpbigquery": "google_cloud_platform", "azure_container_instance": "azure"}
VALUES = ["marker", "7", 7, True, False, "true", "", {"a": "b"}]
SHAPES = {
    "private_key": ["-----BEGIN X-----\nMIIB\n-----END X-----\n"],
    "auth": ["basic"],
    "authenticator": ["oauth", "externalbrowser"],
    "connection_string": ["AccountName=a;AccountKey=eA==;EndpointSuffix=e.example.com"],
    "auth_method": ["AAD_DEVICE"],
    "scope": ["https://a.example.com/b,https://a.example.com/c"],
    "startup_nodes": [[{"host": "h.example.com", "port": 6379}]],
}


def spellings(name):
    for other in (name.replace("_", "-"), name.replace("-", "_"), name.replace("_", ""), name.capitalize()):
        if other != name:
            yield other


def repairs(conn_type):
    """Every extra of this type before and after a repair."""
    known_types = json.loads((CATALOG / "conn_types.json").read_text())
    known = known_types[conn_type]["extras"]
    prefixes = dict.fromkeys([f"extra__{PREFIX.get(conn_type, conn_type)}__", f"extra__{conn_type}__"])
    for name in known:
        for value in VALUES + SHAPES.get(name, []):
            for prefix in prefixes:
                yield "AC404", name, {prefix + name: value}, {name: value}
    for name in known:
        for other in dict.fromkeys(s for s in spellings(name) if s not in known):
            for value in ("marker", True):
                yield "AC403", name, {other: value}, {name: value}
    for row in json.loads((CATALOG / "booleans.json").read_text()):
        if row["conn_type"] == conn_type:
            given = dict([(row["only_with"].split("=") + ["x"])[:2]]) if row.get("only_with", "!")[0] != "!" else {}
            for text, meant in [(t, True) for t in "true yes y 1 on".split()] + [(t, False) for t in "false no n 0 off".split()]:
                yield "AC402", row["key"], {row["key"]: text, **given}, {row["key"]: meant, **given}
    for row in json.loads((CATALOG / "objects.json").read_text()):
        if row["conn_type"] == conn_type:
            key, given = row["key"], dict([(row["only_with"].split("=") + ["x"])[:2]]) if row.get("only_with") else {}
            for value in ({"a": "b"}, {"type": "service_account"}):
                text = json.dumps(value)
                if row["wants"] == "object":
                    yield "AC401", key, {key: text, **given}, {key: value, **given}
                    yield "AC401", key, {key: json.dumps(text), **given}, {key: value, **given}
                else:
                    yield "AC401", key, {key: json.dumps(text), **given}, {key: text, **given}
                    if row["wants"] == "json-string":
                        yield "AC401", key, {key: value, **given}, {key: text, **given}
    for row in json.loads((CATALOG / "removed_extras.json").read_text()):
        if row["conn_type"] == conn_type:
            for value in ("marker", 7, True):
                after = {row["instead"]: value} if row["then"] == "renamed" else {}
                yield "AC405", row["key"], {row["key"]: value}, after


def used(uses, conn):
    os.environ["AIRFLOW_CONN_X"] = json.dumps(conn)
    effects = []
    for use in uses:
        LOG.clear()
        try:
            use()
        except Reached:
            LOG.append("reached the network")
        except Exception as e:
            LOG.append(f"{type(e).__name__}: " + re.sub(r"0x[0-9a-f]+", "0x", str(e))[:100])
            effects.append({"raised": True, "log": list(LOG)})
            continue
        effects.append({"raised": False, "log": list(LOG)})
    return json.loads(json.dumps(effects).replace(HOME, "HOME"))


def is_there(provider, conn_type):
    """Providers of old do not have all of these types."""
    if conn_type in ("adls", "openai", "elasticsearch"):
        return False
    try:
        return bool(importlib.metadata.version("apache-airflow-providers-" + provider))
    except importlib.metadata.PackageNotFoundError:
        return False


def main(wanted):
    import requests

    requests.Session.send = send
    # Airflow's masker of secrets gets slower with each connection that it has seen.
    if importlib.util.find_spec("airflow.sdk"):
        importlib.import_module("airflow.sdk.execution_time.context")._mask_connection_secrets = lambda *_: None
    else:
        importlib.import_module("airflow.utils.log.secrets_masker").mask_secret = lambda *_: None
    with gzip.GzipFile(TARGET, "w", mtime=0) if not wanted else open("/dev/stdout", "wb") as out:
        for conn_type, (provider, uses, fields, extra) in USES.items():
            if wanted and conn_type not in wanted:
                continue
            if OLD and not is_there(provider, conn_type):
                continue
            extra = OF_OLD.get(conn_type, extra) if OLD else extra
            version = importlib.metadata.version("apache-airflow-providers-" + provider)
            base = {"conn_type": conn_type, **fields}
            without, told = {}, set()
            # The whole of extra, encoded twice.
            given = extra or {"a": "b"}
            runs = [used(uses, {**base, "extra": text}) for text in (json.dumps(json.dumps(given)), json.dumps(given))]
            row = {"rule": "AC401", "provider": f"{provider} {version}", "key": ""}
            row.update({"conn": {**base, "extra": json.dumps(json.dumps(given))}, "after": json.dumps(given), "did": runs[0]})
            row["does"] = "same" if runs[0] == runs[1] else runs[1]
            out.write((json.dumps(row) + "\n").encode())
            for rule, name, before, after in repairs(conn_type):
                given = {k: v for k, v in extra.items() if k.split("__")[-1] != name}
                runs = [used(uses, {**base, "extra": {**given, **some}}) for some in (before, after)]
                # The same without the extra, once.
                if name not in without:
                    without[name] = used(uses, {**base, "extra": given})
                row = {"rule": rule, "provider": f"{provider} {version}", "key": name, "conn": {**base, "extra": {**given, **before}}}
                row.update({"after": {**given, **after}, "did": runs[0], "does": "same" if runs[0] == runs[1] else runs[1]})
                row["without"] = "same" if without[name] == runs[0] else "other"
                row["read"] = without[name] != runs[1]
                line = json.dumps(row)
                if line not in told:
                    told.add(line)
                    out.write((line + "\n").encode())


if __name__ == "__main__":
    if sys.argv[1:] in (["-h"], ["--help"]):
        print(__doc__)
        sys.exit()
    main(sys.argv[1:])
