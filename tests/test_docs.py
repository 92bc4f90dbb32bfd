"""Documents that keep up with the code: links lead somewhere, every setting is explained."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.site import ROOT

pytestmark = pytest.mark.once

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
# Made by `make screenshots` from a running site.
PICTURES = ROOT / "docs" / "images"
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")
PATH_IN_CODE = re.compile(
    r"`((?:common|live|integrations|leads|bookings|chat|botapp|crystalbay|scripts|tests)/[\w/.-]+)`"
)
ENV_CALL = re.compile(
    r"""env(?:iron)?(?:\.\w+)*[.(\[]+(?:flag|secret|secret_key|field_keys|words|number|str|get)?"""
    r"""[(\[]?["']([A-Z][A-Z_]+)["']"""
)
SETTING_CALL = re.compile(r"""(?:setting|pinned)\(["']([A-Z_]+)["']""")
# Not settings of the site; ENV_FILE cannot stand in the file that it names.
OTHERS = {"DJANGO_SETTINGS_MODULE", "ENV_FILE", "PATH"}


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=relative)
def test_links_lead_somewhere(document: Path) -> None:
    targets = [link for link in LINK.findall(document.read_text("utf-8")) if "://" not in link]

    missing = [
        link
        for link in targets
        if not (document.parent / link).exists()
        and PICTURES not in (document.parent / link).parents
    ]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=relative)
def test_files_named_in_documents_exist(document: Path) -> None:
    named = PATH_IN_CODE.findall(document.read_text("utf-8"))

    # <kind> and the like stand for a name of the reader's own.
    assert [path for path in named if not (ROOT / path).exists() and "<" not in path] == [
        path for path in named if path == "integrations/tests/fixtures/"
    ]


def settings_read() -> set[str]:
    found = set()
    for package in ("crystalbay", "integrations"):
        for source in (ROOT / package).rglob("*.py"):
            if "tests" not in source.parts and source.name != "settings_test.py":
                text = source.read_text("utf-8")
                found |= {*ENV_CALL.findall(text), *SETTING_CALL.findall(text)}
    for source in (ROOT / "scripts").glob("*.py"):
        found |= set(SETTING_CALL.findall(source.read_text("utf-8")))
    return found - OTHERS


def test_every_setting_is_found() -> None:
    assert {"SECRET_KEY", "DATABASE_URL", "SAMO_API_URL", "PORT", "HOST"} <= settings_read()


@pytest.mark.parametrize("name", sorted(settings_read()))
def test_every_setting_stands_in_the_example_with_a_comment(name: str) -> None:
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    places = [i for i, line in enumerate(lines) if re.match(rf"#?{name}=", line)]

    assert len(places) == 1
    assert re.match(r"# .*[а-я]", lines[places[0] - 1])


def test_decisions_are_numbered_without_gaps() -> None:
    names = sorted(path.name for path in (ROOT / "docs/adr").glob("*.md"))

    assert [name[:4] for name in names] == [f"{number:04d}" for number in range(1, len(names) + 1)]


@pytest.mark.parametrize("path", sorted((ROOT / "docs/adr").glob("*.md")), ids=relative)
def test_decisions_have_four_parts(path: Path) -> None:
    text = path.read_text("utf-8")

    for part in ("Context", "Decision", "Consequences", "Rejected"):
        assert f"**{part}.**" in text


def test_every_dependency_has_its_reason() -> None:
    text = (ROOT / "docs/adr/0008-dependencies.md").read_text("utf-8")
    lines = (ROOT / "requirements.in").read_text("utf-8").splitlines()
    names = [re.split(r"[\[<>=]", line)[0] for line in lines if line and not line.startswith("#")]

    assert [name for name in names if f"| {name}" not in text] == []
