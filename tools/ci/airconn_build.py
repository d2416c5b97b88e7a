"""The build backend of pyproject.toml: maturin; and for pre-commit the released wheel, so that a hook needs no compiler.

pre-commit installs a hook by `pip install .` in its own clone of this repository. There, and nowhere else, the wheel of this
version is taken from the package index if it has one; `pip install git+...` builds the commit that was asked for.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

MATURIN = "maturin>=1.16,<2"


def _is_for_pre_commit():
    """pre-commit makes the environment of a hook inside of the clone that it is installed from."""
    home = Path(sys.prefix).resolve()
    return home.name.startswith("py_env-") and home.parent == Path.cwd().resolve()


def _released(folder):
    """Fetches the wheel of this version into the folder: its name, or None where there is none for this machine."""
    if not _is_for_pre_commit():
        return None
    version = re.search(r'^version = "(.+)"$', Path("Cargo.toml").read_text(encoding="utf-8"), re.M)[1]
    # pip hides its environment from the backend, pip itself among it.
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary=:all:", "--dest", str(folder), f"airconn=={version}"]
    done = subprocess.run(command, env=surroundings, stdout=sys.stderr, check=False)
    if done.returncode != 0:
        print(f"airconn {version} has no released wheel for this machine: building it", file=sys.stderr)
        return None
    return next(Path(folder).glob("airconn-*.whl")).name


def get_requires_for_build_wheel(config_settings=None):
    with tempfile.TemporaryDirectory() as folder:
        return [] if _released(folder) else [MATURIN, *_asked_by_maturin()]


def _asked_by_maturin():
    """maturin brings a Rust of its own where there is none."""
    from shutil import which

    return [] if which("cargo") else ["puccinialin"]


def get_requires_for_build_sdist(config_settings=None):
    return [MATURIN]


get_requires_for_build_editable = get_requires_for_build_sdist


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    released = _released(wheel_directory)
    if released:
        return released
    import maturin

    return maturin.build_wheel(wheel_directory, config_settings, metadata_directory)


def build_sdist(sdist_directory, config_settings=None):
    import maturin

    return maturin.build_sdist(sdist_directory, config_settings)


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    import maturin

    return maturin.build_editable(wheel_directory, config_settings, metadata_directory)
