"""Runs management commands one after another: starting Django for each takes seconds.

One JSON line in: {"arguments": [...], "environment": {...}}; one out: {"output"} or {"failure"}.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import traceback

import django
from django.core.management import call_command
from django.utils import translation


def run(arguments: list[str], environment: dict[str, str]) -> dict[str, str]:
    os.environ.update(environment)
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said), translation.override(None):
            call_command(*arguments)
    except (Exception, SystemExit):  # noqa: BLE001 - told to the test, which fails by it
        return {"failure": traceback.format_exc()}
    return {"output": said.getvalue()}


if __name__ == "__main__":
    django.setup()
    for line in sys.stdin:
        answer = json.dumps(run(**json.loads(line)))
        sys.stdout.write(answer + "\n")
        sys.stdout.flush()
