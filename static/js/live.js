/* The staff's live feed: one stream, or polling where the server can't hold one open.

   Each notice is also a «live» event of the document: what surrounds the page listens to that, so
   that a page holds one stream open and not two. */

import { StreamRefused, pause, readStream } from "./stream.js";

const POLL_MS = 3000;
const RETRY_MS = 2000;
const STREAM_AGAIN_MS = 60000;
let isConnected = false;

/** Listen on behalf of the frame, unless the page has connected by itself. */
export function connectFrame() {
  const { cursor, eventsUrl, pollUrl } = document.body.dataset;
  if (!isConnected && eventsUrl) connect({ cursor, eventsUrl, pollUrl, onEvent: () => {} });
}

/** Tell `onEvent({kind, …})` what changes from `cursor` on; nothing is lost while hidden.
    `onState(isLive)` hears when the connection goes and comes back. */
export function connect({ cursor, eventsUrl, pollUrl, onEvent: tell, onState = () => {} }) {
  isConnected = true;
  const onEvent = (notice) => {
    tell(notice);
    document.dispatchEvent(new CustomEvent("live", { detail: notice }));
  };
  let place = cursor;
  let streamAfter = 0;
  let controller = null;

  const at = (url) => `${url}?cursor=${encodeURIComponent(place)}`;

  async function stream() {
    controller = new AbortController();
    await readStream(at(eventsUrl), {
      signal: controller.signal,
      onOpen: () => onState(true),
      onEvent: (data, id) => {
        place = id || place;
        onEvent(data);
      },
    });
  }

  async function poll() {
    const answer = await fetch(at(pollUrl), { headers: { Accept: "application/json" }, cache: "no-store" });
    if (answer.status === 200) {
      const page = await answer.json();
      place = page.cursor;
      page.events.forEach(onEvent);
    } else if (answer.status !== 204) {
      throw new StreamRefused(answer.status);
    }
    onState(true);
  }

  /** One round; returns how long to rest, or null when the person may not listen any more. */
  async function round() {
    try {
      if (performance.now() >= streamAfter) {
        await stream();
        return RETRY_MS / 4;
      }
      await poll();
      return POLL_MS;
    } catch (error) {
      if (error.name === "AbortError") return 0;
      if (error.status === 403) return null;
      if (error instanceof StreamRefused && performance.now() >= streamAfter) {
        streamAfter = performance.now() + STREAM_AGAIN_MS;
        return 0;
      }
      onState(false);
      return RETRY_MS;
    }
  }

  async function run() {
    for (;;) {
      if (document.hidden) await new Promise((shown) => onceShown(shown));
      const rest = await round();
      if (rest === null) return onState(false);
      await pause(rest);
    }
  }

  function onceShown(callback) {
    const check = () => {
      if (document.hidden) return;
      document.removeEventListener("visibilitychange", check);
      callback();
    };
    document.addEventListener("visibilitychange", check);
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) controller?.abort();
  });
  run();
}
