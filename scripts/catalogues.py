"""Translations: compile what has changed, and find what is not translated yet.

    catalogues.py check          exit code 1 and a list, if a Russian message is missing or fuzzy

Babel does the work, so the gettext programs need not be installed.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from terminal import BASE, fail, say

LOCALE = BASE / "locale"
APPS = ("common", "live", "integrations", "leads", "bookings", "chat", "botapp", "crystalbay")
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def compile_stale() -> None:
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        draft = target.with_suffix(".new")
        with draft.open("wb") as file:
            write_mo(file, read(source))
        draft.replace(target)


def read(source: Path) -> Catalog:
    with source.open("rb") as file:
        return read_po(file, locale=source.parent.parent.name)


def messages_of(path: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    """Yield (message, context) for every translatable text of a Python file or a template."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # Django's own step before xgettext: a template becomes lines that look like Python.
        text = "\n".join(line.strip() for line in templatize(text).splitlines())
    rows = extract("python", io.BytesIO(text.encode()), KEYWORDS, options={"encoding": "utf-8"})
    for _line, message, _comments, context in rows:
        if message:
            yield message, context


def sources() -> Iterator[Path]:
    for app in APPS:
        files = (path for path in (BASE / app).rglob("*.py"))
        yield from (path for path in files if not {"tests", "migrations"} & set(path.parts))
    yield from (path for path in (BASE / "templates").rglob("*") if path.is_file())


def problems(language: str) -> Iterator[str]:
    path = LOCALE / language / "LC_MESSAGES" / "django.po"
    if not path.exists():
        yield f"нет файла {path.relative_to(BASE)}"
        return
    catalogs = [read(path), *djangos_own(language)]
    for source in sources():
        for message, context in messages_of(source):
            key = message[0] if isinstance(message, tuple) else message
            if not any(is_translated(catalog, key, context) for catalog in catalogs):
                yield f"{source.relative_to(BASE)}: «{key}»"


def djangos_own(language: str) -> list[Catalog]:
    """Django brings words such as «Delete» itself; they need no second translation."""
    root = Path(django.__file__).parent
    apps = ("conf", "contrib/admin", "contrib/auth")
    return [read(root / app / "locale" / language / "LC_MESSAGES/django.po") for app in apps]


def is_translated(catalog: Catalog, key: str, context: str | None) -> bool:
    found = catalog.get(key, context)
    if found is None or found.fuzzy:
        return False
    return all(found.string if isinstance(found.string, list | tuple) else [found.string])


def check() -> None:
    found = list(dict.fromkeys(problems("ru")))
    if found:
        fail("\n".join(["В русском каталоге нет готового перевода:", *found]))
    say("Русский перевод полон.")


if __name__ == "__main__":
    {"check": check, "compile": compile_stale}[sys.argv[1]]()
