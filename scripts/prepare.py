"""The part of the set-up that needs the installed libraries; `setup.py` starts it inside .venv.

prepare.py catalogues        compile the translations that have changed
prepare.py site              database, administrator, demo data
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

import django

from catalogues import compile_stale
from terminal import BASE


def prepare_site() -> None:
    sys.path.insert(0, str(BASE))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crystalbay.settings")
    django.setup()
    # Models can be imported only now.
    import_module("site_data").main()


if __name__ == "__main__":
    steps = {"catalogues": compile_stale, "site": prepare_site}
    for name in sys.argv[1:]:
        steps[name]()
