"""The pages are true: what they name is there. Each check is shown failing once, on a page that lies."""

import re
from pathlib import Path

import pytest

from docs.generate import DOCS, PAGES
from shared.service.settings import ServiceSettings
from shared.telemetry.metrics import METRICS
from tests.contract.docs import prose
from tests.contract.docs.prose import PROJECT

PAGE_FILES = prose.pages()
EVERY_PAGE = pytest.mark.parametrize("page", PAGE_FILES, ids=[str(p.relative_to(PROJECT)) for p in PAGE_FILES])
SUFFIXES = {"_total", "_bucket", "_sum", "_count"}
NO_METRICS = {"binhyen_database_url", "binhyen_tests"}
"""A secret's file name and the like: names in that shape that are no metric."""


@EVERY_PAGE
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    assert prose.broken_links(page, page.read_text(encoding="utf-8")) == []


@EVERY_PAGE
def test_every_target_of_make_is_one(page: Path) -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    assert prose.targets_named(page.read_text(encoding="utf-8")) - prose.targets_of(makefile) == set()


@EVERY_PAGE
def test_every_variable_is_read_by_the_code(page: Path) -> None:
    known = prose.variables_of(file.read_text(encoding="utf-8") for file in prose.code_files())
    known |= settings_variables()
    known |= {"BINHYEN_TEST_SERVERS"}  # the tests' own (tests/servers.py)
    assert prose.variables_of([page.read_text(encoding="utf-8")]) - known == set()


@EVERY_PAGE
def test_every_metric_is_declared(page: Path) -> None:
    declared = {metric.name for metric in METRICS}
    declared |= {re.sub(r"_total$", "", name) + suffix for name in declared for suffix in SUFFIXES} | declared
    named = set(prose.METRIC.findall(page.read_text(encoding="utf-8"))) - NO_METRICS
    assert named - declared == set()


@EVERY_PAGE
def test_every_command_and_path_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert [name for name in prose.MODULE.findall(text) if not prose.module_exists(name)] == []
    assert [path for path in prose.paths_named(text) if not (PROJECT / path).exists()] == []


def test_every_page_that_the_code_names_is_there() -> None:
    named = {name for file in prose.code_files() for name in prose.PAGE_IN_CODE.findall(file.read_text("utf-8"))}
    assert [name for name in named if prose.broken_links(PROJECT / "README.md", f"[page]({name})")] == []


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_made_from_the_code_is_as_the_code_says(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name]()


def test_no_page_names_the_machine_it_was_written_on() -> None:
    places = re.compile(r"/(?:root|work|home/\w+|tmp/by)\b")
    assert [page.name for page in PAGE_FILES if places.search(page.read_text(encoding="utf-8"))] == []


def test_the_checks_see_a_page_that_lies(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    text = "# Real\n[a](gone.md) [b](#real) [c](#gone) ![d](gone.png)\n`make nonsense` but make sure `shared/gone.py`"
    page.write_text(text, encoding="utf-8")
    assert prose.broken_links(page, text) == ["gone.md", "#gone", "gone.png"]
    assert prose.targets_named(text) == {"nonsense"}
    assert prose.targets_named("```sh\nmake runn\n```") == {"runn"}
    assert prose.paths_named(text) == {"shared/gone.py"}
    assert prose.variables_of(["BINHYEN_NO_SUCH_THING is set"]) == {"BINHYEN_NO_SUCH_THING"}
    assert not prose.module_exists("services.gone")


def settings_variables() -> set[str]:
    """BINHYEN_<FIELD> of every settings class, by reading its file: a service that cannot be imported has pages too."""
    files = PROJECT.glob("services/*/settings.py")
    fields = {name for file in files for name in re.findall(r"^    (\w+): ", file.read_text("utf-8"), re.MULTILINE)}
    return {f"BINHYEN_{name.upper()}" for name in fields | set(ServiceSettings.model_fields)}
