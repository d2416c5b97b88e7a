#!/usr/bin/env python3
"""Writes what the real HttpHook makes of host, schema and port: its base URL, and whether a request can be sent to it.

usage: PYTHON base_urls.py > fixtures/types/base_urls.jsonl (needs no network: nothing is sent)
"""
import importlib.metadata
import itertools
import json
import logging

logging.disable(logging.CRITICAL)

import requests  # noqa: E402
from airflow.providers.http.hooks.http import HttpHook  # noqa: E402
from airflow.sdk import Connection  # noqa: E402

HOSTS = ("api.example.com", "http://api.example.com", "https://api.example.com", "https://api.example.com/v1", "api.example.com/v1",
         "api.example.com:8080", "", "https://")
SCHEMAS = (None, "http", "https", "HTTPS", "v1", "/v1", "foo/bar")
PORTS = (None, 8443)
URIS = ("http://api.example.com/v1", "https://api.example.com/v1", "https://api.example.com", "http://api.example.com",
        "http://api.example.com:443/foo/bar", "http://api.example.com/https", "http://https%3A%2F%2Fapi.example.com%2Fv1",
        "http://https://api.example.com", "https://api.example.com:8443", "http://:@api.example.com:8080/https",
        "https://etl:tide-low@api.example.com/v1")


def ended(connection):
    """The base URL, and what a request for it raises before it is sent."""
    hook = HttpHook()
    try:
        hook._set_base_url(connection)
    except ValueError as error:
        return {"raises": type(error).__name__, "base_url": getattr(hook, "base_url", None)}
    session = requests.Session()
    try:
        session.get_adapter(session.prepare_request(requests.Request("GET", hook.url_from_endpoint("x"))).url)
    except requests.exceptions.RequestException as error:
        return {"raises": type(error).__name__, "base_url": hook.base_url}
    return {"raises": None, "base_url": hook.base_url}


def main():
    version = importlib.metadata.version("apache-airflow-providers-http")
    for host, schema, port in itertools.product(HOSTS, SCHEMAS, PORTS):
        given = {"conn_type": "http", "host": host} | {name: value for name, value in (("schema", schema), ("port", port)) if value}
        connection = Connection(conn_id="x", **given)
        print(json.dumps({"conn": given} | ended(connection) | {"provider_version": version}))
    for uri in URIS:
        connection = Connection.from_uri(uri, conn_id="x")
        print(json.dumps({"conn": uri} | ended(connection) | {"provider_version": version}))


if __name__ == "__main__":
    main()
