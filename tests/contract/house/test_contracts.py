"""The house's import contracts hold, and each is seen to fail when an arrow is turned round."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[3]
TURNED_ROUND = {
    "Services meet on topics only": ("services/triage/domain/codes.py", "import services.stats.app"),
    "shared knows no service": ("shared/topics.py", "import services.ingest.app"),
    "The outside world imports nothing of ours": ("deploy/demo/world.py", "import shared.topics"),
    "Services know nothing of how they are deployed": ("services/stats/app.py", "import deploy.local.ports"),
    "Domain code is pure": ("services/stats/domain/cases.py", "import asyncpg"),
}


def lint(folder: Path) -> "subprocess.CompletedProcess[str]":
    command = (Path(sys.executable).with_name("lint-imports"), "--no-cache")
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - our own tool


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code, to do wrong in."""
    folder = tmp_path_factory.mktemp("house")
    for part in ("services", "shared", "deploy"):
        ignored = shutil.ignore_patterns("__pycache__", "data", "*.csv", "static")
        shutil.copytree(PROJECT / part, folder / part, ignore=ignored)
    shutil.copy(PROJECT / "pyproject.toml", folder)
    return folder


def test_every_contract_is_kept(house: Path) -> None:
    done = lint(house)
    assert done.returncode == 0, done.stdout
    assert f"{len(TURNED_ROUND)} kept, 0 broken" in done.stdout, "each contract has its broken case below"


@pytest.mark.parametrize("contract", TURNED_ROUND)
def test_a_forbidden_import_breaks_its_contract(house: Path, contract: str) -> None:
    file, forbidden = TURNED_ROUND[contract]
    sound = (house / file).read_text(encoding="utf-8")
    (house / file).write_text(f"{sound}\n{forbidden}\n", encoding="utf-8")
    try:
        done = lint(house)
    finally:
        (house / file).write_text(sound, encoding="utf-8")
    assert done.returncode != 0
    broken = [line for line in done.stdout.splitlines() if line.endswith("BROKEN")]
    assert any(contract in line for line in broken), done.stdout


DOMAIN_FORBIDS = (
    "datetime.now(",
    "date.today(",
    "time.time(",
    "open(",
    "random.",
    "uuid4(",
    "get_logger(",
    "os.environ",
)


def test_domain_code_asks_no_clock_no_file_and_no_chance() -> None:
    for file in sorted(PROJECT.glob("services/*/domain/**/*.py")):
        code = file.read_text(encoding="utf-8")
        found = [word for word in DOMAIN_FORBIDS if f" {word}" in code or f"({word}" in code]
        assert found == [], f"{file.relative_to(PROJECT)}: {found}"
