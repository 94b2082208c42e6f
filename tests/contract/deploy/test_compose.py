"""docker-compose.yml against the compose specification and against the services' own settings. No Docker is needed."""

import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from deploy.images.env_example import settings_of, text
from deploy.local.secret_files import NEEDS
from shared.service.settings import ServiceSettings

PROJECT = Path(__file__).parents[3]
SERVICES = ("ingest", "triage", "notify", "stats")
FROM_FILES = {"database_url"}
"""Settings that compose gives as a secret file of their name, never as a variable."""


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((PROJECT / "docker-compose.yml").read_text(encoding="utf-8"))
    return read


def unknown_variables(environment: dict[str, str], settings: type[ServiceSettings]) -> set[str]:
    return {v for v in environment if v.removeprefix("BINHYEN_").lower() not in settings.model_fields}


def unset_settings(environment: dict[str, str], settings: type[ServiceSettings]) -> set[str]:
    required = {name for name, field in settings.model_fields.items() if field.is_required()} - FROM_FILES
    return {name for name in required if f"BINHYEN_{name.upper()}" not in environment}


def test_it_keeps_the_compose_specification(compose: dict[str, Any]) -> None:
    vendor = files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    schema = yaml.safe_load(vendor.read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(schema).validate(compose)
    broken = {**compose, "services": {**compose["services"], "kafka": {"image": 5}}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(schema).validate(broken)


@pytest.mark.parametrize("service", SERVICES)
def test_every_variable_it_sets_exists_and_every_required_one_is_set(compose: dict[str, Any], service: str) -> None:
    environment = compose["services"][service]["environment"]
    assert unknown_variables(environment, settings_of(service)) == set()
    assert unset_settings(environment, settings_of(service)) == set()


def test_the_guard_sees_an_unset_and_an_unknown_variable(compose: dict[str, Any]) -> None:
    environment = dict(compose["services"]["stats"]["environment"])
    del environment["BINHYEN_KAFKA"]
    environment["BINHYEN_NO_SUCH_THING"] = "1"
    assert unset_settings(environment, settings_of("stats")) == {"kafka"}
    assert unknown_variables(environment, settings_of("stats")) == {"BINHYEN_NO_SUCH_THING"}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_gets_its_own_secrets_and_no_other(compose: dict[str, Any], service: str) -> None:
    given = {s["target"]: s["source"] for s in compose["services"][service]["secrets"]}
    assert set(given) == {*NEEDS[service], "binhyen_database_url"}
    for source in given.values():
        assert compose["secrets"][source]["file"].startswith(f"${{BINHYEN_SECRETS}}/{service}/")


def test_no_password_is_in_it_and_everything_is_bounded(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        for variable, value in service.get("environment", {}).items():
            assert not (variable.endswith(("PASSWORD", "SECRET", "KEY")) and value), f"{name}: {variable}"
        assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}, name
        assert service["healthcheck"], name
        for port in service.get("ports", []):
            assert str(port).startswith("127.0.0.1:"), f"{name}: {port}"


def test_the_dockerfile_passes_its_linter_and_runs_as_nobody_special() -> None:
    dockerfile = PROJECT / "deploy" / "images" / "Dockerfile"
    hadolint = Path(sys.executable).with_name("hadolint")
    lint = subprocess.run([hadolint, dockerfile], capture_output=True, text=True, check=False)  # noqa: S603
    assert lint.returncode == 0, lint.stdout
    assert "\nUSER 10001\n" in dockerfile.read_text(encoding="utf-8")


def test_what_the_image_copies_is_there_and_is_not_ignored() -> None:
    ignored = (PROJECT / ".dockerignore").read_text(encoding="utf-8").split()
    for line in (PROJECT / "deploy" / "images" / "Dockerfile").read_text(encoding="utf-8").splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            for source in line.split()[1:-1]:
                assert (PROJECT / source).exists(), source
                assert any(source.startswith(kept[1:]) for kept in ignored if kept.startswith("!")), source


def test_the_example_environment_is_made_from_the_settings_and_explains_each() -> None:
    assert (PROJECT / ".env.example").read_text(encoding="utf-8") == text(), "run: make env-example"
    for service in SERVICES:
        for name, field in settings_of(service).model_fields.items():
            assert field.description, f"{service}: {name} has no description"
