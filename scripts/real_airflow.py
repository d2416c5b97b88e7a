"""One real Airflow of one version, with a database of its own. For make-fixtures and real-export."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Connections that a version exports a URI for which it cannot read itself: before 3.1 the protocol of a host is
# not quoted when it repeats the connection type, and `spark://spark://host:7077` is refused.
UNREADABLE = {"2.11.2": {"http_same_protocol", "spark_default"}}


def python_of(version):
    """The python of the environment with this Airflow; makes the environment when there is none."""
    found = subprocess.run([ROOT / "scripts" / "airflow-venv", version], stdout=subprocess.PIPE, check=True, text=True)
    return found.stdout.splitlines()[-1]


class Airflow:
    def __init__(self, version, home):
        self.version, self.home = version, Path(home)
        self.python = python_of(version)
        kept = {k: v for k, v in os.environ.items() if not k.startswith("AIRFLOW")}
        self.environment = {
            **kept,
            "AIRFLOW_HOME": str(home),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            # No key, no encryption: rows of two databases can be compared.
            "AIRFLOW__CORE__FERNET_KEY": "",
        }

    @property
    def database(self):
        """The file that holds the database, Airflow's default."""
        return self.home / "airflow.db"

    def run(self, *command, stdin=None):
        """stdout of this python with these arguments; the script ends when it fails."""
        done = subprocess.run([self.python, *command], input=stdin, env=self.environment, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"Airflow {self.version}: {' '.join(map(str, command))[:200]} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def airflow(self, *arguments):
        """stdout of the command `airflow` with these arguments."""
        return self.run("-m", "airflow", *arguments)
