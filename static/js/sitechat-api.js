/* The customer's side of /api/v1/webchat/. The token lives here and travels in a header only. */

import { readStream } from "./stream.js";

const STORE = "crystalbay.chat";

/** The server said no; `detail` is a sentence for the customer where it gave one. */
export class ApiError extends Error {
  constructor(status, body) {
    super(body.detail || `status ${status}`);
    this.status = status;
    this.code = body.code || "";
    this.detail = body.detail || "";
  }
}

/* Browsers may forbid storage inside a foreign page; the talk then lasts as long as the page. */
let memory = {};

export function recall() {
  try {
    return JSON.parse(localStorage.getItem(STORE)) || memory;
  } catch {
    return memory;
  }
}

export function remember(change) {
  memory = { ...recall(), ...change };
  try {
    localStorage.setItem(STORE, JSON.stringify(memory));
  } catch {
    // Kept in memory above.
  }
}

export function makeApi({ sessionUrl, messagesUrl, eventsUrl, language }) {
  const headers = () => ({
    Authorization: `Bearer ${recall().token}`,
    "Accept-Language": language,
  });

  async function call(url, options = {}) {
    const answer = await fetch(url, { cache: "no-store", credentials: "omit", ...options });
    const body = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new ApiError(answer.status, body);
    return body;
  }

  async function openSession() {
    const { token } = await call(sessionUrl, {
      method: "POST",
      headers: { "Accept-Language": language },
    });
    remember({ token });
  }

  async function post(message) {
    await call(messagesUrl, {
      method: "POST",
      headers: { ...headers(), "Content-Type": "application/json" },
      body: JSON.stringify(message),
    });
  }

  return {
    /** Send a message; the same client_id again is the same message. */
    async send(message) {
      if (!recall().token) await openSession();
      try {
        await post(message);
      } catch (error) {
        if (error.status !== 401) throw error;
        // The stored talk is gone on the server: begin a new one rather than lose the words.
        await openSession();
        await post(message);
      }
    },
    read: (after) => call(`${messagesUrl}?after=${after}`, { headers: headers() }),
    listen: (cursor, onEvent, signal) =>
      readStream(`${eventsUrl}?cursor=${encodeURIComponent(cursor)}`, {
        headers: headers(),
        signal,
        onEvent,
      }),
  };
}
