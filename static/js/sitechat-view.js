/* What the customer sees. Texts go in by textContent only. */

const TYPING_MS = 30000;

export function makeView(root, texts, language) {
  const log = root.querySelector("[data-log]");
  const scroller = root.querySelector("[data-scroll]");
  const hello = root.querySelector("[data-hello]");
  const typing = root.querySelector("[data-typing]");
  const notice = root.querySelector("[data-notice]");
  let typingTimer = 0;

  const element = (tag, className, text = "") =>
    Object.assign(document.createElement(tag), { className, textContent: text });
  const lines = () => [...log.querySelectorAll(".line")];
  const find = (name, value) => lines().find((line) => line.dataset[name] === String(value));

  function clock(moment) {
    return moment.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });
  }

  function dayOf(moment) {
    const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(moment).setHours(0, 0, 0, 0)) / 86400000);
    if (days === 0) return texts.today;
    if (days === 1) return texts.yesterday;
    return moment.toLocaleDateString(language, { day: "numeric", month: "long" });
  }

  function makeLine(author, text) {
    const line = element("div", `line is-fresh${author === "customer" ? " is-own" : ""}`);
    line.dataset.author = author;
    const bubble = element("div", "line__text", text);
    bubble.dir = "auto";
    line.append(bubble, element("p", "line__state"));
    return line;
  }

  /** Put a line by its number; lines without one are still on their way and stay last. */
  function insert(line) {
    const id = Number(line.dataset.id || Infinity);
    const later = lines().find((other) => other !== line && Number(other.dataset.id || Infinity) > id);
    log.insertBefore(line, later ?? null);
  }

  function arrange() {
    log.querySelectorAll(".day, .line__who").forEach((part) => part.remove());
    let day = "";
    let author = "";
    for (const line of lines()) {
      const label = dayOf(new Date(line.dataset.at));
      if (label !== day) line.before(element("p", "day", label));
      if (line.dataset.author !== "customer" && (line.dataset.author !== author || label !== day)) {
        line.prepend(element("p", "line__who", texts[line.dataset.author] ?? ""));
      }
      day = label;
      author = line.dataset.author;
    }
    hello.hidden = lines().length > 0;
  }

  const isAtEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 160;

  function changing(change, { toEnd = isAtEnd() } = {}) {
    change();
    arrange();
    if (toEnd) scroller.scrollTop = scroller.scrollHeight;
  }

  function setState(line, text) {
    line.querySelector(".line__state").replaceChildren(text);
  }

  // The keyboard of a phone makes the pane smaller: the last words stay in sight.
  let isFollowing = true;
  scroller.addEventListener("scroll", () => { isFollowing = isAtEnd(); }, { passive: true });
  new ResizeObserver(() => {
    if (isFollowing) scroller.scrollTop = scroller.scrollHeight;
  }).observe(scroller);

  return {
    /** Show what the customer has just written, before anybody has answered. */
    showOwn({ client_id: clientId, text, at }) {
      const line = makeLine("customer", text);
      line.dataset.client = clientId;
      line.dataset.at = at;
      setState(line, texts.sending);
      changing(() => insert(line), { toEnd: true });
    },
    showAccepted(clientId) {
      const line = find("client", clientId);
      line.classList.remove("is-failed");
      setState(line, clock(new Date(line.dataset.at)));
    },
    showSending(clientId) {
      const line = find("client", clientId);
      line.classList.remove("is-failed");
      setState(line, texts.sending);
    },
    /** `onRetry` is null when sending the same again can't help. */
    showFailed(clientId, onRetry) {
      const line = find("client", clientId);
      line.classList.add("is-failed");
      setState(line, texts.failed);
      if (!onRetry) return;
      const retry = element("button", "", texts.retry);
      retry.type = "button";
      retry.addEventListener("click", onRetry);
      line.querySelector(".line__state").append(retry);
      if (isAtEnd()) scroller.scrollTop = scroller.scrollHeight;
    },
    /** Show messages of the server; those already on the page are only numbered. */
    showMessages(messages) {
      const fresh = messages.filter((message) => !find("id", message.id));
      if (!fresh.length) return;
      changing(() => {
        for (const message of fresh) {
          const own = message.client_id && find("client", message.client_id);
          const line = own || makeLine(message.author, message.text);
          line.dataset.id = message.id;
          line.dataset.at = message.sent_at;
          line.classList.remove("is-failed");
          setState(line, clock(new Date(message.sent_at)));
          insert(line);
        }
      });
      if (fresh.some((message) => message.author !== "customer")) this.setTyping(false);
    },
    setTyping(isOn) {
      clearTimeout(typingTimer);
      const wasAtEnd = isAtEnd();
      typing.hidden = !isOn;
      if (isOn) typingTimer = setTimeout(() => this.setTyping(false), TYPING_MS);
      if (wasAtEnd) scroller.scrollTop = scroller.scrollHeight;
    },
    setNotice(text) {
      notice.textContent = text;
      notice.hidden = !text;
    },
    setConnected(isOn) {
      root.querySelector("[data-state]").textContent = isOn ? texts.state : texts.connecting;
    },
    /** Readers of the screen hear new lines, not the whole talk when the page opens. */
    quietly(change) {
      log.setAttribute("aria-live", "off");
      change();
      log.querySelectorAll(".is-fresh").forEach((line) => line.classList.remove("is-fresh"));
      requestAnimationFrame(() => log.setAttribute("aria-live", "polite"));
    },
  };
}
