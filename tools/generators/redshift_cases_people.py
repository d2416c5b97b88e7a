#!/usr/bin/env python3
"""Writes connections for redshift_oracle.py as people write them: every mode, then one to three usual mistakes or changes.

usage: redshift_cases_people.py [COUNT [SEED]]

A quarter is written as a URI, so that every extra is a text. The AWS connection beside it varies too: keys, profile, role, region
or none, the usual wrong spellings. What `redshift_cases.py` makes is wilder; this is what an issue tracker looks like.
"""
import copy
import json
import random
import sys
import urllib.parse

HOST = "my-cluster.cg034hpkmmjt.us-east-1.redshift.amazonaws.com"
WG = "default-wg.123456789012.us-east-1.redshift-serverless.amazonaws.com"
ARN = "arn:aws:iam::123456789012:role/airflow-role"
KEYS = {"access_key_id": "AKIAEXTRAACCESSKEY00", "secret_access_key": "secret-extra"}
FULL = {"iam": True, "cluster_identifier": "my-cluster", "db_user": "awsuser"}
PLUGIN = "redshift_connector.plugin."
# hook, extra, weight
MODES = [
    ("redshift", {}, 10),
    ("redshift", {"sslmode": "verify-full", "application_name": "airflow"}, 3),
    ("redshift", {"ssl": True, "sslmode": "verify-ca", "timeout": 30}, 2),
    ("redshift", {"iam": True}, 4),
    ("redshift", {"iam": "true"}, 4),
    ("redshift", FULL, 5),
    ("redshift", {**FULL, "region": "us-east-1", "port": 5439, "profile": "airflow-prof", "database": "dev"}, 6),
    ("redshift", {**FULL, "region": "us-east-1", **KEYS}, 5),
    ("redshift", {**FULL, "profile": "airflow-prof"}, 4),
    ("redshift", {**FULL, "db_groups": ["etl"], "auto_create": True, "profile": "airflow-prof"}, 3),
    ("redshift", {"iam": True, "cluster_identifier": "my-cluster", "group_federation": True, "profile": "airflow-prof"}, 3),
    ("redshift", {"iam": True, "is_serverless": True, "serverless_work_group": "default-wg", "region": "us-east-1", "profile": "airflow-prof"}, 6),
    ("redshift", {"iam": "true", "is_serverless": True, "serverless_work_group": "default-wg"}, 4),
    ("redshift", {"iam": True, "is_serverless": True, "serverless_token_duration_seconds": 3600, "serverless_work_group": "default-wg", "profile": "default", "database": "dev"}, 2),
    ("redshift", {"iam": True, "auth_profile": "etl", "region": "us-east-1", **KEYS}, 2),
    ("redshift", {"role_arn": ARN, "region_name": "us-east-1"}, 4),
    ("redshift", {**FULL, "role_arn": ARN, "region": "us-east-1"}, 3),
    ("redshift", {"iam": True, "cluster_identifier": "<REDSHIFT_CLUSTER_IDENTIFIER>", "port": 5439, "profile": "default", "db_user": "awsuser", "database": "dev", "region": ""}, 2),
    ("redshift", {**FULL, "credentials_provider": "OktaCredentialsProvider", "user": "jane@example.com", "password": "pw", "idp_host": "example.okta.com", "app_id": "0oa1", "app_name": "redshift"}, 2),
    ("redshift", {**FULL, "credentials_provider": PLUGIN + "AzureCredentialsProvider", "user": "jane", "password": "pw", "idp_tenant": "t", "client_id": "c", "client_secret": "s"}, 2),
    ("redshift", {**FULL, "credentials_provider": "AdfsCredentialsProvider", "user": "jane", "password": "pw", "idp_host": "adfs.example.com"}, 1),
    ("redshift", {**FULL, "credentials_provider": "PingCredentialsProvider", "user": "jane", "password": "pw", "idp_host": "ping.example.com"}, 1),
    ("redshift", {**FULL, "credentials_provider": "BrowserSamlCredentialsProvider", "login_url": "https://example.com/saml"}, 1),
    ("redshift", {**FULL, "credentials_provider": "BrowserAzureCredentialsProvider", "idp_tenant": "t", "client_id": "c"}, 1),
    ("redshift", {"credentials_provider": "BasicJwtCredentialsProvider", "web_identity_token": "jwt"}, 2),
    ("redshift", {"credentials_provider": "BrowserAzureOAuth2CredentialsProvider", "idp_tenant": "t", "client_id": "c"}, 1),
    ("redshift", {"credentials_provider": "IdpTokenAuthPlugin", "token": "t", "token_type": "ACCESS_TOKEN"}, 2),
    ("redshift", {"credentials_provider": "IdpTokenAuthPlugin", "region": "us-east-1", "cluster_identifier": "my-cluster", **KEYS, "session_token": "tok"}, 1),
    ("redshift", {"credentials_provider": "BrowserIdcAuthPlugin", "issuer_url": "https://example.com", "idc_region": "us-east-1"}, 1),
    ("postgres", {"iam": True, "redshift": True}, 5),
    ("postgres", {"iam": True, "redshift": True, "cluster-identifier": "my-cluster", "aws_conn_id": "aws_default"}, 3),
    ("postgres", {"iam": True, "redshift-serverless": True, "workgroup-name": "default-wg"}, 4),
    ("postgres", {"sslmode": "require", "connect_timeout": 10}, 3),
    ("postgres", {"iam": True}, 1),
    ("aws", {}, 14),
]
# What one key is taken for.
RENAMES = {
    "region": ["region_name", "aws_region", "regionName"], "profile": ["profile_name", "aws_profile"], "access_key_id": ["aws_access_key_id", "accessKeyId"],
    "secret_access_key": ["aws_secret_access_key"], "cluster_identifier": ["cluster-identifier", "clusterIdentifier", "cluster_id", "cluster"],
    "db_user": ["dbuser", "user", "dbUser", "db-user"], "serverless_work_group": ["workgroup_name", "work_group", "workgroup", "workgroup-name", "serverless_workgroup"],
    "is_serverless": ["serverless", "redshift-serverless"], "sslmode": ["ssl_mode", "sslMode"], "timeout": ["connect_timeout"], "iam": ["IAM", "use_iam"],
    "cluster-identifier": ["cluster_identifier"], "workgroup-name": ["workgroup_name", "serverless_work_group"], "redshift": ["is_redshift"], "redshift-serverless": ["redshift_serverless", "is_serverless"],
    "region_name": ["region"], "profile_name": ["profile"], "aws_access_key_id": ["access_key_id", "aws_access_key"], "role_arn": ["roleArn", "aws_role_arn"],
    "assume_role_method": ["assume_method"], "credentials_provider": ["plugin_name"], "token": ["access_token"], "database": ["dbname", "db"], "aws_conn_id": ["aws_connection_id"],
}
ADDED = {
    "redshift": [
        ("region_name", "us-east-1"), ("region", "us-east-1"), ("region", "eu-west-1"), ("aws_conn_id", "aws_default"), ("role_arn", ARN), ("ssl", True), ("ssl", False), ("ssl", "true"), ("ssl", "false"),
        ("sslmode", "require"), ("sslmode", "verify-ca"), ("sslmode", "verify-full"), ("sslmode", "disable"), ("sslmode", "prefer"), ("port", 5439), ("port", "5439"), ("port", "5439x"), ("host", HOST),
        ("database", "dev"), ("user", "awsuser"), ("password", "Secret123"), ("db_groups", ["etl", "bi"]), ("db_groups", "etl"), ("db_groups", "etl,bi"), ("auto_create", True), ("auto_create", "true"),
        ("serverless_token_duration_seconds", 3600), ("timeout", 30), ("timeout", "30"), ("connect_timeout", 10), ("keepalives_idle", 60), ("tcp_keepalive", True), ("tcp_keepalive", "true"),
        ("tcp_keepalive_idle", 60), ("tcp_keepalive_idle", "60"), ("options", "-c statement_timeout=0"), ("application_name", "airflow"), ("schema", "public"), ("login", "x"), ("iam", False), ("iam", True),
        ("iam", "false"), ("iam", "False"), ("iam", "no"), ("iam", 1), ("iam", "1"), ("is_serverless", True), ("is_serverless", False), ("is_serverless", "false"), ("serverless_work_group", "default-wg"), ("serverless_work_group", "wg"),
        ("group_federation", True), ("group_federation", False), ("force_lowercase", True), ("iam_disable_cache", True), ("profile", "airflow-prof"), ("profile", "missing-prof"), ("profile", "default"),
        ("access_key_id", "AKIAEXTRAACCESSKEY00"), ("secret_access_key", "secret-extra"), ("session_token", "tok"), ("db_user", "awsuser"), ("db_user", "other"), ("cluster_identifier", "my-cluster"),
        ("cluster_identifier", "other-cluster"), ("cluster_identifier", "My_Cluster"), ("credentials_provider", "OktaCredentialsProvider"), ("credentials_provider", "com.amazon.redshift.plugin.OktaCredentialsProvider"),
        ("credentials_provider", PLUGIN + "BasicJwtCredentialsProvider"), ("credentials_provider", "OktaCredentialProvider"), ("web_identity_token", "jwt"), ("token_type", "ACCESS_TOKEN"), ("extra__redshift__iam", True), ("client_protocol_version", "2"), ("client_protocol_version", 1), ("max_prepared_statements", "100"), ("numeric_to_float", True), ("ssl_insecure", True),
        ("ssl_insecure", False), ("endpoint_url", "https://vpce-1.redshift.us-east-1.vpce.amazonaws.com"), ("external_id", "x"), ("assume_role_kwargs", {"ExternalId": "ext"}), ("cursor", "dictcursor"), ("charset", "utf8"), ("login_timeout", 5), ("serverless_acct_id", "123456789012"), ("idp_partition", "us-gov"), ("idp_response_timeout", "60"), ("listen_port", "7890"),
    ],
    "postgres": [
        ("region_name", "us-east-1"), ("aws_conn_id", "other"), ("aws_conn_id", "missing"), ("aws_conn_id", ""), ("cluster_identifier", "my-cluster"), ("cluster-identifier", "my-cluster"), ("redshift", True), ("redshift", "true"),
        ("redshift", False), ("redshift", "false"), ("iam", "false"), ("iam", True), ("iam", False), ("sslmode", "require"), ("sslmode", "verify-full"), ("sslmode", "required"), ("ssl", True), ("sslca", "/x"), ("sslrootcert", "/x"), ("client_encoding", "utf-8"),
        ("connect_timeout", "10"), ("connect_timeout", "10s"), ("keepalives_idle", 60), ("options", "-c statement_timeout=0"), ("application_name", "airflow"), ("cursor", "dictcursor"), ("cursor", "realdictcursor"), ("cursor", "Dict"), ("db_user", "awsuser"), ("workgroup-name", "default-wg"), ("workgroup-name", "wg"),
        ("redshift-serverless", True), ("redshift-serverless", "false"), ("is_serverless", True), ("port", 5439), ("dbname", "dev"), ("database", "dev"), ("host", HOST), ("user", "awsuser"), ("role_arn", ARN), ("profile", "airflow-prof"), ("charset", "utf8"), ("extra__postgres__iam", True), ("target_session_attrs", "read-write"),
    ],
    "aws": [
        ("region", "us-east-1"), ("region_name", ""), ("region_name", "us_east_1"), ("region_name", "<your-region>"), ("region_name", "us-east-1a"), ("region_name", "US-EAST-1"), ("region_name", "eu-central-1"), ("region_name", "us-gov-west-1"), ("region_name", " us-east-1"), ("profile_name", "airflow-prof"),
        ("profile_name", "missing-prof"), ("profile", "airflow-prof"), ("profile_name", ""), ("role_arn", ARN), ("role_arn", "airflow-role"), ("role_arn", "<your-role-arn>"), ("role_arn", "arn:aws:iam::1234:role/airflow-role"), ("external_id", "ext"), ("assume_role_kwargs", {"ExternalId": "ext"}),
        ("assume_role_kwargs", {"external_id": "ext"}), ("assume_role_kwargs", {"DurationSeconds": 3600}), ("assume_role_kwargs", {"DurationSeconds": "3600"}), ("assume_role_kwargs", {"DurationSeconds": 60}), ("assume_role_kwargs", "{\"ExternalId\": \"ext\"}"), ("assume_role_kwargs", {"RoleSessionName": "airflow"}), ("assume_role_kwargs", {"RoleSessionName": "a"}),
        ("assume_role_method", "assume_role"), ("assume_role_method", "assume_role_with_web_identity"), ("assume_role_method", "assume_role_with_saml"), ("assume_role_method", "web_identity"), ("assume_role_method", ""), ("assume_role_with_web_identity_federation", "file"), ("assume_role_with_web_identity_federation", "google"),
        ("assume_role_with_web_identity_token_file", "/nonexistent/token"), ("assume_role_with_saml", {"principal_arn": ARN, "idp_url": "https://x", "idp_auth_method": "http_spegno_auth", "saml_response_xpath": "//x"}), ("session_kwargs", {"region_name": "us-east-1"}), ("session_kwargs", {"profile_name": "airflow-prof"}),
        ("session_kwargs", {"aws_access_key_id": "AKIAS", "aws_secret_access_key": "s"}), ("session_kwargs", "{\"region_name\": \"us-east-1\"}"), ("config_kwargs", {"retries": {"max_attempts": 10, "mode": "standard"}}), ("config_kwargs", {"retries": {"max_attempts": "10"}}), ("config_kwargs", {"connect_timeout": 5}), ("config_kwargs", {"timeout": 5}),
        ("config_kwargs", {"region_name": "eu-west-1"}), ("config_kwargs", {"signature_version": "unsigned"}), ("config_kwargs", "{}"), ("config_kwargs", {"proxies": {"https": "http://proxy.example.com:8080"}}), ("endpoint_url", "http://localhost:4566"), ("endpoint_url", "localhost:4566"), ("endpoint_url", "https://redshift.us-east-1.amazonaws.com"), ("host", "http://localhost:4566"),
        ("aws_access_key_id", "AKIAINEXTRA"), ("aws_secret_access_key", "s"), ("aws_session_token", "t"), ("aws_account_id", "123456789012"), ("aws_iam_role", "airflow-role"), ("verify", False), ("verify", "false"), ("verify", "/nonexistent/ca.pem"), ("service_config", {"s3": {"bucket_name": "x"}}), ("service_config", {"redshift": {"endpoint_url": "http://localhost:4566"}}),
        ("service_config", {"sts": {"endpoint_url": "https://sts.us-east-1.amazonaws.com"}}), ("service_config", "{}"), ("s3_config_file", "/x"), ("test_endpoint_url", "x"), ("extra__aws__region_name", "us-east-1"), ("duration_seconds", 3600),
    ],
}
HOSTS = [WG, HOST, "redshift.example.com", "10.0.0.7", "my-cluster.cg034hpkmmjt.cn-north-1.redshift.amazonaws.com.cn", "my-cluster.cg034hpkmmjt.us-gov-west-1.redshift.amazonaws.com", "localhost", "<your-host>",
         HOST + ":5439", HOST + ":5439/dev", "jdbc:redshift://" + HOST + ":5439/dev", "https://" + HOST, HOST.upper(), HOST + " ", HOST + ".", "my-cluster", "nlb-0123456789abcdef.elb.us-east-1.amazonaws.com", "vpce-0a1b.redshift.us-east-1.vpce.amazonaws.com",
         "my-cluster.cg034hpkmmjt.eu-central-1.redshift.amazonaws.com", "default-wg.123456789012.cn-north-1.redshift-serverless.amazonaws.com.cn", "my-cluster.cg034hpkmmjt.eusc-de-east-1.redshift.amazonaws.eu", "https://us-east-1.console.aws.amazon.com/redshiftv2/home?region=us-east-1#cluster-details?cluster=my-cluster", "", "::1", "my_cluster.example.com"]
FIELDS = {
    "host": HOSTS, "schema": [None, "", "Dev", "my db", "<your-database>", "dev-db", "1dev"], "login": [None, "", "IAM:awsuser", "AwsUser", "jane@example.com", "<your-user>", "etl user", "IAMR:role"],
    "password": [None, "", "p@ss/w:rd", "***", "<your-password>"], "port": [None, 5432, 5439, 8192, 0, 443, 65536],
}


def text(value):
    return value if isinstance(value, str) else json.dumps(value)


def mutate(rng, hook, conn):
    extra = conn["extra"]
    roll = rng.random()
    if roll < 0.34:
        key, value = rng.choice(ADDED[hook])
        extra[key] = copy.deepcopy(value)
    elif roll < 0.48 and extra:
        extra.pop(rng.choice(list(extra)))
    elif roll < 0.60 and extra:
        key = rng.choice(list(extra))
        if key in RENAMES:
            extra = conn["extra"] = {(rng.choice(RENAMES[key]) if k == key else k): v for k, v in extra.items()}
    elif roll < 0.70 and extra:
        key = rng.choice(list(extra))
        value = extra[key]
        if isinstance(value, bool):
            extra[key] = rng.choice(["true", "True", "false", "1", 1, not value, "yes"])
        elif isinstance(value, int):
            extra[key] = str(value)
        elif isinstance(value, (list, dict)):
            extra[key] = json.dumps(value)
        else:
            extra[key] = rng.choice(["", f"<your-{key}>", f'"{value}"', value.upper(), None, value + " "]) if isinstance(value, str) else None
    elif hook == "aws":
        field = rng.choice(["login", "password", "both", "host"])
        if field == "host":
            conn["host"] = "http://localhost:4566"
        for name in ("login", "password"):
            if field in (name, "both"):
                conn.pop(name, None)
    else:
        field = rng.choice(["host", "host", "schema", "schema", "login", "login", "password", "port"])
        value = rng.choice(FIELDS[field])
        conn.pop(field, None)
        if value is not None:
            conn[field] = value


def aws(rng, mistakes):
    conn = {"conn_type": "aws", "extra": {"region_name": "us-east-1"}}
    kind = rng.choice(["login", "login", "login", "extra", "profile", "role", "role", "ambient", "web"])
    if kind in ("login", "role"):
        conn.update(login="AKIAAIRFLOWDEFAULT00", password="secret-airflow")
    if kind == "extra":
        conn["extra"].update(aws_access_key_id="AKIAINEXTRA", aws_secret_access_key="s")
    if kind == "profile":
        conn["extra"]["profile_name"] = "airflow-prof"
    if kind in ("role", "web"):
        conn["extra"]["role_arn"] = ARN
    if kind == "web":
        conn["extra"].update(assume_role_method="assume_role_with_web_identity", assume_role_with_web_identity_federation="file")
    if rng.random() < 0.12:
        conn["extra"].pop("region_name")
    for _ in range(mistakes):
        mutate(rng, "aws", conn)
    return conn


def uri(conn):
    quote = lambda v: urllib.parse.quote(str(v), safe="")
    user = quote(conn.get("login") or "") + (":" + quote(conn["password"]) if conn.get("password") else "")
    out = conn["conn_type"] + "://" + (user + "@" if user else "") + quote(conn.get("host") or "")
    out += (":%s" % conn["port"] if conn.get("port") else "") + "/" + quote(conn.get("schema") or "")
    extra = {k: v for k, v in conn["extra"].items() if v is not None}
    if any(isinstance(v, (dict, list)) for v in extra.values()):
        return out + "?__extra__=" + quote(json.dumps(extra))
    return out + ("?" + urllib.parse.urlencode({k: text(v) for k, v in extra.items()}) if extra else "")


def case(rng, i):
    hook, extra, _ = rng.choices(MODES, [w for *_, w in MODES])[0]
    out = {"id": f"p{i}", "hook": hook}
    if hook == "aws":
        out["aws"] = aws(rng, rng.choice([0, 1, 1, 2, 2, 3]))
    else:
        conn = {"conn_type": hook, "host": HOST, "schema": "dev", "login": "awsuser", "port": 5439, "extra": copy.deepcopy(extra)}
        if extra.get("is_serverless") or extra.get("redshift-serverless"):
            conn["host"] = WG
        if rng.random() < 0.15:
            conn.pop("port")
        if not extra.get("iam") or rng.random() < 0.2:
            conn["password"] = "Secret123"
        for _ in range(rng.choice([0, 1, 1, 1, 2, 2, 3])):
            mutate(rng, hook, conn)
        if rng.random() < 0.02:
            conn["extra"] = rng.choice(["", "iam=true", "[1]", "null", '"x"', json.dumps(json.dumps(extra)), "{'iam': True}"])
        out["conn"] = uri(conn) if rng.random() < 0.25 and isinstance(conn["extra"], dict) and conn.get("port") != 65536 else conn
        if rng.random() < 0.85:
            out["aws"] = aws(rng, rng.choice([0, 0, 0, 1, 1, 2]))
        if hook == "postgres" and rng.random() < 0.4:
            out["more"] = {"other": aws(rng, 0)}
    env = {}
    if rng.random() < 0.45:
        env.update(AWS_ACCESS_KEY_ID="AKIAAMBIENTENVKEYS00", AWS_SECRET_ACCESS_KEY="secret-ambient")
    if rng.random() < 0.3:
        env["AWS_DEFAULT_REGION"] = "us-east-1"
    if env:
        out["env"] = env
    return out


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1600
    rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 20261124)
    for i in range(count):
        print(json.dumps(case(rng, i)))
