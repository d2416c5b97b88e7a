#!/usr/bin/env python3
"""Writes connections for redshift_oracle.py: archetypes of every mode with random changes. usage: redshift_cases.py [COUNT [SEED]]"""
import copy
import json
import random
import sys

HOST = "my-cluster.cg034hpkmmjt.us-east-1.redshift.amazonaws.com"
WG = "default-wg.123456789012.us-east-1.redshift-serverless.amazonaws.com"
HOSTS = [HOST, HOST, HOST, WG, "redshift.example.com", "10.0.0.7", "my-cluster.cg034hpkmmjt.cn-north-1.redshift.amazonaws.com.cn",
         "my-cluster.cg034hpkmmjt.us-gov-west-1.redshift.amazonaws.com", "123456789012.us-east-1.redshift-serverless.amazonaws.com", "", None,
         "localhost", "<your-host>", HOST + ":5439/dev", "jdbc:redshift://" + HOST, HOST.upper(), "a..b", " " + HOST, "x" * 64 + ".com", HOST + ".",
         "default-wg.123456789012.cn-north-1.redshift-serverless.amazonaws.com.cn", "my-cluster", "nlb-1.elb.us-east-1.amazonaws.com"]
ARN = "arn:aws:iam::123456789012:role/airflow-role"
KEYS = {"access_key_id": "AKIAEXTRAACCESSKEY00", "secret_access_key": "secret-extra"}
FULL = {"iam": True, "cluster_identifier": "my-cluster", "db_user": "awsuser"}
R = "redshift_connector.plugin."
ARCHETYPES = [
    ("redshift", {}), ("redshift", {"sslmode": "verify-full"}), ("redshift", {"iam": True}), ("redshift", {"iam": "true"}),
    ("redshift", FULL), ("redshift", {**FULL, "profile": "airflow-prof"}), ("redshift", {**FULL, **KEYS}),
    ("redshift", {**FULL, **KEYS, "region": "us-east-1"}), ("redshift", {**FULL, "region": "us-east-1", "database": "dev", "port": 5439, "profile": "airflow-prof"}),
    ("redshift", {"iam": True, "cluster_identifier": "my-cluster", "group_federation": True, **KEYS}),
    ("redshift", {"iam": True, "is_serverless": True, "serverless_work_group": "default-wg", "region": "us-east-1", "profile": "airflow-prof"}),
    ("redshift", {"iam": "true", "is_serverless": True, "serverless_work_group": "default-wg"}),
    ("redshift", {"iam": True, "auth_profile": "etl", "region": "us-east-1", "cluster_identifier": "c", "db_user": "u", **KEYS}),
    ("redshift", {"role_arn": ARN, "region_name": "us-east-1"}), ("redshift", {"role_arn": ARN}),
    ("redshift", {"credentials_provider": "IdpTokenAuthPlugin", "token": "t", "token_type": "ACCESS_TOKEN"}),
    ("redshift", {"credentials_provider": "IdpTokenAuthPlugin", **KEYS, "session_token": "tok"}),
    ("redshift", {"credentials_provider": "BasicJwtCredentialsProvider", "web_identity_token": "jwt"}),
    ("redshift", {**FULL, "credentials_provider": "OktaCredentialsProvider", "user": "jane", "password": "pw", "idp_host": "127.0.0.1:9", "app_id": "0oa"}),
    ("redshift", {**FULL, "credentials_provider": "AzureCredentialsProvider", "user": "jane", "password": "pw", "idp_tenant": "t", "client_id": "c", "client_secret": "s"}),
    ("redshift", {**FULL, "credentials_provider": "BrowserSamlCredentialsProvider"}),
    ("redshift", {"credentials_provider": "BrowserAzureOAuth2CredentialsProvider", "idp_tenant": "t"}),
    ("redshift", {"credentials_provider": "BrowserIdcAuthPlugin", "issuer_url": "https://x"}),
    ("postgres", {"iam": True, "redshift": True}), ("postgres", {"iam": True, "redshift-serverless": True, "workgroup-name": "default-wg"}),
    ("postgres", {"sslmode": "require"}), ("postgres", {"iam": True}),
]
VALUES = [None, True, False, "", "true", "false", "x", 0, 1, 5, -1, 1.5, [], ["a", "b"], {}, {"a": 1}, "5439", " ", "é", 70000, [1], "0", "yes"]
NAMED = {
    "iam": [True, True, "true", "false", "False", "True", 1, 0, "", None, "yes", "0", [1]],
    "ssl": [True, False, "true", "false", 1, 0, None, ""], "sslmode": ["verify-ca", "verify-full", "require", "disable", "", None, 5, "VERIFY-FULL"],
    "region": ["us-east-1", "", None, "us_east_1", "<your-region>", "us-nowhere-9", "US-EAST-1", "cn-north-1", 5, " us-east-1", "eu-west-1"],
    "cluster_identifier": ["my-cluster", "", None, "<your-cluster>", 5, "My_Cluster"], "db_user": ["awsuser", "", None, 5, "other"],
    "db_groups": [["etl", "bi"], "etl", [], None, ["etl", 5], {"a": 1}, "", 5], "auto_create": [True, False, "true", 1, None],
    "force_lowercase": [True, False, "true", "false"], "iam_disable_cache": [True, False, "true", "false"], "group_federation": [True, False, "false"],
    "is_serverless": [True, False, "true", "false", 1, 0, None], "serverless_work_group": ["default-wg", "", None, "wg", 5],
    "serverless_token_duration_seconds": [3600, "3600", 300, None, 900.0], "serverless_acct_id": ["123456789012", 5],
    "port": [5439, "5439", "abc", 0, "", 70000, -1, True, 5439.0, None, "5439 ", " 5439", 2**70], "host": HOSTS, "user": ["awsuser", "", None, 5],
    "password": ["Secret123", "", None, 5, True], "database": ["dev", "", None, 5],
    "timeout": [10, "10", 0, -1, 1.5, True, None, [], 10**12], "application_name": ["airflow", "", None, 5],
    "tcp_keepalive": [True, False, "false", 0], "tcp_keepalive_idle": [60, 0, -1, "60", None, 60.0, 40000, True],
    "tcp_keepalive_interval": [10, 0, "x"], "tcp_keepalive_count": [3, 0, 200], "client_protocol_version": [0, 1, 2, 3, "2", 2.0, True, None, [2]],
    "max_prepared_statements": [10, "10", -1, 0, None, 1.5, [], True, "abc"], "numeric_to_float": [True, "x"], "source_address": ["127.0.0.1", 5, "x y"],
    "unix_sock": ["/nonexistent/socket", 5, ""], "ssl_insecure": [True, False, "true", None], "access_key_id": ["AKIAX", "", None, 5],
    "secret_access_key": ["s", "", None, 5], "session_token": ["t", "", None, 5], "profile": ["airflow-prof", "missing-prof", "region-prof", "", None, 5, ["x"]],
    "auth_profile": ["etl", "", None, 5],
    "credentials_provider": ["OktaCredentialsProvider", "IdpTokenAuthPlugin", R + "IdpTokenAuthPlugin", "NoSuch", "", None, 5, "json.JSONDecoder", "json", "JwtCredentialsProvider",
                             "SamlCredentialsProvider", "BasicJwtCredentialsProvider", R + "BasicJwtCredentialsProvider", "PingCredentialsProvider", "AdfsCredentialsProvider",
                             "BrowserAzureCredentialsProvider", "BrowserSamlCredentialsProvider", "BrowserIdcAuthPlugin", "BrowserAzureOAuth2CredentialsProvider",
                             R + "okta_credentials_provider.OktaCredentialsProvider", ".x", "okta_credentials_provider", "com.amazon.redshift.plugin.OktaCredentialsProvider", ["x"]],
    "token": ["t", "", None, 5], "token_type": ["ACCESS_TOKEN", "", None, 5], "web_identity_token": ["jwt", "", None, 5, ["x"]], "identity_namespace": ["ns", 5],
    "provider_name": ["p", 5], "idc_client_display_name": ["n", 5], "idc_region": ["us-east-1", "", "us_x"], "issuer_url": ["https://x", ""], "idp_host": ["127.0.0.1:9", ""],
    "idp_tenant": ["t", ""], "client_id": ["c", ""], "client_secret": ["s", ""], "app_id": ["a", ""], "login_url": ["http://x", ""],
    "idp_response_timeout": [5, 60, "60", 0, None], "listen_port": [7890, 0, 70000, "7890"], "idp_partition": ["us-gov", "commercial", "xx", 5, ""],
    "endpoint_url": ["http://127.0.0.1:4566", "localhost", "", 5], "role_arn": [ARN, "x", 5], "region_name": ["us-east-1"], "aws_conn_id": ["aws_default"],
    "cluster-identifier": ["my-cluster", None, ""], "profile_name": ["x"], "aws_access_key_id": ["AKIA"], "dbname": ["dev"], "connect_timeout": [5, "x", "5"],
    "keepalives_idle": [60, "x"], "options": ["-c x=y"], "sslrootcert": ["/tmp/x"], "extra": [{}], "extra__redshift__iam": [True], "replication": ["x"], "preferred_role": ["r", 5],
    "enable_table_types": [True], "login_to_rp": ["x"], "scope": ["x"], "role_session_name": ["x", 5], "database_metadata_current_db_only": [False],
}
POSTGRES = {
    "iam": [True, "true", "false", 0, ""], "redshift": [True, "false", "/tmp/x.pem", False], "redshift-serverless": [True, "false", False], "cluster-identifier": ["my-cluster", None, "", 5],
    "workgroup-name": ["default-wg", None, "wg", ""], "cluster_identifier": ["c"], "redshift_serverless": [True], "aws_conn_id": ["other", "missing", None, "", "aws_default"],
    "sslmode": ["require", "x", "verify-full", "", None, True], "client_encoding": ["utf-8"], "cursor": ["dictcursor", "realdictcursor", "x", 5, ""], "keepalives_idle": [60, "x", "60", True],
    "connect_timeout": [5, "x", "5", 1.5], "port": [5439, "abc", 70000, "5439"], "region_name": ["us-east-1"], "application_name": ["a", 5], "sslca": ["/x"], "options": ["-c x=y"],
    "sqlalchemy_scheme": ["postgresql"], "sqlalchemy_query": [{}], "bogus": [None, 1], "dbname": ["dev", None], "host": ["127.0.0.1", "", None], "autocommit": [True], "dsn": ["x"],
}
AWS = {
    "region_name": ["us-east-1", "us-east-1", "us-east-1", "", None, "us_east_1", 5, "us-nowhere-9", "US-EAST-1", "cn-north-1", "<region>"], "region": ["us-east-1"],
    "profile_name": ["airflow-prof", "missing-prof", "region-prof", "", None, ["x"], 5], "profile": ["airflow-prof"],
    "aws_access_key_id": ["AKIAX", "", None, 5], "aws_secret_access_key": ["s", "", None, 5], "aws_session_token": ["t", 5, ""],
    "role_arn": [ARN, ARN, "short", "", None, 5, "arn:aws:iam::1:role/x-long-enough"], "assume_role_method": ["assume_role", "assume_role_with_saml", "assume_role_with_web_identity", "bogus", None, 5],
    "assume_role_kwargs": [{}, {"ExternalId": "ext"}, {"ExternalId": "x"}, {"DurationSeconds": 600}, {"DurationSeconds": "900"}, {"bogus": 1}, None, "x", [1], {"RoleSessionName": "a"},
                           {"RoleArn": "x"}, {"Policy": "{}"}, {"Tags": [{"Key": "k", "Value": "v"}]}, {"PolicyArns": ["x"]}],
    "assume_role_with_web_identity_federation": ["file", "google", "x", None], "assume_role_with_web_identity_token_file": ["/nonexistent"],
    "assume_role_with_saml": [{}, {"principal_arn": ARN}, {"principal_arn": ARN, "idp_auth_method": "x"}, "x", None],
    "session_kwargs": [{}, {"aws_access_key_id": "AKIAS", "aws_secret_access_key": "s"}, {"region_name": "us-east-1"}, {"profile_name": "airflow-prof"}, None, "x", [1]],
    "config_kwargs": [{}, {"bogus": 1}, {"region_name": "eu-west-1"}, {"retries": {"max_attempts": 3}}, {"retries": {"bogus": 3}}, {"retries": {"mode": "x"}}, "x", None, {"parameter_validation": False},
                      {"signature_version": "unsigned"}, {"read_timeout": 5}, {"region_name": "us_x"}],
    "endpoint_url": ["http://127.0.0.1:4566", "localhost", "", None, 5], "service_config": [{}, {"redshift": {"endpoint_url": "http://h"}}, {"sts": {"endpoint_url": "x"}}, {"redshift": "x"}, "x", None],
    "verify": [False, True], "external_id": ["x"], "host": ["http://x"], "aws_account_id": ["123456789012"], "aws_iam_role": ["r"], "self": [1],
}


def change(rng, extra, table, n):
    for _ in range(n):
        key = rng.choice(list(table))
        roll = rng.random()
        if roll < 0.25 and extra:
            key = rng.choice(list(extra))
            if rng.random() < 0.5:
                extra.pop(key)
                continue
        extra[key] = copy.deepcopy(rng.choice(table.get(key, VALUES) if rng.random() < 0.9 else VALUES))


def aws(rng):
    conn = {"conn_type": "aws", "extra": {"region_name": "us-east-1"}}
    roll = rng.random()
    if roll < 0.7:
        conn.update(login="AKIAAIRFLOWDEFAULT00", password="secret-airflow")
    elif roll < 0.8:
        conn["extra"]["profile_name"] = "airflow-prof"
    elif roll < 0.9:
        conn["extra"].update(aws_access_key_id="AKIAINEXTRA", aws_secret_access_key="s")
    elif roll < 0.95:
        conn["login"] = "AKIAHALF"
    return conn


def case(rng, i):
    out = {"id": f"g{i}"}
    hook, extra = rng.choice(ARCHETYPES)
    out["hook"] = hook = "aws" if rng.random() < 0.12 else hook
    account = aws(rng)
    if hook == "aws" or rng.random() < 0.15:
        if rng.random() < 0.3:
            account["extra"]["role_arn"] = ARN
        change(rng, account["extra"], AWS, rng.choice([0, 1, 1, 2, 3]))
        if rng.random() < 0.05:
            account["extra"] = rng.choice(["", "x", "[1]", "null", "5", '"x"', "{}"])
    if hook == "aws" or rng.random() < 0.9:
        out["aws"] = account
    if hook != "aws":
        extra = copy.deepcopy(extra)
        change(rng, extra, POSTGRES if hook == "postgres" else NAMED, rng.choice([0, 1, 1, 1, 2, 2, 3]))
        conn = {"conn_type": hook, "host": HOST, "schema": "dev", "login": "awsuser", "port": 5439, "extra": extra}
        if extra.get("is_serverless") or extra.get("redshift-serverless"):
            conn["host"] = WG
        if not extra.get("iam") or rng.random() < 0.2:
            conn["password"] = "Secret123"
        for field in ("host", "schema", "login", "port", "password"):
            if rng.random() < 0.07:
                conn[field] = rng.choice(HOSTS) if field == "host" else rng.choice([None, ""]) if field != "port" else None
        if rng.random() < 0.02:
            conn["extra"] = rng.choice(["", "x", "[1]", "null", "5", '"x"', "{}"])
        out["conn"] = {k: v for k, v in conn.items() if v is not None}
        if rng.random() < 0.1:
            out["more"] = {"other": aws(rng)}
    env = {}
    if rng.random() < 0.5:
        env.update(AWS_ACCESS_KEY_ID="AKIAAMBIENTENVKEYS00", AWS_SECRET_ACCESS_KEY="secret-ambient")
    if rng.random() < 0.3:
        env["AWS_DEFAULT_REGION"] = "us-east-1"
    if env:
        out["env"] = env
    return out


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    for i in range(count):
        print(json.dumps(case(rng, i)))
