"""The secrets backends of Google and Azure as Airflow's providers have them, without the packages of the clouds. For tools/compare/real_readers.py.

The wheels of the providers come from PyPI; of each only the backend is unpacked. What it imports of its cloud's client is a stand-in that
answers from what was written: names of secrets, versions and values are asked for as the real backend asks.
"""

import base64
import subprocess
import sys
import types
import zipfile
from types import SimpleNamespace

WHEELS = ("apache-airflow-providers-google==22.8.0", "apache-airflow-providers-microsoft-azure==15.2.1")
PARTS = ("airflow/providers/google/cloud/secrets/", "airflow/providers/google/cloud/_internal_client/secret_manager_client.py",
         "airflow/providers/microsoft/azure/secrets/")  # fmt: skip


def stand_in(name, **members):
    module = sys.modules[name] = types.ModuleType(name)
    module.__path__ = []
    module.__dict__.update(members)


def error(name):
    return type(name, (Exception,), {})


class Clouds:
    def __init__(self, work):
        self.secrets = {}
        command = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps", "-d", str(work / "wheels"), *WHEELS]
        subprocess.run(command, check=True, stdout=sys.stderr)
        unpacked = work / "providers"
        for wheel in (work / "wheels").glob("*.whl"):
            with zipfile.ZipFile(wheel) as archive:
                for name in archive.namelist():
                    if name.startswith(PARTS) and not name.endswith("__init__.py"):
                        archive.extract(name, unpacked)
        import airflow.providers

        airflow.providers.__path__ = [*airflow.providers.__path__, str(unpacked / "airflow" / "providers")]
        self.stand_in_for_google()
        self.stand_in_for_azure()

    def stand_in_for_google(self):
        cloud, missing = self, error("NotFound")

        class SecretManagerServiceClient:
            def __init__(self, credentials, client_info):
                pass

            def secret_version_path(self, project, secret, version):
                return f"projects/{project}/secrets/{secret}/versions/{version}"

            def access_secret_version(self, request):
                name = request["name"].removeprefix("projects/made-up/secrets/").removesuffix("/versions/latest")
                if name not in cloud.secrets:
                    raise missing(name)
                return SimpleNamespace(payload=SimpleNamespace(data=cloud.secrets[name].encode()))

        stand_in("google.auth")
        stand_in("google.auth.exceptions", DefaultCredentialsError=error("DefaultCredentialsError"))
        stand_in("google.api_core")
        refused = {name: error(name) for name in ("InvalidArgument", "PermissionDenied")}
        stand_in("google.api_core.exceptions", NotFound=missing, **refused)
        stand_in("google.cloud")
        stand_in("google.cloud.secretmanager_v1", SecretManagerServiceClient=SecretManagerServiceClient)
        stand_in("airflow.providers.google.cloud.utils")
        credentials = {"_get_target_principal_and_delegates": None, "get_credentials_and_project_id": lambda **_: (None, "made-up")}
        stand_in("airflow.providers.google.cloud.utils.credentials_provider", **credentials)
        stand_in("airflow.providers.google.common")
        stand_in("airflow.providers.google.common.hooks")
        stand_in("airflow.providers.google.common.hooks.base_google", PROVIDE_PROJECT_ID=None)
        stand_in("airflow.providers.google.common.consts", CLIENT_INFO=None)

    def stand_in_for_azure(self):
        cloud, missing = self, error("ResourceNotFoundError")

        class SecretClient:
            def __init__(self, vault_url, credential):
                pass

            def get_secret(self, name):
                # Key Vault looks names up whatever their case.
                known = {written.lower(): value for written, value in cloud.secrets.items()}
                if name.lower() not in known:
                    raise missing(name)
                return SimpleNamespace(value=known[name.lower()])

        stand_in("azure")
        stand_in("azure.core")
        stand_in("azure.core.exceptions", ResourceNotFoundError=missing)
        stand_in("azure.identity", ClientSecretCredential=None, DefaultAzureCredential=None)
        stand_in("azure.keyvault")
        stand_in("azure.keyvault.secrets", SecretClient=SecretClient)
        stand_in("airflow.providers.microsoft.azure.utils", get_sync_default_azure_credential=lambda **_: None)

    def google(self, secrets):
        """The backend, and what its Secret Manager holds: payloads in base64."""
        from airflow.providers.google.cloud.secrets.secret_manager import CloudSecretManagerBackend

        self.secrets = {name: base64.b64decode(data, validate=True).decode() for name, data in secrets.items()}
        return CloudSecretManagerBackend()

    def azure(self, secrets):
        from airflow.providers.microsoft.azure.secrets.key_vault import AzureKeyVaultBackend

        self.secrets = secrets
        return AzureKeyVaultBackend(vault_url="https://example.vault.azure.net")
