"""`python -m deploy.images.env_example`: write .env.example from the settings themselves, each with its meaning."""

import importlib
from pathlib import Path

from pydantic.fields import FieldInfo

from shared.service.settings import ServiceSettings

PROJECT = Path(__file__).parents[2]
SERVICES = ("ingest", "triage", "notify", "stats")
HEAD = """\
# Every setting of every service. Made by `make env-example` from the settings classes; do not edit by hand.
# docker-compose.yml sets most of them itself; what it asks of you is in the first part.

# --- docker compose ---
# Folder of the generated secrets (python -m deploy.images.secrets FOLDER prints it).
BINHYEN_SECRETS=
# Folder for the generated first passwords of the accounts, readable by you alone.
BINHYEN_ACCOUNTS=
"""


def settings_of(service: str) -> type[ServiceSettings]:
    """The one settings class of a service's settings.py."""
    module = importlib.import_module(f"services.{service}.settings")
    classes = [c for c in vars(module).values() if isinstance(c, type) and issubclass(c, ServiceSettings)]
    (own,) = [c for c in classes if c is not ServiceSettings]
    return own


def line(name: str, field: FieldInfo) -> str:
    """A comment with the meaning, then the variable: bare when it must be set, commented with its default when not."""
    variable = f"BINHYEN_{name.upper()}"
    meaning = f"# {field.description}"
    if field.is_required():
        return f"{meaning} Required.\n{variable}="
    default = "" if field.default is None else str(field.default)
    return f"{meaning}\n# {variable}={default}"


def section(title: str, fields: dict[str, FieldInfo]) -> str:
    return "\n".join([f"\n# --- {title} ---", *(line(name, field) for name, field in fields.items())])


def text() -> str:
    """The file's whole text."""
    parts = [HEAD.rstrip(), section("all four services", ServiceSettings.model_fields)]
    for service in SERVICES:
        own = {n: f for n, f in settings_of(service).model_fields.items() if n not in ServiceSettings.model_fields}
        parts.append(section(service, own))
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    (PROJECT / ".env.example").write_text(text(), encoding="utf-8")
