"""Reads what airconn writes for clients other than Airflow, with those clients themselves. For tools/compare/real_readers.py.

Run with the python that `tools/oracles/python-venv.sh clients` prints: a list of [format, text] comes as JSON on stdin, and a list of answers
goes to stdout, each what the client understood or {"error": …}. Nothing is connected to.
"""

import importlib.util
import inspect
import json
import pathlib
import subprocess
import sys
import tempfile
import types
import zipfile

import hcl2
import yaml

# The rules of Compose's `$`, from the last Compose that was written in Python. Its packages need an old PyYAML: the one module is enough.
COMPOSE = ("docker-compose==1.29.2", "compose/config/interpolation.py")


def sqlalchemy(text):
    from sqlalchemy.engine import make_url

    url = make_url(text)
    _, arguments = url.get_dialect()().create_connect_args(url)
    return arguments


def libpq(text):
    import psycopg2.extensions

    return psycopg2.extensions.parse_dsn(text)


def redshift_connector(text):
    import redshift_connector as driver

    signature = inspect.signature(driver.connect)
    return {name: dict(signature.bind(**arguments).arguments) for name, arguments in json.loads(text).items()}


def dbt(text):
    from argparse import Namespace

    from dbt import flags
    from dbt.config.profile import Profile
    from dbt.config.renderer import ProfileRenderer
    from dbt_common.context import set_invocation_context

    set_invocation_context({})
    flags.set_flags(Namespace(LOG_CACHE_EVENTS=False, PROFILES_DIR=".", PROJECT_DIR=".", VARS={}))
    answers = {}
    for name, raw in yaml.safe_load(text).items():
        try:
            profile = Profile.from_raw_profile_info(raw, name, ProfileRenderer({}))
            answers[name] = {k: v for k, v in profile.credentials.to_dict(omit_none=True).items()}
            # What is shown of a profile leaves the password out.
            answers[name]["password"] = profile.credentials.password
            answers[name]["type"] = profile.credentials.type
        except Exception as error:
            answers[name] = {"error": f"{type(error).__name__}: {error}"}
    return answers


def compose():
    """Compose's own class for `$` in values."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps", "-d", folder, COMPOSE[0]]
        subprocess.run(command, check=True, stdout=sys.stderr)
        with zipfile.ZipFile(next(pathlib.Path(folder).glob("*.whl"))) as archive:
            archive.extract(COMPOSE[1], folder)
        # What the module imports plays no part in this.
        for name in ("compose", "compose.config", "compose.config.errors", "compose.const", "compose.utils"):
            module = sys.modules.setdefault(name, types.ModuleType(name))
            module.ConfigurationError, module.COMPOSEFILE_V1 = ValueError, None
            module.parse_bytes = module.parse_nanoseconds_int = None
        spec = importlib.util.spec_from_file_location("compose.config.interpolation", pathlib.Path(folder) / COMPOSE[1])
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return module


def variables_of_compose(text, known=[]):
    if not known:
        known.append(compose())
    interpolator = known[0].Interpolator(known[0].TemplateWithDefaults, {})
    services = yaml.safe_load(text)["services"]
    return {name: interpolator.interpolate(value) for service in services.values() for name, value in service["environment"].items()}


# The escapes of HCL's quoted strings.
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


def literal(text):
    """A quoted string of HCL: python-hcl2 leaves the escapes to whoever asks."""
    assert text[0] == text[-1] == '"', text
    out, rest = [], text[1:-1]
    while rest:
        if rest[0] == "\\" and rest[1] in "uU":
            digits = 4 if rest[1] == "u" else 8
            out.append(chr(int(rest[2 : 2 + digits], 16)))
            rest = rest[2 + digits :]
        elif rest[0] == "\\":
            out.append(ESCAPES[rest[1]])
            rest = rest[2:]
        elif rest[:3] in ("$${", "%%{"):
            out.append(rest[1:3])
            rest = rest[3:]
        else:
            assert rest[:2] not in ("${", "%{"), "a template"
            out.append(rest[0])
            rest = rest[1:]
    return "".join(out)


def terraform(text):
    resources = [body for resource in hcl2.loads(text)["resource"] for bodies in resource.values() for body in bodies.values()]
    fields = [{k: v if isinstance(v, int) else literal(v) for k, v in body.items() if k != "__is_block__"} for body in resources]
    return {body["connection_id"]: body for body in fields}


READERS = {
    "sqlalchemy": sqlalchemy,
    "libpq": libpq,
    "redshift-connector": redshift_connector,
    "dbt": dbt,
    "compose": variables_of_compose,
    "terraform": terraform,
}


def answer(name, text):
    try:
        return READERS[name](text)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


print("\n" + json.dumps([answer(name, text) for name, text in json.load(sys.stdin)], default=str))
