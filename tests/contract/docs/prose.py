"""What a page of documentation names, so that a test can hold it against the project."""

import re
from collections.abc import Iterable
from pathlib import Path

PROJECT = Path(__file__).parents[3]
NOT_OURS = frozenset({".git", ".venv", ".local", ".pytest_cache", ".hypothesis", "node_modules"})

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
IMAGE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
MADE_ANCHOR = re.compile(r'<a (?:id|name)="([^"]+)"')
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
TARGET = re.compile(r"\bmake ([a-z][a-z-]*)")
VARIABLE = re.compile(r"\bBINHYEN_[A-Z0-9_]*[A-Z0-9]\b")
METRIC = re.compile(r"\bbinhyen_[a-z0-9_]+[a-z0-9]\b")
MODULE = re.compile(r"python -m ((?:services|shared|deploy|bench|docs)\.[a-z0-9_.]*[a-z0-9_])")
PATH = re.compile(r"(?:services|shared|deploy|tests|docs|bench)/[\w./-]*[\w/]")
PAGE_IN_CODE = re.compile(r"docs/[a-z0-9_/-]+\.md(?:#[a-z0-9-]+)?")


def pages() -> list[Path]:
    """Every Markdown file of the project."""
    return sorted(file for file in PROJECT.rglob("*.md") if not NOT_OURS & set(file.relative_to(PROJECT).parts))


def code_files() -> list[Path]:
    """Everything that may name a page, a setting or a target, beside the pages themselves."""
    found = [file for folder in ("services", "shared", "deploy", "bench") for file in (PROJECT / folder).rglob("*.py")]
    return [*found, PROJECT / "Makefile", PROJECT / "docker-compose.yml", PROJECT / ".ci" / "run"]


def without_fences(text: str) -> str:
    return FENCE.sub("", text)


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them, and those written by hand."""
    return {anchor(heading) for heading in HEADING.findall(without_fences(text))} | set(MADE_ANCHOR.findall(text))


def anchor(heading: str) -> str:
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
    return re.sub(r"[^\w\- ]", "", plain).strip().replace(" ", "-")


def broken_links(page: Path, text: str) -> list[str]:
    """Relative links whose file or anchor is not there."""
    links = LINK.findall(without_fences(text)) + IMAGE.findall(text)
    return [link for link in links if not link.startswith(("http:", "https:", "mailto:")) and _broken(page, link)]


def _broken(page: Path, link: str) -> bool:
    path, _, fragment = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists():
        return True
    return bool(fragment) and target.suffix == ".md" and fragment not in anchors(target.read_text(encoding="utf-8"))


def targets_named(text: str) -> set[str]:
    """`make X` in code: between backticks or in a fence. Prose may say "make sure"."""
    code = "\n".join([*CODE.findall(without_fences(text)), *FENCE.findall(text)])
    return set(TARGET.findall(code))


def targets_of(makefile: str) -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))


def paths_named(text: str) -> set[str]:
    """Project paths between backticks. A wildcard or a placeholder is none."""
    found = (PATH.fullmatch(code.split(" ")[0].split("::")[0]) for code in CODE.findall(without_fences(text)))
    return {match.group().rstrip("/") for match in found if match}


def module_exists(name: str) -> bool:
    path = PROJECT.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or (path / "__main__.py").exists()


def variables_of(texts: Iterable[str]) -> set[str]:
    return {name for text in texts for name in VARIABLE.findall(text)}
