#!/usr/bin/env python3
"""Writes connections for redshift_oracle.py, one for each value of an option that botocore or libpq takes through a connection. usage: redshift_cases_options.py

Options of botocore's Config in config_kwargs of an AWS connection, those of every botocore; connection strings and ports of libpq.
"""
import json

YES_NO = [True, False, None, "true", "false", "", 1, 0]
TEXTS = ["x", "", None, 5]
CONFIG = {
    "account_id_endpoint_mode": ["preferred", "disabled", "required", *TEXTS],
    "auth_scheme_preference": ["sigv4", "sigv4,sigv4a", "sigv4a", *TEXTS, ["sigv4"]],
    "client_cert": ["/x", ["/x", "/y"], 5, None],
    "client_context_params": [{}, {"x": 1}, None, "x"],
    "connect_timeout": [5, 5.5, "5", "", None, -1, 0, True],
    "defaults_mode": ["standard", "auto", "legacy", "x", "", None, 5],
    "disable_request_compression": YES_NO,
    "endpoint_discovery_enabled": [*YES_NO, "auto", "x"],
    "ignore_configured_endpoint_urls": YES_NO,
    "inject_host_prefix": YES_NO,
    "max_pool_connections": [10, 0, -1, "10", None, 2.5],
    "parameter_validation": YES_NO,
    "proxies": [{}, {"https": "http://proxy.example.com:8080"}, {"https": None}, {"https": 5}, None, "http://proxy.example.com", 5, []],
    "proxies_config": [{}, {"proxy_ca_bundle": "/x"}, {"proxy_client_cert": "/x"}, {"proxy_use_forwarding_for_https": True}, {"x": 1}, None, "x", 5],
    "read_timeout": [60, "60", None, -1, 0],
    "region_name": ["us-east-1", "US-EAST-1", "", None, "us_east_1", 5],
    "request_checksum_calculation": ["when_required", "when_supported", "WHEN_REQUIRED", *TEXTS],
    "request_min_compression_size_bytes": [10240, 0, -1, 99999999, "10240", "x", None],
    "response_checksum_validation": ["when_required", "when_supported", *TEXTS],
    "retries": [{}, {"max_attempts": 3}, {"mode": "standard"}, {"mode": "x"}, {"max_attempts": -1}, {"max_attempts": "3"}, {"MaxAttempts": 3}, 3, None],
    "s3": [{}, {"addressing_style": "path"}, {"addressing_style": "x"}, None, "x"],
    "s3_disable_express_session_auth": YES_NO,
    "sigv4a_signing_region_set": ["*", ["*"], "us-east-1,us-west-2", "", None, 5],
    "signature_version": ["v4", "v2", "v3", "s3v4", "v4a", "bearer", "unsigned", "UNSIGNED", "V4", *TEXTS],
    "tcp_keepalive": [*YES_NO, "x"],
    "use_dualstack_endpoint": [*YES_NO, "x"],
    "use_fips_endpoint": [*YES_NO, "x"],
    "user_agent": TEXTS,
    "user_agent_appid": [*TEXTS, "x" * 60],
    "user_agent_extra": TEXTS,
    # No options, in any version.
    "endpoint_url": ["http://localhost:4566"],
    "max_attempts": [3],
    "profile_name": ["x"],
    "region": ["us-east-1"],
    "timeout": [5],
    "verify": [False],
}
STRINGS = ["", " ", "x", "host=h.example.com", "host = h.example.com", "host='h.example.com'", "host='h.example.com", "host=h.example.com =x", "host", "bogus=1", "host=h.example.com bogus=1", "host=h\\ x", "host=", "port=5439 sslmode=require",
           "postgresql://h.example.com/dev", "postgresql://u:p@h.example.com:5439/dev?sslmode=require", "postgresql://h.example.com/dev?bogus=1", "postgres://", "redshift://h.example.com/dev", "host=h.example.com;port=5439", None, 5, True, {}, []]
PORTS = [5439, 1, 65535, 65536, 70000, 0, -1, 5432]
EXTRA_PORTS = [5439, "5439", " 5439", "", "x", "0", "65536", 65536, "5439,5440", -1, None, 5439.0, True, []]
HOST = "my-cluster.cg034hpkmmjt.us-east-1.redshift.amazonaws.com"
AWS = {"conn_type": "aws", "login": "AKIAAIRFLOWDEFAULT00", "password": "secret-airflow", "extra": {"region_name": "us-east-1"}}
WAYS = {"password": {}, "redshift": {"iam": True, "redshift": True}, "rds": {"iam": True}}


def cases():
    for option, values in CONFIG.items():
        for value in values:
            yield {"hook": "aws", "aws": {**AWS, "extra": {"region_name": "us-east-1", "config_kwargs": {option: value}}}}
    postgres = {"conn_type": "postgres", "host": HOST, "login": "awsuser", "password": "Secret123", "schema": "dev"}
    for name in ("dsn", "conninfo"):
        for value in STRINGS:
            for way in ("password", "redshift"):
                yield {"hook": "postgres", "conn": {**postgres, "extra": {**WAYS[way], name: value}}, "aws": AWS}
    for way, extra in WAYS.items():
        for port in PORTS:
            yield {"hook": "postgres", "conn": {**postgres, "port": port, "extra": extra}, "aws": AWS}
        for port in EXTRA_PORTS:
            yield {"hook": "postgres", "conn": {**postgres, "extra": {**extra, "port": port}}, "aws": AWS}
    redshift = {**postgres, "conn_type": "redshift"}
    for extra in ({}, {"iam": "true"}, {"iam": True, "cluster_identifier": "my-cluster", "db_user": "awsuser"}):
        for port in PORTS:
            yield {"hook": "redshift", "conn": {**redshift, "port": port, "extra": extra}, "aws": AWS}


for number, case in enumerate(cases()):
    print(json.dumps({"id": f"o{number}", **case}))
