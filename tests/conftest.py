from __future__ import annotations

import fcntl
from collections.abc import Iterator

import pytest

from tests.site import ROOT, Site


@pytest.fixture(scope="session")
def running_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A web server and a worker with a database of their own, for the whole run.

    Tests share it: make your own clients and leads and look at those only.
    """
    site = Site(tmp_path_factory.mktemp("site"), REPLY_DELAY_MS="500")
    _collect_static(site)
    with site:
        yield site


def _collect_static(site: Site) -> None:
    """Publish the assets as in production; one process at a time, they share the folder."""
    lock = ROOT / "var" / "collectstatic.lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        site.manage("collectstatic", "--noinput", "-v0")
