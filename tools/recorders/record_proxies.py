#!/usr/bin/env python3
"""Records which proxy Python's `requests` takes for a URL, for a unit test of `src/probe/aws/federation/proxies.rs`.

usage: PYTHON tools/recorders/record_proxies.py > fixtures/probe/requests_proxies.jsonl

Run it with the python of an Airflow (`tools/oracles/airflow-venv.sh 3.3.2`). Each line has a URL, variables, the argument `proxies`, and the proxy.
"""

import itertools
import json
import os
import sys

import requests
from requests.utils import select_proxy

PROXY = {"HTTP_PROXY": "http://upper:1", "HTTPS_PROXY": "http://secure:2"}
URLS = [
    "http://10.1.2.3/sso",
    "https://10.1.2.3:8443/sso",
    "http://192.168.1.7/",
    "http://127.0.0.1:9/",
    "http://10.257/",
    "http://0x0a.1.2.3/",
    "http://idp.example.com/sso",
    "https://idp.example.com:8443/sso",
    "https://myexample.com/",
    "https://IDP.Example.com/",
    "http://[::1]:80/",
    "http://localhost/",
]
EXCEPT = [
    "10.0.0.0/8",
    "10.1.0.0/16,192.168.1.0/24",
    "10.1.2.3",
    "10.1.2.3/32",
    "10.1.2.3/0",
    "10.1.2.3/33",
    "10.1.2.3/x",
    "10/8",
    "10.1/16",
    "10.1.2.0/24/8",
    "192.168.1.7/31, localhost",
    " .example.com",
    "example.com",
    "..example.com",
    "EXAMPLE.com",
    "idp.example.com:8443",
    "example.com:8443",
    "10.1.2.3:8443",
    "ample.com",
    "*",
    "::1",
    "[::1]",
    "",
    ",",
]


def cases():
    for url, no_proxy in itertools.product(URLS, EXCEPT):
        yield url, {**PROXY, "NO_PROXY": no_proxy}, {}
    for url in ["http://10.1.2.3/", "https://idp.example.com/"]:
        for variables in [
            {},
            {"http_proxy": "http://lower:3", **PROXY},
            {"ALL_PROXY": "http://all:4"},
            {"ALL_PROXY": "http://all:4", "HTTP_PROXY": "http://upper:1"},
            {**PROXY, "no_proxy": "", "NO_PROXY": "10.0.0.0/8,example.com"},
            {**PROXY, "no_proxy": "x", "NO_PROXY": "10.0.0.0/8,example.com"},
        ]:
            for given in [
                {},
                {"http": "http://given:5"},
                {"all": "http://given:5"},
                {"http://10.1.2.3": "http://host:6", "http": "http://given:5"},
                {"all://idp.example.com": "http://host:6"},
                {"no_proxy": "10.0.0.0/8,idp.example.com"},
                {"no_proxy": "", "https": "http://given:5"},
            ]:
                yield url, variables, given


def main():
    kept = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    for url, variables, given in cases():
        os.environ.clear()
        os.environ.update(kept)
        os.environ.update(variables)
        merged = requests.Session().merge_environment_settings(url, dict(given), None, None, None)
        line = {"url": url, "env": variables, "proxies": given, "proxy": select_proxy(url, merged["proxies"])}
        print(json.dumps(line))
    print(f"requests {requests.__version__}", file=sys.stderr)


if __name__ == "__main__":
    main()
