/* Reads a text/event-stream over fetch: unlike EventSource it may carry a header and tells the
   answer's status. Used by the back office (live.js) and by the public chat (sitechat.js). */

/** The stream can't be had; `status` is the server's answer, 0 when there was none. */
export class StreamRefused extends Error {
  constructor(status) {
    super(`stream ${status}`);
    this.status = status;
  }
}

function parse(block) {
  const event = { id: "", data: "" };
  for (const line of block.split("\n")) {
    if (line.startsWith("id: ")) event.id = line.slice(4);
    if (line.startsWith("data: ")) event.data += line.slice(6);
  }
  return event.data ? event : null;
}

/** Call `onEvent(data, id)` for each event until the server closes; throws when it refuses. */
export async function readStream(url, { headers = {}, signal, onOpen = () => {}, onEvent }) {
  const answer = await fetch(url, {
    headers: { Accept: "text/event-stream", ...headers },
    cache: "no-store",
    signal,
  });
  if (answer.status !== 200 || !answer.body) throw new StreamRefused(answer.status);
  onOpen();
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const event of blocks.map(parse)) {
      if (event) onEvent(JSON.parse(event.data), event.id);
    }
  }
}

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));
