"""Texts of documents as an administrator writes them, and what is made of them.

A line that begins with «# » or «## » is a heading. A variable in braces is filled in; a table
stands alone in its line. Nothing else has a meaning, so no word of a client can change a document.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from common.errors import InvalidInput

_VARIABLE = re.compile(r"\{([^{}\n]*)\}")
MOST_CHARACTERS = 40_000


@dataclass(frozen=True)
class Heading:
    text: str
    level: int


@dataclass(frozen=True)
class Paragraph:
    text: str


@dataclass(frozen=True)
class Table:
    """The first row is the head."""

    rows: Sequence[Sequence[str]]


Block = Heading | Paragraph | Table


def checked_body(body: str, *, variables: Sequence[str], tables: Sequence[str]) -> str:
    """The text as it is kept. Raises InvalidInput for a variable or brace that makes no sense."""
    body = body.replace("\r\n", "\n").strip()
    if not body or len(body) > MOST_CHARACTERS:
        raise InvalidInput(_("Write the text of the document."), code="empty", field="body")
    for line in body.splitlines():
        for name in _VARIABLE.findall(line):
            _check_name(name, line, variables, tables)
        if set("{}") & set(_VARIABLE.sub("", line)):
            message = _("A brace without its pair: “%(line)s”.") % {"line": line.strip()[:80]}
            raise InvalidInput(message, code="brace", field="body")
    return body


def _check_name(name: str, line: str, variables: Sequence[str], tables: Sequence[str]) -> None:
    if name in tables:
        if line.strip() != f"{{{name}}}":
            message = _("The table {%(name)s} must stand alone in its line.")
            raise InvalidInput(message % {"name": name}, code="table", field="body")
    elif name not in variables:
        message = _("There is no variable {%(name)s}.")
        raise InvalidInput(message % {"name": name}, code="variable", field="body")


def blocks_of(
    body: str, values: Mapping[str, str], tables: Mapping[str, Sequence[Sequence[str]]]
) -> list[Block]:
    """Fill a checked text in. A value is plain text wherever it stands."""
    found: list[Block] = []
    for line in body.splitlines():
        name = line.strip()[1:-1]
        if line.strip() == f"{{{name}}}" and name in tables:
            found.append(Table(tables[name]))
            continue
        level = 2 if line.startswith("## ") else 1 if line.startswith("# ") else 0
        text = _VARIABLE.sub(lambda one: values.get(one[1], one[0]), line[level + bool(level) :])
        found.append(Heading(text, level) if level else Paragraph(text))
    return found
