"""Secrets: made here, kept, each where it is needed and nowhere else."""

import json
from pathlib import Path

from deploy.local import secret_files
from deploy.local.home import Home
from deploy.local.parts import PROVINCE_FOLDER
from deploy.local.secret_files import NEEDS, Province

PROVINCE = Province(("app-1", "app-2"), "page-1")


def test_every_secret_is_for_its_owner_alone_to_read(tmp_path: Path) -> None:
    for folder in secret_files.ensure(Home(tmp_path), PROVINCE).values():
        assert folder.stat().st_mode & 0o777 == 0o700
        assert all(file.stat().st_mode & 0o777 == 0o600 for file in folder.iterdir())


def test_a_service_gets_only_what_it_needs(tmp_path: Path) -> None:
    for owner, folder in secret_files.ensure(Home(tmp_path), PROVINCE).items():
        assert {file.name for file in folder.iterdir()} == set(NEEDS[owner])
    assert [owner for owner, names in NEEDS.items() if "access.private.pem" in names] == ["triage"]
    assert [owner for owner, names in NEEDS.items() if "pseudonym.key" in names] == ["ingest"]


def test_a_second_start_changes_no_secret(tmp_path: Path) -> None:
    home = Home(tmp_path)
    texts = [
        {f: f.read_text() for f in home.secrets.rglob("*.*")} for _ in range(2) if secret_files.ensure(home, PROVINCE)
    ]
    assert texts[0] == texts[1]
    assert secret_files.passwords(home) == secret_files.passwords(home)


def test_each_app_of_the_province_has_its_two_keys(tmp_path: Path) -> None:
    folders = secret_files.ensure(Home(tmp_path), PROVINCE)
    assert set(json.loads((folders["ingest"] / "zalo_apps.json").read_text())) == {"app-1", "app-2"}
    assert set(json.loads((folders["notify"] / "zalo_app_secrets.json").read_text())) == {"app-1", "app-2"}


def test_dak_lak_names_three_apps_and_a_page_for_its_portal() -> None:
    province = Province.read(PROVINCE_FOLDER)
    assert len(province.app_ids) == 3
    assert province.portal_page.isdigit()
