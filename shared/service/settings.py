"""What every service is told from outside. One frozen class a service, read once in `app.py` and passed on.

Every field is an environment variable BINHYEN_<FIELD>; secrets are files in BINHYEN_SECRETS_DIR, so that no secret is
ever in a process's environment or on a command line. Durations carry their unit in the name.
"""

from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class SecretMissing(Exception):  # noqa: N818 - says what is so
    """A file of BINHYEN_SECRETS_DIR is not there or cannot be read; its text names the file."""


class ServiceSettings(BaseSettings):
    """What all four share. A subclass adds its own."""

    model_config = SettingsConfigDict(env_prefix="BINHYEN_", frozen=True, extra="ignore")

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(description="Port to listen on.", ge=1, le=65535)
    kafka: str = Field(description="Kafka bootstrap servers, host:port, commas between several.")
    topic_prefix: str = Field("", description="Before every topic and group name, where installations share a Kafka.")
    database_url: SecretStr = Field(description="PostgreSQL URL of the service's runtime role (<service>_run).")
    owner_database_url: SecretStr | None = Field(
        None, description="PostgreSQL URL of the schema's owner (<service>_owner); only `migrate` needs it."
    )
    province: str = Field("66", description="The installation's tenant: the province's code.")
    secrets_dir: Path = Field(description="Folder of secret files, mode 0600, only those this service needs.")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    trace_file: Path | None = Field(None, description="File for spans as JSON lines, where there is no collector.")
    trace_ratio: float = Field(0.01, description="Share of messages whose trace is kept, 0 to 1.", ge=0, le=1)
    otlp_endpoint: str | None = Field(None, description="OTLP/HTTP traces endpoint of an OpenTelemetry collector.")
    ingest_url: str = Field("http://127.0.0.1:8101", description="Where people's browsers reach ingest's pages.")
    triage_url: str = Field("http://127.0.0.1:8102", description="Where people's browsers reach triage's pages.")
    notify_url: str = Field("http://127.0.0.1:8103", description="Where people's browsers reach notify's pages.")
    stats_url: str = Field("http://127.0.0.1:8104", description="Where people's browsers reach stats' pages.")
    stop_seconds: int = Field(20, description="Grace at SIGTERM for the batch in hand, seconds.", ge=1)

    def secret_bytes(self, name: str) -> bytes:
        """The content of one secret file. Raises SecretMissing."""
        path = self.secrets_dir / name
        try:
            return path.read_bytes()
        except OSError as error:
            raise SecretMissing(f"{path}: {error.strerror}. BINHYEN_SECRETS_DIR must hold it.") from None

    def secret_json(self, name: str) -> Any:
        """A secret file that is JSON. Raises SecretMissing when it is not there or not JSON."""
        try:
            return msgspec.json.decode(self.secret_bytes(name))
        except msgspec.DecodeError as error:
            raise SecretMissing(f"{self.secrets_dir / name}: not JSON ({error})") from None

    @cached_property
    def links(self) -> dict[str, str]:
        """Where the screens of the four services are."""
        return {
            "ingest": self.ingest_url,
            "triage": self.triage_url,
            "notify": self.notify_url,
            "stats": self.stats_url,
        }
