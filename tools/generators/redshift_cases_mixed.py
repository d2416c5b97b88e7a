#!/usr/bin/env python3
"""Writes connections for redshift_oracle.py that neither `redshift_cases.py` nor `redshift_cases_people.py` makes. usage: redshift_cases_mixed.py [COUNT [SEED]]

Pieces of two modes in one extra; hosts, identifiers and regions made from their grammars and then spoiled; URIs in every spelling; AWS
connections of any shape, alone and behind the others; more of the surroundings.
"""
import copy
import json
import random
import sys
import urllib.parse

sys.dont_write_bytecode = True
import redshift_cases as wild  # noqa: E402
import redshift_cases_people as people  # noqa: E402

REGIONS = ["us-east-1", "us-east-1", "eu-west-1", "ap-southeast-7", "us-gov-west-1", "cn-north-1", "us-iso-east-1", "us-isob-east-1", "eusc-de-east-1", "mx-central-1", "me-west-1",
           "us-nowhere-9", "us_east_1", "US-EAST-1", "us-east-1a", "useast1", "global", "", " ", "us-east-1 ", "us-east-1/", "<region>", "${AWS_REGION}", "{{ var.value.region }}", "-", "a", "a.b", "us-east-1.", "é", "x" * 70]
SUFFIXES = ["amazonaws.com", "amazonaws.com", "amazonaws.com", "amazonaws.com.cn", "amazonaws.eu", "c2s.ic.gov", "sc2s.sgov.gov", "amazonaws.com.", "AMAZONAWS.COM", "amazonaws.co", "amazonaws.com/dev", "amazonaws.com:5439", "amazonaws.com:5439/dev"]
NAMES = ["my-cluster", "my-cluster", "etl", "a", "default-wg", "My-Cluster", "my_cluster", "my--cluster", "1cluster", "cluster-", "x" * 63, "x" * 64, "<cluster>", "my cluster", "", "é", "arn:aws:redshift:us-east-1:123456789012:cluster:my-cluster", "my-cluster.dev", "None", "null", "*"]
OTHER_HOSTS = ["10.0.0.7", "::1", "[::1]", "fe80::1%eth0", "127.1", "0x7f.1", "1.2.3.4.5", "localhost", "redshift", "redshift.example.com", "_redshift.example.com", "-a.example.com", "a..b", ".", "..", ".example.com", "x" * 64 + ".example.com", "a." * 120 + "com",
               "nlb-0123456789abcdef.elb.us-east-1.amazonaws.com", "vpce-0a1b-x.vpce-svc-1.us-east-1.vpce.amazonaws.com", "redshift.us-east-1.amazonaws.com", "redshift-serverless.us-east-1.amazonaws.com", "tcp://redshift.example.com", "//redshift.example.com",
               "redshift.example.com?ssl=true", "user@redshift.example.com", "redshift.example.com,other.example.com", "redshift.example.com redshift.example.com", "\tredshift.example.com", "ré.example.com", "xn--r-bga.example.com", "/var/run/postgresql", "@abstract", "redshift.example.com\n", "5439", "None", "0", "${HOST}", "{{ host }}"]
USERS = ["awsuser", "awsuser", "IAM:awsuser", "IAMA:awsuser:etl", "IAMR:role", "jane@example.com", "AWSUSER", "1user", "user name", "user/name", "user:name", "x" * 64, "x" * 65, "x" * 129, "public", "", "é", "<user>", "${USER}", "arn:aws:iam::123456789012:user/jane", "%", "null"]
DATABASES = ["dev", "dev", "Dev", "my db", "dev-db", "1dev", "", "x" * 64, "x" * 65, "x" * 128, "public", "dev?sslmode=require", "dev;x", "<database>", "é", "dev/public", "null"]
PORTS = [None, 5439, 5439, 5432, 0, 1, 65535, 65536, -1, 443]
SCHEMES = {"redshift": ["redshift", "redshift", "Redshift", "REDSHIFT"], "postgres": ["postgres", "postgres", "postgresql", "Postgres"], "aws": ["aws", "aws", "AWS"]}
ARNS = ["arn:aws:iam::123456789012:role/airflow-role", "arn:aws:iam::123456789012:role/path/to/airflow-role", "arn:aws-cn:iam::123456789012:role/x", "arn:aws-us-gov:iam::123456789012:role/x", "arn:aws:iam::12345678901:role/airflow", "arn:aws:iam::123456789012:user/jane-of-the-team",
        "arn:aws:iam::123456789012:instance-profile/x", "arn:aws:sts::123456789012:assumed-role/x/y", "arn:aws:iam:us-east-1:123456789012:role/airflow-role", "arn:aws:iam::123456789012:role/", "arn:aws:iam::123456789012:root", "arn:aws:iam::aws:policy/AmazonRedshiftFullAccess",
        "airflow-role", "arn:aws:iam::123456789012:role/airflow role", "<role-arn-of-your-cluster>", "${ROLE_ARN_OF_THE_CLUSTER}", " arn:aws:iam::123456789012:role/airflow-role", "ARN:AWS:IAM::123456789012:ROLE/AIRFLOW", "arn:aws:iam::123456789012:role/é", "x" * 2049, "", None, 5, True, ["arn:aws:iam::123456789012:role/airflow-role"]]
KWARGS = [("ExternalId", ["ext", "e", "", "ext id", "x" * 1225, None, 5, "ext/1:2@3"]), ("DurationSeconds", [900, 3600, 43200, 43201, 899, 0, -1, "900", 900.0, True, None]), ("RoleSessionName", ["airflow", "a", "", "with blank", "x" * 65, None, 5, "{{ dag.dag_id }}"]),
          ("Policy", ['{"Version": "2012-10-17"}', "", {}, None, "x"]), ("PolicyArns", [[{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}], [], ["arn:aws:iam::aws:policy/ReadOnlyAccess"], "x", None]), ("Tags", [[{"Key": "k", "Value": "v"}], [], {"k": "v"}, [{"Key": "k"}], None]),
          ("TransitiveTagKeys", [["k"], "k", [1]]), ("SerialNumber", ["arn:aws:iam::123456789012:mfa/jane", "1"]), ("TokenCode", ["123456", "12345", 123456]), ("SourceIdentity", ["jane", "j", "a b"]), ("external_id", ["x"]), ("Duration", [900]), ("RoleArn", ["x"]), ("ProvidedContexts", [[], [{}]])]
CONFIG = [("region_name", REGIONS), ("retries", [{"max_attempts": 3}, {"mode": "standard"}, {"mode": "adaptive", "max_attempts": 3}, {"total_max_attempts": 3}, {"max_attempts": -1}, {"total_max_attempts": 0}, {"max_attempts": "3"}, {}, 3, "standard", None, {"mode": "legacy"}, {"MaxAttempts": 3}]),
          ("connect_timeout", [5, 5.5, "5", None, -1, 0]), ("read_timeout", [60, "60", None]), ("max_pool_connections", [10, "10", 0, None]), ("proxies", [{"https": "http://proxy.example.com:8080"}, {}, "http://proxy", None]), ("proxies_config", [{}, {"proxy_ca_bundle": "/x"}, {"x": 1}, None]),
          ("signature_version", ["v4", "unsigned", "v2", "s3v4", "x", None, ""]), ("user_agent", ["x", 5]), ("user_agent_extra", ["x"]), ("parameter_validation", [True, False, "false"]), ("s3", [{"addressing_style": "path"}, {"addressing_style": "x"}, {}, "x", None]), ("tcp_keepalive", [True, "x"]),
          ("use_dualstack_endpoint", [True, False, "true"]), ("use_fips_endpoint", [True, False, "true"]), ("ignore_configured_endpoint_urls", [True]), ("inject_host_prefix", [False]), ("endpoint_discovery_enabled", [True, "auto", "x"]), ("client_cert", ["/x", ["/x", "/y"]]), ("defaults_mode", ["standard", "auto", "x", "legacy"]),
          ("tcp_keepalives", [True]), ("timeout", [5]), ("verify", [False]), ("profile_name", ["x"]), ("endpoint_url", ["http://x"]), ("region", ["us-east-1"]), ("retry_mode", ["standard"]), ("request_checksum_calculation", ["when_required", "x"]), ("sigv4a_signing_region_set", ["*", ["*"], 5]), ("account_id_endpoint_mode", ["preferred", "x"])]
ENDPOINTS = ["http://localhost:4566", "https://redshift.us-east-1.amazonaws.com", "localhost:4566", "localhost", "http://", "https://", "http:// x", "ftp://x", "http://x y", "//x", "", None, 5, "http://[::1]:4566", "http://h:99999", "http://h:x", "https://h/path?x=1", "http://é", "HTTP://H", "<endpoint>"]


def host(rng):
    roll = rng.random()
    if roll < 0.3:
        return rng.choice(OTHER_HOSTS)
    name, region, suffix = rng.choice(NAMES), rng.choice(REGIONS), rng.choice(SUFFIXES)
    if roll < 0.7:
        return rng.choice([f"{name}.cg034hpkmmjt.{region}.redshift.{suffix}"] * 5 + [f"{name}.{region}.redshift.{suffix}", f"{name}.cg034hpkmmjt.{region}.Redshift.{suffix}", f"{name}.cg034hpkmmjt.{region}.redshift-dev.{suffix}", f"a.{name}.cg034hpkmmjt.{region}.redshift.{suffix}"])
    account = rng.choice(["123456789012", "123456789012", "1234", "12345678901x", ""])
    return rng.choice([f"{name}.{account}.{region}.redshift-serverless.{suffix}"] * 5 + [f"{account}.{region}.redshift-serverless.{suffix}", f"workgroup.{name}.{account}.{region}.redshift-serverless.{suffix}", f"{name}.{region}.redshift-serverless.{suffix}"])


def some(rng, table, count):
    return {key: copy.deepcopy(rng.choice(values)) for key, values in rng.sample(table, min(count, len(table)))}


def aws(rng):
    """An AWS connection: where its keys come from, then what happens to them, then what is spoiled."""
    extra, conn = {}, {"conn_type": "aws"}
    keys = rng.choice(["fields", "fields", "extra", "session", "profile", "none", "half", "token", "two"])
    if keys in ("fields", "token", "two"):
        conn.update(login="AKIAAIRFLOWDEFAULT00", password="secret-airflow")
    if keys == "half":
        conn[rng.choice(["login", "password"])] = "AKIAHALF"
    if keys in ("extra", "two"):
        extra.update(aws_access_key_id="AKIAINEXTRA", aws_secret_access_key="s")
    if keys == "session":
        extra["session_kwargs"] = rng.choice([{"aws_access_key_id": "AKIAS", "aws_secret_access_key": "s"}, {"aws_access_key_id": "AKIAS"}, {"aws_session_token": "t"}, {"profile_name": "airflow-prof"}, {"region_name": "us-east-1", "botocore_session": None}])
    if keys == "token":
        extra["aws_session_token"] = rng.choice(["t", "", 5, None])
    if keys in ("profile", "two") and rng.random() < 0.8:
        extra["profile_name"] = rng.choice(["airflow-prof", "airflow-prof", "region-prof", "missing-prof", "default", "", " airflow-prof", "[airflow-prof]", "profile airflow-prof"])
    if rng.random() < 0.85:
        extra["region_name"] = rng.choice(REGIONS) if rng.random() < 0.4 else "us-east-1"
    if rng.random() < 0.35:
        extra["role_arn"] = rng.choice(ARNS) if rng.random() < 0.6 else ARNS[0]
        if rng.random() < 0.5:
            extra["assume_role_method"] = rng.choice(["assume_role", "assume_role", "assume_role_with_web_identity", "assume_role_with_web_identity", "assume_role_with_saml", "AssumeRole", "", "web_identity"])
        if rng.random() < 0.5:
            extra["assume_role_kwargs"] = some(rng, KWARGS, rng.choice([0, 1, 1, 2, 3]))
        if str(extra.get("assume_role_method")).endswith("identity"):
            extra.update(some(rng, [("assume_role_with_web_identity_federation", ["file", "file", "google", "File", "oidc", ""]), ("assume_role_with_web_identity_token_file", ["/nonexistent/token", "", None, 5]), ("assume_role_with_web_identity_federation_audience", ["https://x", "", None])], rng.choice([0, 1, 2, 3])))
        if str(extra.get("assume_role_method")).endswith("saml"):
            block = {"principal_arn": ARNS[0], "idp_url": "https://idp.example.com", "idp_auth_method": "http_spegno_auth", "saml_response_xpath": "//x"}
            extra["assume_role_with_saml"] = {**block, **some(rng, [("idp_auth_method", ["basic", "", None]), ("mutual_authentication", ["REQUIRED", "OPTIONAL", "DISABLED", "no"]), ("idp_request_kwargs", [{}, {"timeout": 5}, {"x": 1}, "x"]), ("idp_request_retry_kwargs", [{"total": 3}, {"x": 1}, {}]), ("log_idp_response", [True])], rng.choice([0, 1, 2]))}
            for key in rng.sample(list(block), rng.choice([0, 0, 1])):
                extra["assume_role_with_saml"].pop(key)
    if rng.random() < 0.25:
        extra["config_kwargs"] = some(rng, CONFIG, rng.choice([0, 1, 1, 2, 3]))
    if rng.random() < 0.15:
        extra["endpoint_url"] = rng.choice(ENDPOINTS)
    if rng.random() < 0.15:
        extra["service_config"] = rng.choice([{"redshift": {"endpoint_url": rng.choice(ENDPOINTS)}}, {"sts": {"endpoint_url": rng.choice(ENDPOINTS)}}, {"redshift-serverless": {"endpoint_url": rng.choice(ENDPOINTS)}}, {"s3": {"bucket_name": "b"}}, {"redshift": {}}, {"redshift": None}, {"redshift": []}, [], "redshift", 5])
    if rng.random() < 0.1:
        extra["verify"] = rng.choice([True, False, "true", "false", "", None, "/nonexistent/ca.pem", 0, 1])
    if rng.random() < 0.3:
        conn["extra"] = extra
        people.mutate(rng, "aws", conn)
        extra = conn["extra"]
    if rng.random() < 0.25:
        wild.change(rng, extra, wild.AWS, rng.choice([1, 2]))
    for field, values in (("host", [host(rng), "http://localhost:4566"]), ("schema", ["my-bucket"]), ("port", [443])):
        if rng.random() < 0.05:
            conn[field] = rng.choice(values)
    conn["extra"] = extra
    return conn


def uri(rng, conn, scheme):
    """The connection as a URI, in one of the spellings that occur."""
    quote = rng.choice([lambda v: urllib.parse.quote(str(v), safe="")] * 4 + [lambda v: urllib.parse.quote(str(v)), lambda v: urllib.parse.quote_plus(str(v)), str])
    user = quote(conn.get("login") or "") + (":" + quote(conn["password"]) if conn.get("password") is not None else "")
    port = conn.get("port")
    out = f"{scheme}://" + (user + "@" if user else "") + quote(conn.get("host") or "") + (f":{port}" if port is not None else "")
    out += rng.choice(["/", "/", "/", ""]) if not conn.get("schema") else "/" + quote(conn["schema"])
    extra = conn["extra"]
    spelled = rng.random()
    if not isinstance(extra, dict):
        return out + "?__extra__=" + quote(str(extra))
    if spelled < 0.3 or any(isinstance(v, (dict, list)) for v in extra.values()):
        return out + "?__extra__=" + urllib.parse.quote(json.dumps(extra), safe="")
    text = lambda v: v if isinstance(v, str) else rng.choice([json.dumps(v), str(v)])
    query = urllib.parse.urlencode({k: text(v) for k, v in extra.items()}, quote_via=rng.choice([urllib.parse.quote_plus, urllib.parse.quote]))
    return out + ("?" + query if query else "")


def case(rng, i):
    hook = rng.choice(["redshift"] * 6 + ["postgres"] * 3 + ["aws"] * 3)
    out = {"id": f"m{i}", "hook": hook}
    if hook == "aws":
        conn = aws(rng)
        if rng.random() < 0.03:
            conn["extra"] = rng.choice(["", "x", "[]", "[1]", "null", "5", '"x"', "true", "{}", "{'region_name': 'us-east-1'}", json.dumps(json.dumps(conn["extra"]))])
        out["aws"] = uri(rng, conn, rng.choice(SCHEMES["aws"])) if rng.random() < 0.15 else conn
    else:
        modes = [(extra, weight) for of, extra, weight in people.MODES if of == hook]
        pieces = rng.choices([m for m, _ in modes], [w for _, w in modes], k=rng.choice([1, 1, 2, 2, 3]))
        extra = {}
        for piece in pieces:
            extra.update(copy.deepcopy(piece))
        items = list(extra.items())
        rng.shuffle(items)
        conn = {"conn_type": hook, "host": people.HOST, "schema": "dev", "login": "awsuser", "port": 5439, "extra": dict(items)}
        if extra.get("is_serverless") or extra.get("redshift-serverless"):
            conn["host"] = people.WG
        if rng.random() < 0.5:
            conn["password"] = "Secret123"
        if rng.random() < 0.4:
            conn["host"] = host(rng)
        for field, values in (("schema", DATABASES), ("login", USERS), ("port", PORTS)):
            if rng.random() < 0.15:
                conn[field] = rng.choice(values)
        named = {"cluster_identifier": NAMES, "cluster-identifier": NAMES, "serverless_work_group": NAMES, "workgroup-name": NAMES, "db_user": USERS, "database": DATABASES, "user": USERS, "region": REGIONS, "host": OTHER_HOSTS, "endpoint_url": ENDPOINTS, "role_arn": ARNS}
        for key, values in named.items():
            if rng.random() < (0.25 if key in conn["extra"] else 0.02):
                conn["extra"][key] = rng.choice(values)
        for _ in range(rng.choice([0, 0, 1, 1, 2])):
            people.mutate(rng, hook, conn)
        if rng.random() < 0.3:
            wild.change(rng, conn["extra"], wild.POSTGRES if hook == "postgres" else wild.NAMED, rng.choice([1, 2]))
        if rng.random() < 0.02:
            conn["extra"] = rng.choice(["", "iam=true", "[]", "[1]", "null", "0", "true", '"x"', json.dumps(json.dumps(extra)), "{'iam': True}", "{,}", '{"iam": true,}', "// x\n{}"])
        conn = {k: v for k, v in conn.items() if v is not None}
        out["conn"] = uri(rng, conn, rng.choice(SCHEMES[hook])) if rng.random() < 0.25 else conn
        roll = rng.random()
        if roll < 0.75:
            out["aws"] = aws(rng) if rng.random() < 0.4 else people.aws(rng, rng.choice([0, 0, 1]))
        if isinstance(out.get("aws"), dict) and rng.random() < 0.1:
            out["aws"] = uri(rng, out["aws"], rng.choice(SCHEMES["aws"]))
        if rng.random() < 0.2:
            out["more"] = {"other": aws(rng)}
    env = {}
    if rng.random() < 0.45:
        env.update(AWS_ACCESS_KEY_ID="AKIAAMBIENTENVKEYS00", AWS_SECRET_ACCESS_KEY="secret-ambient")
    for name, value, chance in (("AWS_DEFAULT_REGION", "us-east-1", 0.3), ("AWS_REGION", "us-east-1", 0.1), ("AWS_PROFILE", "airflow-prof", 0.07), ("AWS_SESSION_TOKEN", "t", 0.05)):
        if rng.random() < chance:
            env[name] = value
    if env:
        out["env"] = env
    return out


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    for i in range(count):
        print(json.dumps(case(rng, i)))
