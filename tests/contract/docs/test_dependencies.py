"""docs/dependencies.md lists what we depend on directly, all of it and nothing else."""

import re

import pytest

from tests.contract.docs.prose import PROJECT

ROW = re.compile(r"^\| \*\*([A-Za-z0-9_-]+)\*\* \|", re.MULTILINE)
REQUIREMENT = re.compile(r"^([A-Za-z0-9_.-]+)", re.MULTILINE)
SECTIONS = {
    "requirements.in": "## At run time",
    "requirements-test.in": "## For checks and tests",
    "uv.in": "## To install",
}


def listed(page: str, heading: str) -> set[str]:
    """The packages of one section, in their normal form."""
    section = page.split(heading, 1)[1].split("\n## ", 1)[0]
    return {normal(name) for name in ROW.findall(section)}


def wanted(requirements: str) -> set[str]:
    lines = (line for line in requirements.splitlines() if line and not line.startswith(("#", "-")))
    return {normal(match.group(1)) for line in lines if (match := REQUIREMENT.match(line))}


def normal(name: str) -> str:
    """PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize(("file", "heading"), SECTIONS.items())
def test_every_direct_dependency_has_its_line_and_its_reason(file: str, heading: str) -> None:
    page = (PROJECT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    assert listed(page, heading) == wanted((PROJECT / "deploy" / "locks" / file).read_text(encoding="utf-8"))


def test_the_check_sees_what_is_missing_and_what_is_too_much() -> None:
    page = "## At run time\n| **one-thing** | why | over |\n## Else\n| **other** | | |\n"
    assert listed(page, "## At run time") == {"one-thing"}
    assert wanted("# why\n-r x\none.thing[kafka]>=1,<2\nmore\n") == {"one-thing", "more"}
