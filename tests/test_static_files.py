"""Published as in production: every file that another one refers to is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from tests.site import ROOT

HASHED = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"


@pytest.mark.skipif(not (ROOT / "node_modules").exists(), reason="npm ci has not been run")
def test_static_files_refer_to_nothing_that_is_missing(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": HASHED}}

    call_command("collectstatic", interactive=False, verbosity=0)

    assert (tmp_path / "staticfiles.json").exists()
