"""Server-sent events: one database poller per process feeds every open page of that process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence

import structlog
from asgiref.sync import sync_to_async
from django.db import DatabaseError, close_old_connections

from live.models import LiveEvent
from live.selectors import Cursor, cursor_of, events_after, latest_cursor

log = structlog.get_logger(__name__)

POLL_S = 0.4
PING_S = 15
STREAM_S = 300
Choose = Callable[[Sequence[LiveEvent]], list[LiveEvent]]


class Hub:
    """Waits in the database on behalf of all listeners; stops when nobody listens."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[LiveEvent]] = set()
        self._task: asyncio.Task[None] | None = None
        self._cursor = Cursor()

    async def listen(self) -> asyncio.Queue[LiveEvent]:
        queue: asyncio.Queue[LiveEvent] = asyncio.Queue()
        if not self._listeners:
            self._cursor = await sync_to_async(latest_cursor)()
        self._listeners.add(queue)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._poll())
        return queue

    def leave(self, queue: asyncio.Queue[LiveEvent]) -> None:
        self._listeners.discard(queue)

    async def _poll(self) -> None:
        while self._listeners:
            try:
                events = await sync_to_async(events_after)(self._cursor)
            except DatabaseError:
                # The pages stay open and catch up from the cursor when the database is back.
                log.warning("live_feed_database_unavailable")
                await sync_to_async(close_old_connections)()
                events = []
            for event in events:
                self._cursor = cursor_of(event)
                for queue in self._listeners:
                    queue.put_nowait(event)
            await asyncio.sleep(POLL_S)


hub = Hub()


async def stream(start: Cursor, choose: Choose) -> AsyncIterator[bytes]:
    """Yield what came after `start`, then what comes, as text/event-stream bytes.

    `choose` picks what this reader may hear; it runs in a thread and may ask the database. The
    reader first joins the hub and then reads the past, so nothing falls between; what comes
    twice is dropped by its place in the feed. Ends after STREAM_S: the page comes back with its
    cursor and the rights of then.
    """
    ends_at = asyncio.get_running_loop().time() + STREAM_S
    pick = sync_to_async(choose)
    queue = await hub.listen()
    try:
        yield b"retry: 2000\n\n"
        while past := await sync_to_async(events_after)(start):
            start = cursor_of(past[-1])
            for event in await pick(past):
                yield encode(event)
        while asyncio.get_running_loop().time() < ends_at:
            try:
                arrived = [await asyncio.wait_for(queue.get(), PING_S)]
            except TimeoutError:
                yield b": ping\n\n"
                continue
            while not queue.empty():
                arrived.append(queue.get_nowait())
            for event in await pick([one for one in arrived if cursor_of(one) > start]):
                yield encode(event)
    finally:
        hub.leave(queue)


def encode(event: LiveEvent) -> bytes:
    data = json.dumps({"kind": event.kind, **event.payload}, ensure_ascii=False)
    return f"id: {cursor_of(event)}\nevent: {event.kind}\ndata: {data}\n\n".encode()
