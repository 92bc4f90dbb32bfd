"""The broker of files: two processes write and read, and no message is seen half-written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection

pytestmark = pytest.mark.once

TRANSPORT = "common.file_broker:Transport"
COUNT = 1500
WRITER = f"""
from kombu import Connection
import sys
options = {{"data_folder_in": sys.argv[1], "data_folder_out": sys.argv[1],
           "control_folder": sys.argv[2]}}
with Connection(transport="{TRANSPORT}", transport_options=options) as connection:
    queue = connection.SimpleQueue("wake")
    for number in range({COUNT}):
        queue.put(number)
"""


@pytest.fixture
def options(tmp_path: Path) -> dict[str, str]:
    folders = {name: tmp_path / name for name in ("data", "control")}
    for folder in folders.values():
        folder.mkdir()
    data = str(folders["data"])
    return {
        "data_folder_in": data,
        "data_folder_out": data,
        "control_folder": str(folders["control"]),
    }


def connect(options: dict[str, Any]) -> Connection:
    return Connection(transport=TRANSPORT, transport_options=options | {"polling_interval": 0.001})


def test_a_reader_beside_a_writer_gets_every_message_whole(options: dict[str, str]) -> None:
    arguments = [options["data_folder_in"], options["control_folder"]]
    with connect(options) as connection:
        queue = connection.SimpleQueue("wake")
        writer = subprocess.Popen([sys.executable, "-c", WRITER, *arguments])
        got = []
        while len(got) < COUNT:
            message = queue.get(timeout=30)
            got.append(message.payload)
            message.ack()

        assert sorted(got) == list(range(COUNT))
        assert writer.wait(30) == 0
    assert list(Path(options["data_folder_in"]).iterdir()) == []


def test_a_file_that_is_no_message_is_dropped(options: dict[str, str]) -> None:
    with connect(options) as connection:
        queue = connection.SimpleQueue("torn")
        (Path(options["data_folder_in"]) / "0_x.torn.msg").write_bytes(b"")
        queue.put("whole")

        assert queue.get(timeout=5).payload == "whole"
        with pytest.raises(Empty):
            queue.get(timeout=0.1)
