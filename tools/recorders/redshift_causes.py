#!/usr/bin/env python3
"""Says of every recorded run where it ended and why, from what the run itself left behind: exception, message, and the arguments that the driver got.

usage: redshift_causes.py [--check]

Writes `stage` and `cause` (and `unseen`) into the outcomes of fixtures/redshift/{runs,generated,options,people}.jsonl.gz; with --check it only compares.
airconn has no part in this: the tests hold its verdicts against these. A run that no row of the table describes is an error, never a guess.

stage: `arguments` (refused before anything was looked up or sent), `machine` (looked up on the machine: region, credentials, profile, file, package),
`aws`, `identity-provider`, `network`, `server`; of a run without an exception `login` (runs.jsonl.gz, whose cluster answered) or `socket` (the others:
redshift_oracle stops there).
cause: `text`, or what was missing or refused: `region`, `credentials`, `profile`, `file`, `package`, `address` (a socket or a source address of the machine), `auth-profile`, `browser`, `identity-provider`,
`aws`, `network`, `server`; `none` for a run without an exception.
unseen: what the stand-ins let pass and a cluster would not: `region`, `user`, `password`, `port`, `keepalive`.
"""
import gzip
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPORA = ("runs", "generated", "options", "people")

# Exception, what its message begins with (a pattern), stage, cause. The first row that fits counts.
ROWS = [
    # Looked up on the machine of the worker.
    ("NoRegionError", "", "machine", "region"),
    ("NoCredentialsError", "", "machine", "credentials"),
    ("ProfileNotFound", "", "machine", "profile"),
    ("ModuleNotFoundError", "", "machine", "package"),
    ("FileNotFoundError", "", "machine", "file"),
    # AwsBaseHook cannot read the file of keys that `s3_config_file` names.
    ("AirflowException", r"\('Exception when parsing", "machine", "file"),
    # The hook opens the token file that AWS_WEB_IDENTITY_TOKEN_FILE names, and there is no such variable.
    ("TypeError", "expected str, bytes or os.PathLike object, not NoneType", "machine", "file"),
    # The driver puts botocore's exceptions into its own.
    ("InterfaceError", r"The config profile \(", "machine", "profile"),
    ("InterfaceError", "You must specify a region", "machine", "region"),
    ("InterfaceError", "(Failed to obtain subject token .*: )?Unable to locate credentials", "machine", "credentials"),
    # AWS answered, or what stands in for it.
    ("ClusterNotFoundFault|AccessDeniedException|ResourceNotFoundException", "An error occurred", "aws", "aws"),
    ("ClientError", r"An error occurred \((AccessDenied|403)\)", "aws", "aws"),
    # botocore's HTTP client knows two schemes.
    ("HTTPClientError", "An HTTP Client raised an unhandled exception: Not supported URL scheme", "arguments", "text"),
    # An endpoint that is not there, or one whose answer is not AWS's.
    ("EndpointConnectionError", "Could not connect to the endpoint URL", "aws", "network"),
    ("ResponseParserError", "Unable to parse response", "aws", "aws"),
    # moto takes a key id with a blank in it for another service.
    ("KeyError", "'DescribeClustersResult'", "aws", "aws"),
    # The identity providers and the browser are cut off.
    ("OSError", "cut off", "identity-provider", "browser"),
    ("KeyError", "'clientSecretExpiresAt'", "identity-provider", "browser"),
    ("InterfaceError|ConnectionError", "cut off|Failed to get SAML assertion|HTTPSConnectionPool", "identity-provider", "identity-provider"),
    # The socket: names and addresses.
    ("InterfaceError", r"\('communication error', (FileNotFoundError|OSError\(22)", "network", "address"),
    ("InterfaceError", r"\('communication error', (ConnectionRefusedError|SSLCertVerificationError|gaierror\(-2)", "network", "network"),
    ("InterfaceError", r"\('communication error', gaierror\(-9", "network", "text"),
    ("InterfaceError", r"\('communication error', (gaierror\(-8|BlockingIOError)", "network", "text"),
    ("InterfaceError", "Server refuses SSL", "server", "server"),
    # The server: PostgreSQL's error as a dictionary of its fields.
    ("InterfaceError|ProgrammingError", r"\{'S'", "server", "server"),
    # libpq: what it makes of its arguments before it connects, then how far it gets.
    ("OperationalError", r"(connection is bad: |connection to server at [^,]*, port \S+ failed: )*(invalid (sslmode value|port number|integer value)|could not match \d+ port)", "arguments", "text"),
    ("OperationalError", r"connection (is bad: connection )?to server on socket", "network", "network"),
    ("OperationalError", r"(connection failed: )?connection to server at [^,]*, port +\S+ failed: Connection refused", "network", "network"),
    ("OperationalError", r"(connection failed: )?connection to server at [^,]*, port +\S+ failed: ", "server", "server"),
    ("OperationalError", "failed to resolve host .* Servname not supported", "network", "text"),
    # Refused arguments: the hook's, botocore's, the driver's.
    ("AirflowException", "Please set |Unsupported federation: ", "arguments", "text"),
    ("AttributeError|KeyError|NotImplementedError|OverflowError|UnicodeError|ValueError|TypeError", "", "arguments", "text"),
    ("ParamValidationError|EndpointResolutionError|UnknownSignatureVersionError|UnsupportedSignatureVersionError|NoAuthTokenError", "", "arguments", "text"),
    ("Invalid(ChecksumConfig|Config|MaxRetryAttempts|Region|RetryConfiguration|RetryMode|S3AddressingStyle)Error|InvalidDefaultsMode", "", "arguments", "text"),
    ("ProgrammingError", "invalid (dsn|connection option|URI query)|missing |unterminated |bad value for ", "arguments", "text"),
    (
        "InterfaceError",
        "Invalid (connection property|credentials provider|IdP specified|value passed)|IdC authentication failed|Missing required|Connection parameter|"
        "Cluster identifier must|Region must|tcp_keepalive|The parameter |idp_partition must|You can not use|Browser|Authentication must use",
        "arguments",
        "text",
    ),
]


# A name that the oracle resolves to loopback, as it does there.
NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?")


def where_it_ended(corpus, case, outcome, kwargs):
    """Stage and cause of a run; `kwargs` is what the driver was called with, as far as it is recorded."""
    if outcome["ok"]:
        return ("login" if corpus == "runs" else "socket"), "none"
    exception, message, kwargs = outcome["exception"], outcome["message"], kwargs or {}
    # What an authentication profile holds replaces what is written, and the stand-in's holds nothing.
    if kwargs.get("auth_profile") is not None and message.startswith("Invalid connection property setting. cluster_identifier must be"):
        return "aws", "auth-profile"
    # A plugin said no more than a sentence: what it hid decides.
    if "behind" in outcome:
        exception, message = outcome["behind"].split(": ", 1)
        # The second is an answer that moto cannot give.
        if "cut off" not in message and message != "'clientSecretExpiresAt'":
            return "arguments", "text"
    if corpus != "runs":
        # Nothing but the form of a name is looked up there, by Python; libpq asks the network, of which there is none.
        if message.startswith("('communication error', gaierror(-2"):
            return "network", ("address" if kwargs.get("source_address") else "text")
        if found := re.match("could not translate host name \"(.*)\" to address", message):
            return "network", ("network" if NAME.fullmatch(found.group(1)) else "text")
        if message.startswith("failed to resolve host"):
            return "network", "text"
        # libpq opens sockets of its own: whatever answers on loopback, it got as far as the driver's.
        if exception == "OperationalError" and re.match(r"(connection failed: )?connection to server at [^,]*, port +\S+ failed: (?!invalid integer)", message):
            return "socket", "none"
    for names, pattern, stage, cause in ROWS:
        if re.fullmatch(names, exception) and re.match(pattern, message):
            return stage, cause
    sys.exit(f"redshift_causes: no row for {exception}: {message} ({corpus} {case['id']})")


# Plugins whose token is the password of the log-in.
TOKENS = ("BasicJwtCredentialsProvider", "BrowserAzureOAuth2CredentialsProvider", "BrowserIdcAuthPlugin", "IdpTokenAuthPlugin")


def unseen(case, stage, kwargs):
    """What the stand-ins let pass: they know every region, their sockets take every port and option, and nobody asks for a password."""
    if kwargs is None or case["hook"] != "redshift":
        return []
    # For the driver `iam` is a boolean; without it, only these plugins are asked.
    found, iam, plugin = [], kwargs.get("iam") is True, str(kwargs.get("credentials_provider")).split(".")[-1]
    # It counts the labels of a host from its end to find the region of a call.
    cut = re.search(r"\.amazonaws\.com(.+)", str(kwargs.get("host")))
    if cut and not kwargs.get("region") and (iam or plugin == "IdpTokenAuthPlugin" and kwargs.get("access_key_id")):
        found.append("region")
    if stage != "socket":
        return found
    # With IAM the driver fetches both, a plugin brings what stands for the password.
    if not kwargs.get("user") and not iam and plugin not in TOKENS:
        found.append("user")
    if not iam and (plugin not in TOKENS and not kwargs.get("password") or not isinstance(kwargs.get("password") or "", str)):
        found.append("password")
    port = kwargs.get("port")
    if port is not None and not (re.fullmatch("[0-9]+", str(port)) and 0 < int(port) < 65536):
        found.append("port")
    if any(not in_range(kwargs.get(f"tcp_keepalive_{name}"), most) for name, most in (("idle", 32767), ("interval", 32767), ("count", 127))):
        found.append("keepalive")
    return found


def in_range(value, most):
    """Does the socket take a keepalive setting? None stands for the default of the system."""
    return value is None or isinstance(value, int) and 0 < value <= most


def labelled(corpus, case):
    """The case with stage and cause in each of its outcomes."""
    every = case.get("connect_kwargs")

    def one(label, outcome):
        # Of `runs` the arguments are recorded with the newest versions only.
        kwargs = every if label is None or corpus == "runs" and label == "amazon 9.39.0" else None if corpus == "runs" else (every or {}).get(label)
        stage, cause = where_it_ended(corpus, case, outcome, kwargs)
        kept = {k: v for k, v in outcome.items() if k not in ("stage", "cause", "unseen")}
        hidden = unseen(case, stage, kwargs) if corpus != "runs" else []
        return {**kept, "stage": stage, "cause": cause, **({"unseen": hidden} if hidden else {})}

    outcome = case["outcome"]
    return {**case, "outcome": one(None, outcome) if "ok" in outcome else {label: one(label, o) for label, o in outcome.items()}}


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit(__doc__)
    counted, stale = 0, []
    for corpus in CORPORA:
        path = ROOT / "fixtures/redshift" / f"{corpus}.jsonl.gz"
        with gzip.open(path, "rt") as lines:
            cases = [json.loads(line) for line in lines]
        made = [labelled(corpus, case) for case in cases]
        counted += sum(1 if "ok" in case["outcome"] else len(case["outcome"]) for case in cases)
        if made != cases:
            stale.append(corpus)
            if not sys.argv[1:]:
                with gzip.GzipFile(path, "wb", 9, mtime=0) as out:
                    out.writelines((json.dumps(case) + "\n").encode() for case in made)
    print(f"{counted} outcomes, {len(stale)} corpora {'differ' if sys.argv[1:] else 'written'}")
    sys.exit(bool(stale) and bool(sys.argv[1:]))


if __name__ == "__main__":
    main()
