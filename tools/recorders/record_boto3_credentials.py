#!/usr/bin/env python3
"""What boto3 finds in made-up surroundings: writes fixtures/probe/boto3_credentials.jsonl.

Run it with the python that tools/oracles/aws-venv.sh prints. Each case is a home directory, an environment and the arguments of
boto3.session.Session; boto3 then makes one call, sts:GetCallerIdentity. Nothing is sent: a handler in front of the socket
answers, and writes down who signed what for which host. The answers of the metadata services of containers and instances
are put in where botocore would read them from a socket.

    record_boto3_credentials.py            writes the table
    record_boto3_credentials.py --check    says whether the table is what boto3 answers
"""

import concurrent.futures
import datetime
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TABLE = pathlib.Path(__file__).resolve().parents[2] / "fixtures/probe/boto3_credentials.jsonl"

# Less than the quarter of an hour before its end in which botocore renews a log-in.
SOON = datetime.timedelta(minutes=10)

KEYS = {"AWS_ACCESS_KEY_ID": "AKIAENVIRONMENT00001", "AWS_SECRET_ACCESS_KEY": "made-up-secret"}
ROLE = "arn:aws:iam::123456789012:role/etl"
OTHER_ROLE = "arn:aws:iam::123456789012:role/second"


def ini(*sections):
    """INI text from (header, {key: value}) pairs."""
    return "".join(f"[{name}]\n" + "".join(f"{k} = {v}\n" for k, v in keys.items()) + "\n" for name, keys in sections)


def pair(name):
    """A made-up key pair."""
    return {"aws_access_key_id": f"AKIA{name}"[:20].ljust(20, "0"), "aws_secret_access_key": "made-up-secret"}


CREDS, CONFIG = "~/.aws/credentials", "~/.aws/config"
NO_IMDS = {"AWS_EC2_METADATA_DISABLED": "true"}
TWO = ini(("default", pair("DEFAULT")), ("etl", pair("ETL")))


OVER = "2001-01-01T00:00:00Z"


def case(name, env=None, files=None, session=None, imds=False, expires=None, **answers):
    """One case; instance metadata is off unless it is asked for, as it is on a laptop.

    `answers` are those of operations that do not simply succeed: a status and a code, or "unreachable". `expires` is what everybody who hands
    out keys says about their end: a text, a number, or "missing"."""
    env = dict(env or {})
    if not imds:
        env.update(NO_IMDS)
    found = {"id": name, "env": env, "files": files or {}, "session": session or {}}
    found |= {"expires": expires} if expires else {}
    return {**found, "answers": answers} if answers else found


def cases():
    R = {"AWS_DEFAULT_REGION": "eu-west-1"}
    yield case("nothing at all")
    yield case("nothing, region from the environment", R)
    yield case("environment", {**KEYS, **R})
    yield case("AWS_REGION is not read", {**KEYS, "AWS_REGION": "eu-west-1"})
    yield case("AWS_DEFAULT_REGION wins over the profile", {**KEYS, **R}, {CONFIG: ini(("default", {"region": "us-west-2"}))})
    yield case("region of the default profile", KEYS, {CONFIG: ini(("default", {"region": "us-west-2"}))})
    yield case("region argument wins", {**KEYS, **R}, session={"region_name": "ap-south-1"})
    yield case("empty AWS_DEFAULT_REGION", {**KEYS, "AWS_DEFAULT_REGION": ""})
    yield case("region is not a host label", {**KEYS, "AWS_DEFAULT_REGION": "us_east_1"})
    yield case("environment with token", {**KEYS, **R, "AWS_SESSION_TOKEN": "made-up-token"})
    yield case("environment with both tokens", {**KEYS, **R, "AWS_SESSION_TOKEN": "second", "AWS_SECURITY_TOKEN": "first"})
    yield case("environment without secret", {"AWS_ACCESS_KEY_ID": "AKIAENVIRONMENT00001", **R})
    yield case("environment with secret only", {"AWS_SECRET_ACCESS_KEY": "made-up-secret", **R})
    yield case("environment with empty key id", {**KEYS, "AWS_ACCESS_KEY_ID": "", **R}, {CREDS: TWO})
    yield case("environment has expired", {**KEYS, **R, "AWS_CREDENTIAL_EXPIRATION": "2001-01-01T00:00:00Z"})
    yield case("environment wins over files", {**KEYS, **R}, {CREDS: TWO})
    yield case("environment wins over AWS_PROFILE", {**KEYS, **R, "AWS_PROFILE": "etl"}, {CREDS: TWO})
    yield case("profile argument wins over environment", {**KEYS, **R}, {CREDS: TWO}, {"profile_name": "etl"})
    yield case("profile argument wins over AWS_PROFILE", {**R, "AWS_PROFILE": "default"}, {CREDS: TWO}, {"profile_name": "etl"})
    yield case("AWS_DEFAULT_PROFILE wins over AWS_PROFILE", {**R, "AWS_DEFAULT_PROFILE": "etl", "AWS_PROFILE": "default"}, {CREDS: TWO})
    yield case("default profile of the credentials file", R, {CREDS: TWO})
    yield case("profile is missing", R, {CREDS: TWO}, {"profile_name": "nope"})
    yield case("profile is missing, keys given", R, {CREDS: TWO}, {"profile_name": "nope", **pair("EXPLICIT")})
    yield case("AWS_PROFILE is missing, environment has keys", {**KEYS, **R, "AWS_PROFILE": "nope"})
    yield case("AWS_PROFILE is empty", {**R, "AWS_PROFILE": ""}, {CREDS: TWO})
    yield case("default is named, there is none", R, session={"profile_name": "default"})
    yield case("keys given", {**KEYS, **R}, {CREDS: TWO}, {**pair("EXPLICIT"), "aws_session_token": "made-up-token"})
    yield case("keys given and a profile", R, {CREDS: TWO}, {"profile_name": "etl", **pair("EXPLICIT")})
    yield case("keys given, region of the profile", {}, {CONFIG: ini(("profile etl", {"region": "eu-west-3"}))}, {"profile_name": "etl", **pair("EXPLICIT")})
    yield case("key id given without secret", {**KEYS, **R}, session={"aws_access_key_id": "AKIAEXPLICIT00000000"})
    yield case("secret given without key id", {**KEYS, **R}, session={"aws_secret_access_key": "made-up-secret"})
    yield case("token given alone", {**KEYS, **R}, session={"aws_session_token": "made-up-token"})
    # The two files.
    yield case("config file with keys", {}, {CONFIG: ini(("profile etl", {**pair("CONFIG"), "region": "eu-west-3"}))}, {"profile_name": "etl"})
    yield case("config file without the word profile", R, {CONFIG: ini(("etl", pair("CONFIG")))}, {"profile_name": "etl"})
    yield case("credentials file with the word profile", R, {CREDS: ini(("profile etl", pair("ETL")))}, {"profile_name": "etl"})
    yield case("credentials file wins over config file", R, {CREDS: TWO, CONFIG: ini(("profile etl", pair("CONFIG")))}, {"profile_name": "etl"})
    yield case("region in the credentials file", {}, {CREDS: ini(("etl", {**pair("ETL"), "region": "sa-east-1"}))}, {"profile_name": "etl"})
    yield case("region in both files", {}, {CREDS: ini(("etl", {**pair("ETL"), "region": "sa-east-1"})), CONFIG: ini(("profile etl", {"region": "eu-west-3"}))}, {"profile_name": "etl"})
    yield case("profile name with blanks", R, {CONFIG: ini(('profile "my etl"', pair("BLANKS")))}, {"profile_name": "my etl"})
    yield case("profile name in single quotes", R, {CONFIG: ini(("profile 'etl'", pair("QUOTES")))}, {"profile_name": "etl"})
    yield case("profile name with an open quote", R, {CONFIG: ini(("profile 'etl", pair("QUOTES")))}, {"profile_name": "etl"})
    yield case("two words behind profile", R, {CONFIG: ini(("profile my etl", pair("TWO")))}, {"profile_name": "my etl"})
    yield case("section begins with profile", R, {CONFIG: ini(("profiles etl", pair("ODD")))}, {"profile_name": "etl"})
    yield case("profile default in the config file", R, {CONFIG: ini(("profile default", pair("LONG")))})
    yield case("default and profile default", R, {CONFIG: ini(("default", pair("SHORT")), ("profile default", pair("LONG")))})
    yield case("quoted key", R, {CREDS: '[default]\naws_access_key_id = "AKIAQUOTED0000000000"\naws_secret_access_key = "made-up-secret"\n'})
    yield case("inline comment stays", R, {CREDS: "[default]\naws_access_key_id = AKIACOMMENT000000000 # old\naws_secret_access_key = made-up-secret\n"})
    yield case("comment lines", R, {CREDS: "# a\n; b\n[default]\n# c\naws_access_key_id = AKIACOMMENT000000000\n  ; d\naws_secret_access_key = made-up-secret\n"})
    yield case("colons and upper case", R, {CREDS: "[default]\nAWS_Access_Key_Id: AKIACOLON00000000000\naws_secret_access_key : made-up-secret\n"})
    yield case("no blanks, windows lines", R, {CREDS: "[default]\r\naws_access_key_id=AKIAWINDOWS000000000\r\naws_secret_access_key=made-up-secret\r\n"})
    yield case("value goes on in the next line", R, {CREDS: "[default]\naws_access_key_id = AKIAFIRST\n  SECOND\naws_secret_access_key = made-up-secret\n"})
    yield case("indented lines", R, {CREDS: "[default]\n  aws_access_key_id = AKIAINDENT0000000000\n  aws_secret_access_key = made-up-secret\n"})
    yield case("indented more and more", R, {CREDS: "[default]\naws_access_key_id = AKIAINDENT0000000000\n  aws_secret_access_key = made-up-secret\n"})
    yield case("DEFAULT reaches every profile", R, {CREDS: "[DEFAULT]\naws_secret_access_key = made-up-secret\n[etl]\naws_access_key_id = AKIADEFAULTS00000000\n"}, {"profile_name": "etl"})
    yield case("text behind the header", R, {CREDS: "[default] ; mine\naws_access_key_id = AKIABEHIND0000000000\naws_secret_access_key = made-up-secret\n"})
    yield case("header with blanks inside", R, {CREDS: "[ default ]\naws_access_key_id = AKIABLANK00000000000\naws_secret_access_key = made-up-secret\n"})
    yield case("byte order mark", R, {CREDS: "\ufeff[default]\naws_access_key_id = AKIABOM0000000000000\naws_secret_access_key = made-up-secret\n"})
    yield case("no header", R, {CREDS: "aws_access_key_id = AKIANOHEADER00000000\n"})
    yield case("line without a value", R, {CREDS: "[default]\naws_access_key_id\n"})
    yield case("section twice", R, {CREDS: ini(("default", pair("ONE")), ("default", pair("TWO")))})
    yield case("key twice", R, {CREDS: "[default]\naws_access_key_id = AKIAONE0000000000000\naws_access_key_id = AKIATWO0000000000000\n"})
    yield case("broken config file", {**KEYS, **R}, {CONFIG: "[default\nregion = eu-west-1\n"})
    yield case("nested block", {}, {CREDS: TWO, CONFIG: "[default]\nregion = eu-west-3\ns3 =\n  addressing_style = path\n  max_concurrent_requests=20\n"})
    yield case("broken nested block", {}, {CREDS: TWO, CONFIG: "[default]\nregion = eu-west-3\ns3 =\n  addressing_style\n"})
    yield case("credentials file without secret", R, {CREDS: "[default]\naws_access_key_id = AKIAHALF000000000000\n"})
    yield case("credentials file with empty keys", R, {CREDS: "[default]\naws_access_key_id =\naws_secret_access_key =\n"})
    yield case("config file without secret", R, {CONFIG: "[default]\naws_access_key_id = AKIAHALF000000000000\n"})
    yield case("session token in the file", R, {CREDS: ini(("default", {**pair("TOKEN"), "aws_session_token": "made-up-token"}))})
    yield case("empty session token in the file", R, {CREDS: "[default]\naws_access_key_id = AKIATOKEN00000000000\naws_secret_access_key = made-up-secret\naws_session_token =\n"})
    yield case("both tokens in the file", R, {CREDS: ini(("default", {**pair("TOKEN"), "aws_session_token": "second", "aws_security_token": "first"}))})
    yield case("AWS_SHARED_CREDENTIALS_FILE", {**R, "AWS_SHARED_CREDENTIALS_FILE": "~/secrets/aws"}, {"~/secrets/aws": ini(("default", pair("ELSEWHERE"))), CREDS: TWO})
    yield case("AWS_SHARED_CREDENTIALS_FILE with a variable", {**R, "WHERE": "secrets", "AWS_SHARED_CREDENTIALS_FILE": "$HOME/${WHERE}/aws"}, {"~/secrets/aws": ini(("default", pair("VARIABLE")))})
    yield case("AWS_SHARED_CREDENTIALS_FILE is missing", {**R, "AWS_SHARED_CREDENTIALS_FILE": "~/nope"}, {CREDS: TWO})
    yield case("AWS_CONFIG_FILE", {"AWS_CONFIG_FILE": "~/team.ini"}, {"~/team.ini": ini(("default", {**pair("TEAM"), "region": "ca-central-1"}))})
    yield case("AWS_CONFIG_FILE is empty", {**R, "AWS_CONFIG_FILE": ""}, {CONFIG: ini(("default", pair("CONFIG")))})
    # Roles in profiles.
    def role(**more):
        return {"role_arn": ROLE, "source_profile": "base", "region": "eu-west-3", **more}
    base = ("profile base", pair("BASE"))
    yield case("role from a source profile", {}, {CONFIG: ini(("profile etl", role()), base)}, {"profile_name": "etl"})
    yield case("role, source in the credentials file", {}, {CONFIG: ini(("profile etl", role())), CREDS: ini(("base", pair("BASE")))}, {"profile_name": "etl"})
    yield case("role in the credentials file", {}, {CREDS: ini(("etl", role()), ("base", pair("BASE")))}, {"profile_name": "etl"})
    yield case("role with all its options", {}, {CONFIG: ini(("profile etl", role(role_session_name="nightly", external_id="ext-1", duration_seconds="1800")), base)}, {"profile_name": "etl"})
    yield case("role with a duration that is not a number", {}, {CONFIG: ini(("profile etl", role(duration_seconds="1h")), base)}, {"profile_name": "etl"})
    yield case("role with a duration that is too short", {}, {CONFIG: ini(("profile etl", role(duration_seconds="899")), base)}, {"profile_name": "etl"})
    yield case("role with a duration below zero", {}, {CONFIG: ini(("profile etl", role(duration_seconds="-900")), base)}, {"profile_name": "etl"})
    yield case("role with a duration that AWS will refuse", {}, {CONFIG: ini(("profile etl", role(duration_seconds="86400")), base)}, {"profile_name": "etl"})
    yield case("role of AWS_PROFILE", {"AWS_PROFILE": "etl"}, {CONFIG: ini(("profile etl", role()), base)})
    yield case("role of AWS_PROFILE, environment wins", {**KEYS, "AWS_PROFILE": "etl"}, {CONFIG: ini(("profile etl", role()), base)})
    yield case("role without region", {}, {CONFIG: ini(("profile etl", {"role_arn": ROLE, "source_profile": "base"}), base)}, {"profile_name": "etl"})
    yield case("role in a China region", {}, {CONFIG: ini(("profile etl", {**role(), "region": "cn-north-1"}), base)}, {"profile_name": "etl"})
    yield case("role wins over keys of the same profile", {}, {CONFIG: ini(("profile etl", role(**pair("OWN"))), base)}, {"profile_name": "etl"})
    yield case("role with its own profile as source", {}, {CONFIG: ini(("profile etl", {**role(**pair("OWN")), "source_profile": "etl"}))}, {"profile_name": "etl"})
    yield case("role with its own profile, no keys", {}, {CONFIG: ini(("profile etl", {**role(), "source_profile": "etl"}))}, {"profile_name": "etl"})
    yield case("chain of two roles", {}, {CONFIG: ini(("profile etl", {**role(), "source_profile": "middle"}), ("profile middle", {"role_arn": OTHER_ROLE, "source_profile": "base"}), base)}, {"profile_name": "etl"})
    yield case("chain that goes in circles", {}, {CONFIG: ini(("profile etl", {**role(), "source_profile": "middle"}), ("profile middle", {"role_arn": OTHER_ROLE, "source_profile": "etl"}))}, {"profile_name": "etl"})
    yield case("source profile is missing", {}, {CONFIG: ini(("profile etl", role()))}, {"profile_name": "etl"})
    yield case("source profile without credentials", {}, {CONFIG: ini(("profile etl", role()), ("profile base", {"region": "us-east-1"}))}, {"profile_name": "etl"})
    yield case("source profile without secret", {}, {CONFIG: ini(("profile etl", role()), ("profile base", {"aws_access_key_id": "AKIAHALF000000000000"}))}, {"profile_name": "etl"})
    yield case("role without a source", {}, {CONFIG: ini(("profile etl", {"role_arn": ROLE}))}, {"profile_name": "etl"})
    yield case("role with two sources", {}, {CONFIG: ini(("profile etl", role(credential_source="Environment")), base)}, {"profile_name": "etl"})
    yield case("role from the environment", KEYS, {CONFIG: ini(("profile etl", {"role_arn": ROLE, "credential_source": "Environment", "region": "eu-west-3"}))}, {"profile_name": "etl"})
    yield case("role from an empty environment", {}, {CONFIG: ini(("profile etl", {"role_arn": ROLE, "credential_source": "Environment"}))}, {"profile_name": "etl"})
    yield case("role from half an environment", {"AWS_ACCESS_KEY_ID": "AKIAENVIRONMENT00001"}, {CONFIG: ini(("profile etl", {"role_arn": ROLE, "credential_source": "Environment"}))}, {"profile_name": "etl"})
    yield case("role from an unknown source", {}, {CONFIG: ini(("profile etl", {"role_arn": ROLE, "credential_source": "Somewhere"}))}, {"profile_name": "etl"})
    yield case("role from a source in lower case", KEYS, {CONFIG: ini(("profile etl", {"role_arn": ROLE, "credential_source": "environment"}))}, {"profile_name": "etl"})
    yield case("role from the instance", {}, {CONFIG: ini(("profile etl", {"role_arn": ROLE, "credential_source": "Ec2InstanceMetadata", "region": "eu-west-3"}))}, {"profile_name": "etl"}, imds=True)
    yield case("role from the container", {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x"}, {CONFIG: ini(("profile etl", {"role_arn": ROLE, "credential_source": "EcsContainer", "region": "eu-west-3"}))}, {"profile_name": "etl"})
    # Web identity.
    web = {"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token", "AWS_ROLE_ARN": ROLE}
    yield case("web identity", {**R, **web, "AWS_ROLE_SESSION_NAME": "pod-1"}, {"~/token": "made-up-jwt"})
    yield case("web identity without session name", {**R, **web}, {"~/token": "made-up-jwt"})
    yield case("web identity without role", {**R, "AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token"}, {"~/token": "made-up-jwt"})
    yield case("web identity without its file", {**R, **web})
    yield case("web identity, environment wins", {**KEYS, **R, **web}, {"~/token": "made-up-jwt"})
    yield case("web identity wins over the default profile", {**R, **web}, {"~/token": "made-up-jwt", CREDS: TWO})
    yield case("web identity, profile given", {**R, **web}, {"~/token": "made-up-jwt", CREDS: TWO}, {"profile_name": "etl"})
    yield case("web identity in a profile", R, {"~/token": "made-up-jwt", CONFIG: ini(("profile etl", {"role_arn": ROLE, "web_identity_token_file": "{home}/token"}))}, {"profile_name": "etl"})
    yield case("web identity as a source profile", {}, {"~/token": "made-up-jwt", CONFIG: ini(("profile etl", role()), ("profile base", {"role_arn": OTHER_ROLE, "web_identity_token_file": "{home}/token"}))}, {"profile_name": "etl"})
    # Processes.
    def process(text, code=0):
        return {"~/creds.sh": f"#!/bin/sh\ncat <<'EOF'\n{text}\nEOF\nexit {code}\n"}
    good = '{"Version": 1, "AccessKeyId": "AKIAPROCESS000000000", "SecretAccessKey": "made-up-secret", "SessionToken": "made-up-token"}'
    run = {"credential_process": "sh {home}/creds.sh", "region": "eu-west-3"}
    yield case("process", {}, {CONFIG: ini(("profile etl", run)), **process(good)}, {"profile_name": "etl"})
    yield case("process in the credentials file", {}, {CREDS: ini(("etl", run)), **process(good)}, {"profile_name": "etl"})
    yield case("process, keys of the config file lose", {}, {CONFIG: ini(("profile etl", {**run, **pair("OWN")})), **process(good)}, {"profile_name": "etl"})
    yield case("process, keys of the credentials file win", {}, {CONFIG: ini(("profile etl", run)), CREDS: TWO, **process(good)}, {"profile_name": "etl"})
    yield case("process fails", {}, {CONFIG: ini(("profile etl", run)), **process("no", 3)}, {"profile_name": "etl"})
    yield case("process of another version", {}, {CONFIG: ini(("profile etl", run)), **process('{"Version": 2}')}, {"profile_name": "etl"})
    yield case("process without a key", {}, {CONFIG: ini(("profile etl", run)), **process('{"Version": 1, "AccessKeyId": "AKIA"}')}, {"profile_name": "etl"})
    yield case("process prints no JSON", {}, {CONFIG: ini(("profile etl", run)), **process("oops")}, {"profile_name": "etl"})
    yield case("process that is not there", {}, {CONFIG: ini(("profile etl", {"credential_process": "{home}/nope"}))}, {"profile_name": "etl"})
    yield case("process with an open quote", {}, {CONFIG: ini(("profile etl", {"credential_process": 'sh "{home}/creds.sh'}))}, {"profile_name": "etl"})
    yield case("process as a source profile", {}, {CONFIG: ini(("profile etl", role()), ("profile base", run)), **process(good)}, {"profile_name": "etl"})
    for title, expiration in [
        ("in the past", f'"{OVER}"'), ("in the future", '"2099-01-01T00:00:00Z"'), ("that is no time", '"tomorrow"'), ("that is empty", '""'),
        ("without a zone", '"2099-01-01T00:00:00"'), ("of the past without a zone", '"2001-01-01 00:00:00"'), ("of another zone", '"2099-01-01T00:00:00+05:30"'),
        ("that is null", "null"), ("that is a number", "4070908800"), ("that is true", "true"), ("that is a list", "[]"), ("with a fraction", '"2099-01-01T00:00:00.250Z"'),
        ("that ends in UTC", '"2099-01-01T00:00:00UTC"'), ("that is a day", '"2099-01-01"'), ("of month 13", '"2099-13-01T00:00:00Z"'), ("that ends in ten minutes", '"{soon}"'),
    ]:  # fmt: skip
        yield case(f"process with an expiration {title}", {}, {CONFIG: ini(("profile etl", run)), **process(good[:-1] + f', "Expiration": {expiration}}}')}, {"profile_name": "etl"})
    for title, text in [
        ("prints nothing", ""), ("prints a list", "[]"), ("prints a text", '"keys"'), ("has no version", '{"AccessKeyId": "AKIA", "SecretAccessKey": "s"}'), ("has its version as text", good.replace("1,", '"1",', 1)),
        ("has version 1.0", good.replace("1,", "1.0,", 1)), ("has version true", good.replace("1,", "true,", 1)), ("has no secret key", '{"Version": 1, "AccessKeyId": "AKIA", "Expiration": "tomorrow"}'),
    ]:  # fmt: skip
        yield case(f"process {title}", {}, {CONFIG: ini(("profile etl", run)), **process(text)}, {"profile_name": "etl"})
    # What else hands out keys, and when it says that they end.
    ends = {"in the past": OVER, "in ten minutes": "{soon}", "that is no time": "tomorrow", "that is missing": "missing"}
    for title, expires in ends.items():
        yield case(f"container, keys with an end {title}", {**R, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x"}, expires=expires)
        yield case(f"instance, keys with an end {title}", R, imds=True, expires=expires)
        yield case(f"web identity, keys with an end {title}", {**R, **web}, {"~/token": "made-up-jwt"}, expires=expires)
        yield case(f"role, keys with an end {title}", {}, {CONFIG: ini(("profile etl", role()), base)}, {"profile_name": "etl"}, expires=expires)
        yield case(f"environment that ends: {title}", {**KEYS, **R} | ({} if expires == "missing" else {"AWS_CREDENTIAL_EXPIRATION": expires}))
    yield case("environment that ends without a zone", {**KEYS, **R, "AWS_CREDENTIAL_EXPIRATION": "2099-01-01T00:00:00"})
    # Single sign-on.
    sso = {"sso_start_url": "https://example.awsapps.com/start", "sso_region": "us-east-1", "sso_account_id": "123456789012", "sso_role_name": "Etl", "region": "eu-west-3"}
    token = json.dumps({"startUrl": sso["sso_start_url"], "region": "us-east-1", "accessToken": "made-up-token", "expiresAt": "2099-01-01T00:00:00Z"})
    old = json.dumps({"startUrl": sso["sso_start_url"], "region": "us-east-1", "accessToken": "made-up-token", "expiresAt": "2001-01-01T00:00:00Z"})
    registration = {"clientId": "made-up-client", "clientSecret": "made-up-secret", "registrationExpiresAt": "2099-01-01T00:00:00Z", "refreshToken": "made-up-refresh"}
    url_cache = "~/.aws/sso/cache/" + sha1(sso["sso_start_url"]) + ".json"
    name_cache = "~/.aws/sso/cache/" + sha1("corp") + ".json"
    in_session = {"sso_session": "corp", "sso_account_id": "123456789012", "sso_role_name": "Etl", "region": "eu-west-3"}
    corp = ("sso-session corp", {"sso_start_url": sso["sso_start_url"], "sso_region": "us-east-1"})
    yield case("sso", {}, {CONFIG: ini(("profile etl", sso)), url_cache: token}, {"profile_name": "etl"})
    for title, expires in {"in the past": 978307200000, "in the future": 4102444800000}.items():
        yield case(f"sso, keys with an end {title}", {}, {CONFIG: ini(("profile etl", sso)), url_cache: token}, {"profile_name": "etl"}, expires=expires)
    yield case("sso, not logged in", {}, {CONFIG: ini(("profile etl", sso))}, {"profile_name": "etl"})
    yield case("sso, log-in has expired", {}, {CONFIG: ini(("profile etl", sso)), url_cache: old}, {"profile_name": "etl"})
    yield case("sso, something is missing", {}, {CONFIG: ini(("profile etl", {"sso_account_id": "123456789012"}))}, {"profile_name": "etl"})
    yield case("sso with a session", {}, {CONFIG: ini(("profile etl", in_session), corp), name_cache: token}, {"profile_name": "etl"})
    yield case("sso with a session that is missing", {}, {CONFIG: ini(("profile etl", in_session))}, {"profile_name": "etl"})
    yield case("sso with a session that contradicts", {}, {CONFIG: ini(("profile etl", {**in_session, "sso_region": "eu-west-1"}), corp), name_cache: token}, {"profile_name": "etl"})
    yield case("sso with a session, not logged in", {}, {CONFIG: ini(("profile etl", in_session), corp)}, {"profile_name": "etl"})
    yield case("sso with a session, log-in has expired", {}, {CONFIG: ini(("profile etl", in_session), corp), name_cache: old}, {"profile_name": "etl"})
    # A named log-in is renewed where its registration lives: by CreateToken, whose answer botocore writes into the cache.
    log_in = lambda ends, **more: json.dumps({**json.loads(token), "expiresAt": ends, **registration, **more})
    half = lambda *names: json.dumps({k: v for k, v in json.loads(log_in(OVER)).items() if k not in names})
    named = lambda name, content, **answers: case(f"sso with a session, {name}", {}, {CONFIG: ini(("profile etl", in_session), corp), name_cache: content}, {"profile_name": "etl"}, **answers)
    gone = (400, "InvalidGrantException")
    yield named("log-in is renewed", log_in(OVER))
    yield named("log-in is renewed without a new refresh token", log_in(OVER), CreateToken=(200, "no refresh token"))
    yield named("renewal is refused", log_in(OVER), CreateToken=gone)
    yield named("renewal finds nobody", log_in(OVER), CreateToken="unreachable")
    yield named("registration is over", log_in(OVER, registrationExpiresAt=OVER))
    for name in registration:
        yield named(f"{name} is missing", half(name))
    yield named("log-in lasts", log_in("2099-01-01T00:00:00Z"))
    yield named("log-in ends soon", log_in("{soon}"))
    yield named("log-in ends soon, renewal is refused", log_in("{soon}"), CreateToken=gone)
    yield named("log-in ends soon, renewal finds nobody", log_in("{soon}"), CreateToken="unreachable")
    yield named("log-in ends soon, registration is over", log_in("{soon}", registrationExpiresAt=OVER))
    yield named("log-in ends soon, secret is missing", log_in("{soon}").replace("clientSecret", "other"))
    yield named("portal does not know the token", log_in("2099-01-01T00:00:00Z"), GetRoleCredentials=(401, "UnauthorizedException"))
    yield named("portal denies the role", log_in("2099-01-01T00:00:00Z"), GetRoleCredentials=(403, "ForbiddenException"))
    yield named("portal knows no such account", log_in("2099-01-01T00:00:00Z"), GetRoleCredentials=(404, "ResourceNotFoundException"))
    yield case("sso without a session is never renewed", {}, {CONFIG: ini(("profile etl", sso)), url_cache: log_in(OVER)}, {"profile_name": "etl"})
    yield case("sso without a session, portal does not know the token", {}, {CONFIG: ini(("profile etl", sso)), url_cache: token}, {"profile_name": "etl"}, GetRoleCredentials=(401, "UnauthorizedException"))
    full = {**sso, **in_session}
    yield case("sso with a session without a region", {}, {CONFIG: ini(("profile etl", full), ("sso-session corp", {"sso_start_url": sso["sso_start_url"]})), name_cache: token}, {"profile_name": "etl"})
    yield case("sso with a session without a start url", {}, {CONFIG: ini(("profile etl", full), ("sso-session corp", {"sso_region": "us-east-1"})), name_cache: token}, {"profile_name": "etl"})
    yield case("sso with an empty session", {}, {CONFIG: ini(("profile etl", full), ("sso-session corp", {})), name_cache: token}, {"profile_name": "etl"})
    yield case("endpoint of the portal", {"AWS_ENDPOINT_URL_SSO": "http://127.0.0.1:5004"}, {CONFIG: ini(("profile etl", sso)), url_cache: token}, {"profile_name": "etl"})
    yield case("sso in China", {}, {CONFIG: ini(("profile etl", {**sso, "sso_region": "cn-north-1"})), url_cache: token}, {"profile_name": "etl"})
    yield case("sso with fips", {"AWS_USE_FIPS_ENDPOINT": "true"}, {CONFIG: ini(("profile etl", sso)), url_cache: token}, {"profile_name": "etl"})
    yield case("sso with dual stack", {"AWS_USE_DUALSTACK_ENDPOINT": "true"}, {CONFIG: ini(("profile etl", sso)), url_cache: token}, {"profile_name": "etl"})
    yield case("sso wins over keys", {}, {CONFIG: ini(("profile etl", sso)), CREDS: TWO, url_cache: token}, {"profile_name": "etl"})
    yield case("sso as a source profile", {}, {CONFIG: ini(("profile etl", role()), ("profile base", sso)), url_cache: token}, {"profile_name": "etl"})
    yield case("aws login", R, {CONFIG: ini(("profile etl", {"login_session": "arn:aws:iam::123456789012:user/me"}))}, {"profile_name": "etl"})
    # Old files, containers, instances.
    yield case("AWS_CREDENTIAL_FILE", {**R, "AWS_CREDENTIAL_FILE": "~/ec2"}, {"~/ec2": "AWSAccessKeyId=AKIAECTWO00000000000\nAWSSecretKey=made-up-secret\n"})
    yield case("AWS_CREDENTIAL_FILE without secret", {**R, "AWS_CREDENTIAL_FILE": "~/ec2"}, {"~/ec2": "AWSAccessKeyId=AKIAECTWO00000000000\n"})
    yield case("AWS_CREDENTIAL_FILE is missing", {**R, "AWS_CREDENTIAL_FILE": "~/ec2"})
    yield case("boto 2", R, {"~/.boto": ini(("Credentials", pair("BOTO")))})
    yield case("boto 2 elsewhere", {**R, "BOTO_CONFIG": "~/boto.ini"}, {"~/boto.ini": ini(("Credentials", pair("BOTO"))), "~/.boto": ini(("Credentials", pair("OLD")))})
    yield case("boto 2 without secret", R, {"~/.boto": "[Credentials]\naws_access_key_id = AKIAHALF000000000000\n"})
    yield case("container", {**R, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x"})
    yield case("container, full address", {**R, "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1234/x"})
    yield case("container, address that is not allowed", {**R, "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.com/x"})
    yield case("container with two addresses", {**R, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x", "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.com/x"})
    yield case("container, token has a line end", {**R, "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1234/x", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "a\nb"})
    yield case("container, file wins", {**R, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x"}, {CREDS: TWO})
    yield case("instance", R, imds=True)
    yield case("instance, profile without credentials", {}, {CONFIG: ini(("profile etl", {"region": "eu-west-3"}))}, {"profile_name": "etl"}, imds=True)
    yield case("container wins over instance", {**R, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x"}, imds=True)
    # Endpoints.
    yield case("AWS_ENDPOINT_URL", {**KEYS, **R, "AWS_ENDPOINT_URL": "http://127.0.0.1:5000"})
    yield case("AWS_ENDPOINT_URL_STS wins", {**KEYS, **R, "AWS_ENDPOINT_URL": "http://127.0.0.1:5000", "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:5001"})
    yield case("endpoint of the profile", {}, {CREDS: TWO, CONFIG: ini(("default", {"region": "eu-west-3", "endpoint_url": "http://127.0.0.1:5002"}))})
    yield case("endpoint of a services section", {}, {CREDS: TWO, CONFIG: "[default]\nregion = eu-west-3\nservices = lab\nendpoint_url = http://127.0.0.1:5002\n[services lab]\nsts =\n  endpoint_url = http://127.0.0.1:5003\n"})
    yield case("services section is missing", {}, {CREDS: TWO, CONFIG: "[default]\nregion = eu-west-3\nservices = lab\n"})
    yield case("endpoint without region", {**KEYS, "AWS_ENDPOINT_URL": "http://127.0.0.1:5000"})
    yield case("configured endpoints are ignored", {**KEYS, **R, "AWS_ENDPOINT_URL": "http://127.0.0.1:5000", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"})
    yield case("endpoint for a role", {"AWS_ENDPOINT_URL_STS": "http://127.0.0.1:5001"}, {CONFIG: ini(("profile etl", role()), base)}, {"profile_name": "etl"})
    yield case("endpoint is not a URL", {**KEYS, **R, "AWS_ENDPOINT_URL": "localhost"})
    yield case("fips", {**KEYS, "AWS_DEFAULT_REGION": "us-east-2", "AWS_USE_FIPS_ENDPOINT": "true"})
    yield case("dual stack", {**KEYS, "AWS_DEFAULT_REGION": "us-east-2", "AWS_USE_DUALSTACK_ENDPOINT": "true"})
    yield case("sts of old, global", {**KEYS, "AWS_DEFAULT_REGION": "us-east-2", "AWS_STS_REGIONAL_ENDPOINTS": "legacy"})
    yield case("sts of old, newer region", {**KEYS, "AWS_DEFAULT_REGION": "eu-south-1", "AWS_STS_REGIONAL_ENDPOINTS": "legacy"})


def sha1(text):
    """The name of a token file of `aws sso login`."""
    return hashlib.sha1(text.encode()).hexdigest()


def answer(case):
    """Runs one case in a process and a home of its own."""
    with tempfile.TemporaryDirectory() as home:
        soon = datetime.datetime.now(datetime.timezone.utc) + SOON
        fill = lambda text: text.replace("{home}", home).replace("{soon}", soon.strftime("%Y-%m-%dT%H:%M:%SZ"))
        for path, text in case["files"].items():
            file = pathlib.Path(path.replace("~", home, 1))
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(fill(text), newline="")
        env = {name: fill(value) for name, value in case["env"].items()}
        env.update(HOME=home, PATH=os.environ["PATH"], LANG="C.UTF-8")
        told = {**case, "expires": fill(case["expires"])} if isinstance(case.get("expires"), str) else case
        run = subprocess.run(
            [sys.executable, __file__, "--one"], input=json.dumps(told), env=env, capture_output=True, text=True, timeout=60
        )
        if run.returncode:
            raise SystemExit(f"{case['id']}: {run.stderr}")
        result = json.loads(run.stdout.replace(home, "{home}"))
        cache = {path: fill(text) for path, text in case["files"].items() if "/sso/cache/" in path}
        kept = all(pathlib.Path(path.replace("~", home, 1)).read_text() == text for path, text in cache.items())
        return {**result, "renewed": True} if not kept else result


def one(case):
    """In the process of the case: what boto3 does."""
    import boto3
    import botocore.awsrequest
    import botocore.exceptions
    import botocore.utils
    from urllib.parse import unquote

    calls = []

    def expiration():
        ends = case.get("expires", "2099-01-01T00:00:00Z")
        return {} if ends == "missing" else {"Expiration": ends}

    def temporary():
        return f"ASIATEMPORARY{len(calls):07}"

    def send(request, **_):
        host = request.url.split("/")[2]
        authorization = request.headers.get("Authorization", b"")
        authorization = authorization.decode() if isinstance(authorization, bytes) else authorization
        found = re.search(r"Credential=(.*?)/\d{8}/([^/]*)/([^/]*)/", authorization, re.S)
        key, region = (found.group(1), found.group(2)) if found else (None, None)
        body = request.body.decode() if isinstance(request.body, bytes) else str(request.body or "")
        params = dict(re.findall(r"([A-Za-z]+)=([^&]*)", body))
        if request.url.endswith("/token"):
            operation, params = "CreateToken", json.loads(body)
        elif "/federation/" in request.url:
            bearer = request.headers["x-amz-sso_bearer_token"]
            bearer = bearer.decode() if isinstance(bearer, bytes) else bearer
            operation, params = "GetRoleCredentials", dict(re.findall(r"(\w+)=([^&]*)", request.url.partition("?")[2]))
            params["token"] = bearer
        else:
            operation = params.pop("Action")
            params.pop("Version")
        params = {k: unquote(v) for k, v in params.items() if k != "WebIdentityToken"}
        if params.get("RoleSessionName", "").startswith("botocore-session-"):
            params["RoleSessionName"] = "botocore-session-*"
        token = request.headers.get("X-Amz-Security-Token") is not None
        calls.append({"operation": operation, "key": key, "token": token, "region": region, "host": host, "params": params})
        answer = case.get("answers", {}).get(operation, [200, ""])
        if answer == "unreachable":
            raise botocore.exceptions.EndpointConnectionError(endpoint_url=request.url)
        status, what = answer
        if status != 200:
            text = json.dumps({"message": "no", "__type": what})
        elif operation == "CreateToken":
            renewed = {"accessToken": "renewed-token", "tokenType": "Bearer", "expiresIn": 28800, "refreshToken": "renewed-refresh"}
            text = json.dumps({k: v for k, v in renewed.items() if what != "no refresh token" or k != "refreshToken"})
        elif operation == "GetRoleCredentials":
            text = json.dumps(
                {"roleCredentials": {"accessKeyId": temporary(), "secretAccessKey": "s", "sessionToken": "t", "expiration": case.get("expires", 4102444800000)}}
            )
        elif operation == "GetCallerIdentity":
            text = "<GetCallerIdentityResponse><GetCallerIdentityResult/></GetCallerIdentityResponse>"
        else:
            keys = f"<AccessKeyId>{temporary()}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
            ends = "".join(f"<Expiration>{end}</Expiration>" for end in expiration().values())
            keys = f"<Credentials>{keys}{ends}</Credentials>"
            text = f"<{operation}Response><{operation}Result>{keys}</{operation}Result></{operation}Response>"

        class Raw:
            def stream(self, *_, **__):
                yield text.encode()

        return botocore.awsrequest.AWSResponse(request.url, status, {"x-amzn-ErrorType": what}, Raw())

    def container(self, url, headers, timeout):
        calls.append({"operation": "container", "host": url.split("/")[2]})
        return {"AccessKeyId": temporary(), "SecretAccessKey": "s", "Token": "t", **expiration()}

    def metadata_token(self):
        if self._disabled:
            raise self._RETRIES_EXCEEDED_ERROR_CLS()
        return "t"

    def instance(self, role_name, token=None):
        calls.append({"operation": "instance"})
        return {"AccessKeyId": temporary(), "SecretAccessKey": "s", "Token": "t", **expiration()}

    if "answers" in case:
        os.environ["AWS_MAX_ATTEMPTS"] = "1"
    botocore.utils.ContainerMetadataFetcher._get_response = container
    botocore.utils.InstanceMetadataFetcher._fetch_metadata_token = metadata_token
    botocore.utils.InstanceMetadataFetcher._get_iam_role = lambda self, token=None: "r"
    botocore.utils.InstanceMetadataFetcher._get_credentials = instance
    result = {"exception": None, "method": None, "region": None}
    try:
        session = boto3.session.Session(**case["session"])
        session.events.register("before-send", send)
        result["region"] = session.region_name
        credentials = session.get_credentials()
        result["method"] = credentials and credentials.method
        session.client("sts").get_caller_identity()
    except Exception as error:
        result["exception"] = type(error).__name__
    print(json.dumps({**result, "calls": calls}))


def main():
    if sys.argv[1:] == ["--one"]:
        return one(json.load(sys.stdin))
    all_cases = list(cases())
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        lines = [json.dumps({**case, "result": result}) + "\n" for case, result in zip(all_cases, pool.map(answer, all_cases))]
    if sys.argv[1:] == ["--check"]:
        old = TABLE.read_text().splitlines(keepends=True)
        differing = [json.loads(new)["id"] for was, new in zip(old, lines) if was != new]
        same = not differing and len(old) == len(lines)
        print(f"{len(lines)} cases, " + ("all as recorded" if same else f"differing: {differing or 'their number'}"))
        return 0 if same else 1
    TABLE.write_text("".join(lines))
    print(f"{len(lines)} cases written to {TABLE.name}")


if __name__ == "__main__":
    sys.exit(main())
