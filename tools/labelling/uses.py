"""How a task uses a connection of each type: up to the first byte that would leave the machine.

Each function takes the id of the connection and does what the simplest task does. USES has them by type; a type with two
hooks, or with something behind the connection, has two. What a worker of ours cannot have (a JDBC driver, a Docker
daemon, a mail server) is a stand-in that notes what it is given.
"""
import importlib
import json

import cut


def provided(path):
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(f"airflow.providers.{module}"), name)


def aws(conn_id):
    provided("amazon.aws.hooks.base_aws.AwsBaseHook")(aws_conn_id=conn_id, client_type="sts").get_conn().get_caller_identity()


def postgres(conn_id):
    provided("postgres.hooks.postgres.PostgresHook")(postgres_conn_id=conn_id).get_conn()


def mysql(conn_id):
    provided("mysql.hooks.mysql.MySqlHook")(mysql_conn_id=conn_id).get_conn()


def snowflake(conn_id):
    provided("snowflake.hooks.snowflake.SnowflakeHook")(snowflake_conn_id=conn_id).get_conn()


def google(conn_id):
    hook = provided("google.common.hooks.base_google.GoogleBaseHook")(gcp_conn_id=conn_id)
    _ = hook.num_retries
    credentials, _ = hook.get_credentials_and_project_id()
    if not type(credentials).__name__.startswith("Anonymous"):
        credentials.refresh(importlib.import_module("google.auth.transport.requests").Request())


def bigquery(conn_id):
    hook = provided("google.cloud.hooks.bigquery.BigQueryHook")(gcp_conn_id=conn_id)
    _ = hook.num_retries
    hook.get_cursor().execute("select 1")


def http(conn_id):
    provided("http.hooks.http.HttpHook")(method="GET", http_conn_id=conn_id).run("v1/x")


def ssh(conn_id):
    provided("ssh.hooks.ssh.SSHHook")(ssh_conn_id=conn_id, conn_retry_attempts=1).get_conn()


def sftp(conn_id):
    provided("sftp.hooks.sftp.SFTPHook")(ssh_conn_id=conn_id, conn_retry_attempts=1).get_conn()


def databricks(conn_id):
    hook = provided("databricks.hooks.databricks_base.BaseDatabricksHook")(conn_id, retry_limit=1)
    hook.__dict__["user_agent_value"] = "x"
    hook._do_api_call(("GET", "2.1/jobs/list"))


def databricks_sql(conn_id):
    hook = provided("databricks.hooks.databricks_sql.DatabricksSqlHook")(conn_id)
    hook.__dict__["user_agent_value"] = "x"
    hook.get_conn()


def kubernetes(conn_id):
    provided("cncf.kubernetes.hooks.kubernetes.KubernetesHook")(conn_id=conn_id).core_v1_client.list_namespace()


def slack(conn_id):
    provided("slack.hooks.slack.SlackHook")(slack_conn_id=conn_id).call("auth.test")


def slackwebhook(conn_id):
    provided("slack.hooks.slack_webhook.SlackWebhookHook")(slack_webhook_conn_id=conn_id).send_text("x")


def smtp(conn_id):
    with provided("smtp.hooks.smtp.SmtpHook")(smtp_conn_id=conn_id):
        pass


def smtp_behind(conn_id):
    """The same with a server that answers: what is asked of the connection once there is one."""
    import smtplib

    class Server:
        def __init__(self, host="", port=0, timeout=None, context=None, **_):
            self.sock = object() if host else None

        def starttls(self, context=None):
            if self.sock is None:
                raise smtplib.SMTPServerDisconnected("please run connect() first")

        def ehlo(self):
            pass

        auth = login = close = lambda self, *_: None

    real = smtplib.SMTP, smtplib.SMTP_SSL
    smtplib.SMTP, smtplib.SMTP_SSL = Server, type("ServerWithTls", (Server,), {})
    try:
        smtp(conn_id)
    finally:
        smtplib.SMTP, smtplib.SMTP_SSL = real


def mssql(conn_id):
    provided("microsoft.mssql.hooks.mssql.MsSqlHook")(mssql_conn_id=conn_id).get_conn()


def of_azure(path, **arguments):
    return provided(f"microsoft.azure.hooks.{path}")(**arguments)


def wasb(conn_id):
    of_azure("wasb.WasbHook", wasb_conn_id=conn_id).get_conn().get_account_information()


def adls(conn_id):
    list(of_azure("data_lake.AzureDataLakeStorageV2Hook", adls_conn_id=conn_id).get_conn().list_file_systems())


def azure(conn_id):
    hook = of_azure("base_azure.AzureBaseHook", conn_id=conn_id, sdk_client=dict)
    hook.sdk_client = lambda **given: given
    credentials = hook.get_conn()["credentials"]
    if hasattr(credentials, "get_token"):
        credentials.get_token("https://management.azure.com/.default")
    elif hasattr(credentials, "set_token"):
        credentials.set_token()


def azure_data_factory(conn_id):
    list(of_azure("data_factory.AzureDataFactoryHook", azure_data_factory_conn_id=conn_id).get_conn().factories.list())


def azure_synapse(conn_id):
    of_azure("synapse.AzureSynapseHook", azure_synapse_conn_id=conn_id, spark_pool="p").get_conn().spark_batch.get_spark_batch_jobs()


def azure_data_explorer(conn_id):
    of_azure("adx.AzureDataExplorerHook", azure_data_explorer_conn_id=conn_id).get_conn().execute("db", "q")


def azure_service_bus(conn_id):
    of_azure("asb.AdminClientHook", azure_service_bus_conn_id=conn_id).get_conn().get_queue("q")


def azure_cosmos(conn_id):
    list(of_azure("cosmos.AzureCosmosDBHook", azure_cosmos_conn_id=conn_id).get_conn().list_databases())


def azure_fileshare(conn_id):
    list(of_azure("fileshare.AzureFileShareHook", azure_fileshare_conn_id=conn_id).share_service_client.list_shares())


def jdbc(conn_id):
    import jaydebeapi

    jaydebeapi.connect = lambda **given: cut.reached(json.dumps(given))
    provided("jdbc.hooks.jdbc.JdbcHook")(jdbc_conn_id=conn_id).get_conn()


def odbc(conn_id):
    import pyodbc

    module = importlib.import_module("airflow.providers.odbc.hooks.odbc")

    def connect(text, **given):
        cut.note(json.dumps([text, {name: str(value) for name, value in given.items()}]))
        pyodbc.connect(text, **given)

    module.connect = connect
    module.OdbcHook(odbc_conn_id=conn_id, driver="/opt/airflow/none.so").get_conn()


def oracle(conn_id):
    provided("oracle.hooks.oracle.OracleHook")(oracle_conn_id=conn_id).get_conn()


def trino(conn_id):
    provided("trino.hooks.trino.TrinoHook")(trino_conn_id=conn_id).get_conn().cursor().execute("select 1")


def mongo(conn_id):
    client = provided("mongo.hooks.mongo.MongoHook")(mongo_conn_id=conn_id).get_conn()
    client._timeout = 0.2
    client.admin.command("ping")


def redis(conn_id):
    provided("redis.hooks.redis.RedisHook")(redis_conn_id=conn_id).get_conn().ping()


def kafka(conn_id):
    provided("apache.kafka.hooks.base.KafkaBaseHook")(kafka_config_id=conn_id).get_conn.list_topics(timeout=0.3)


def docker(conn_id):
    import docker as package

    module = importlib.import_module("airflow.providers.docker.hooks.docker")

    class Client(package.APIClient):
        def __init__(self, base_url=None, version=None, tls=None, timeout=None):
            self._auth_configs = package.auth.AuthConfig({})
            self._general_configs = {}
            self.timeout = 1

        def ping(self):
            return True

        def login(self, **given):
            cut.reached(json.dumps(given))

    module.APIClient = Client
    module.DockerHook(docker_conn_id=conn_id, base_url="unix:///x").get_conn()


def spark(conn_id):
    hook = provided("apache.spark.hooks.spark_submit.SparkSubmitHook")(conn_id=conn_id)
    cut.note(" ".join(hook._build_spark_submit_command("app.py")))


def dbt_cloud(conn_id):
    module = importlib.import_module("airflow.providers.dbt.cloud.hooks.dbt")
    module._get_provider_info = lambda: ("p", "1")
    module.DbtCloudHook(dbt_cloud_conn_id=conn_id).list_projects()


def tableau(conn_id):
    provided("tableau.hooks.tableau.TableauHook")(tableau_conn_id=conn_id).get_conn()


def tableau_behind(conn_id):
    """The same with a server that has told its version."""
    import tableauserverclient

    real = tableauserverclient.Server.use_server_version
    tableauserverclient.Server.use_server_version = lambda self: None
    try:
        tableau(conn_id)
    finally:
        tableauserverclient.Server.use_server_version = real


def salesforce(conn_id):
    provided("salesforce.hooks.salesforce.SalesforceHook")(salesforce_conn_id=conn_id).get_conn()


def elasticsearch(conn_id):
    hook = provided("elasticsearch.hooks.elasticsearch.ElasticsearchSQLHook")(elasticsearch_conn_id=conn_id)
    hook.get_conn().cursor().execute("select 1")


def openai(conn_id):
    provided("openai.hooks.openai.OpenAIHook")(conn_id=conn_id).get_conn().with_options(max_retries=0).models.list()


def git(conn_id):
    hook = provided("git.hooks.git.GitHook")(git_conn_id=conn_id)
    if hook.uses_github_app_auth:
        hook._get_github_app_token()
    with hook.configure_hook_env():
        cut.note(hook.env.get("GIT_SSH_COMMAND", ""))


def fs(conn_id):
    path = provided("standard.hooks.filesystem.FSHook")(fs_conn_id=conn_id).get_path()
    __import__("os").path.join(path, "x")


def ftp(conn_id):
    provided("ftp.hooks.ftp.FTPHook")(ftp_conn_id=conn_id).get_conn()


def ftps(conn_id):
    provided("ftp.hooks.ftp.FTPSHook")(ftp_conn_id=conn_id).get_conn()


def airbyte(conn_id):
    provided("airbyte.hooks.airbyte.AirbyteHook")(airbyte_conn_id=conn_id).get_job_status(1)


def cassandra(conn_id):
    provided("apache.cassandra.hooks.cassandra.CassandraHook")(cassandra_conn_id=conn_id).get_conn()


def vault(conn_id):
    provided("hashicorp.hooks.vault.VaultHook")(vault_conn_id=conn_id).get_secret("x")


def opsgenie(conn_id):
    provided("opsgenie.hooks.opsgenie.OpsgenieAlertHook")(opsgenie_conn_id=conn_id).create_alert({"message": "x"})


def jenkins(conn_id):
    provided("jenkins.hooks.jenkins.JenkinsHook")(conn_id).get_jenkins_server().get_whoami()


def neo4j(conn_id):
    provided("neo4j.hooks.neo4j.Neo4jHook")(conn_id=conn_id).get_conn().verify_connectivity()


def samba(conn_id):
    provided("samba.hooks.samba.SambaHook")(samba_conn_id=conn_id).listdir("x")


def presto(conn_id):
    provided("presto.hooks.presto.PrestoHook")(presto_conn_id=conn_id).get_conn().cursor().execute("select 1")


def discord(conn_id):
    provided("discord.hooks.discord_webhook.DiscordWebhookHook")(http_conn_id=conn_id, message="x").execute()


def telegram(conn_id):
    provided("telegram.hooks.telegram.TelegramHook")(telegram_conn_id=conn_id).send_message({"text": "x"})


def pagerduty(conn_id):
    provided("pagerduty.hooks.pagerduty.PagerdutyHook")(pagerduty_conn_id=conn_id).client().rget("users")


def pagerduty_events(conn_id):
    hook = provided("pagerduty.hooks.pagerduty_events.PagerdutyEventsHook")(pagerduty_events_conn_id=conn_id)
    hook.send_event(summary="x", severity="info")


def jira(conn_id):
    provided("atlassian.jira.hooks.jira.JiraHook")(jira_conn_id=conn_id).get_conn().myself()


def qdrant(conn_id):
    provided("qdrant.hooks.qdrant.QdrantHook")(conn_id=conn_id).get_conn().get_collections()


def weaviate(conn_id):
    provided("weaviate.hooks.weaviate.WeaviateHook")(conn_id=conn_id).get_conn()


def pinecone(conn_id):
    provided("pinecone.hooks.pinecone.PineconeHook")(conn_id=conn_id).pinecone_client.list_indexes()


def cohere(conn_id):
    provided("cohere.hooks.cohere.CohereHook")(conn_id=conn_id).get_conn().models.list()


def influxdb(conn_id):
    provided("influxdb.hooks.influxdb.InfluxDBHook")(conn_id=conn_id).get_conn().ready()


def imap(conn_id):
    provided("imap.hooks.imap.ImapHook")(imap_conn_id=conn_id).get_conn()


def zendesk(conn_id):
    provided("zendesk.hooks.zendesk.ZendeskHook")(zendesk_conn_id=conn_id).get_conn().users.me()


def segment(conn_id):
    provided("segment.hooks.segment.SegmentHook")(segment_conn_id=conn_id).get_conn()


def datadog(conn_id):
    provided("datadog.hooks.datadog.DatadogHook")(datadog_conn_id=conn_id).send_metric("x", 1.0)


def github(conn_id):
    provided("github.hooks.github.GithubHook")(github_conn_id=conn_id).get_conn().get_user().login


def asana(conn_id):
    client = provided("asana.hooks.asana.AsanaHook")(conn_id).client
    list(importlib.import_module("asana").WorkspacesApi(client).get_workspaces({}))


def ydb(conn_id):
    provided("ydb.hooks.ydb.YDBHook")(ydb_conn_id=conn_id)


def vertica(conn_id):
    provided("vertica.hooks.vertica.VerticaHook")(vertica_conn_id=conn_id).get_conn()


def sqlite(conn_id):
    provided("sqlite.hooks.sqlite.SqliteHook")(sqlite_conn_id=conn_id).get_conn().execute("select 1")


USES = {
    "aws": [aws], "postgres": [postgres], "mysql": [mysql], "snowflake": [snowflake], "google_cloud_platform": [google],
    "gcpbigquery": [bigquery], "http": [http], "ssh": [ssh], "sftp": [sftp], "databricks": [databricks, databricks_sql],
    "kubernetes": [kubernetes], "slack": [slack], "slackwebhook": [slackwebhook], "smtp": [smtp, smtp_behind], "mssql": [mssql],
    "wasb": [wasb], "adls": [adls], "azure": [azure], "azure_data_factory": [azure_data_factory], "azure_synapse": [azure_synapse],
    "azure_data_explorer": [azure_data_explorer], "azure_service_bus": [azure_service_bus], "azure_cosmos": [azure_cosmos],
    "azure_fileshare": [azure_fileshare], "jdbc": [jdbc], "odbc": [odbc], "oracle": [oracle], "trino": [trino], "mongo": [mongo],
    "redis": [redis], "kafka": [kafka], "docker": [docker], "spark": [spark], "dbt_cloud": [dbt_cloud],
    "tableau": [tableau, tableau_behind], "salesforce": [salesforce], "elasticsearch": [elasticsearch], "openai": [openai], "git": [git],
    "fs": [fs], "ftp": [ftp, ftps], "airbyte": [airbyte], "cassandra": [cassandra], "vault": [vault], "opsgenie": [opsgenie], "jenkins": [jenkins],
    "neo4j": [neo4j], "samba": [samba], "presto": [presto], "discord": [discord], "telegram": [telegram], "pagerduty": [pagerduty],
    "pagerduty_events": [pagerduty_events], "jira": [jira], "qdrant": [qdrant], "weaviate": [weaviate], "pinecone": [pinecone], "cohere": [cohere],
    "influxdb": [influxdb], "imap": [imap], "zendesk": [zendesk], "segment": [segment], "datadog": [datadog], "github": [github], "asana": [asana],
    "ydb": [ydb], "vertica": [vertica], "sqlite": [sqlite],
}
