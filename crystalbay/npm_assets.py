"""Serve a short list of files out of node_modules, and nothing else of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Warning
from django.core.files.storage import FileSystemStorage

# Published path -> file in node_modules. Maps and .woff are here because the manifest storage
# follows references inside the files.
NPM_FILES = {
    "vendor/bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "vendor/bootstrap.min.css.map": "bootstrap/dist/css/bootstrap.min.css.map",
    "vendor/bootstrap.bundle.min.js": "bootstrap/dist/js/bootstrap.bundle.min.js",
    "vendor/bootstrap.bundle.min.js.map": "bootstrap/dist/js/bootstrap.bundle.min.js.map",
    "vendor/bootstrap-icons.min.css": "bootstrap-icons/font/bootstrap-icons.min.css",
    "vendor/fonts/bootstrap-icons.woff2": "bootstrap-icons/font/fonts/bootstrap-icons.woff2",
    "vendor/fonts/bootstrap-icons.woff": "bootstrap-icons/font/fonts/bootstrap-icons.woff",
    "vendor/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "vendor/Sortable.min.js": "sortablejs/Sortable.min.js",
    "vendor/inter.woff2": "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
    "vendor/inter-cyrillic.woff2": "@fontsource-variable/inter/files/"
    "inter-cyrillic-wght-normal.woff2",
    "vendor/inter-cyrillic-ext.woff2": "@fontsource-variable/inter/files/"
    "inter-cyrillic-ext-wght-normal.woff2",
}


class NpmStorage(FileSystemStorage):
    """Maps published paths onto files of the npm folder."""

    def path(self, name: str) -> str:
        return str(Path(self.location) / NPM_FILES.get(name, name))


class NpmFinder(BaseFinder):
    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        self.root = Path(settings.NPM_ROOT)
        self.storage = NpmStorage(location=self.root)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        missing = [file for file in NPM_FILES.values() if not (self.root / file).exists()]
        if not missing:
            return []
        return [
            Warning("npm assets missing: " + ", ".join(missing), hint="npm ci", id="assets.W001")
        ]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        source = NPM_FILES.get(path)
        if source is None or not (self.root / source).exists():
            return []
        found = str(self.root / source)
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, NpmStorage]]:
        for published, source in NPM_FILES.items():
            if (self.root / source).exists():
                yield published, self.storage
