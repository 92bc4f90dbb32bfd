/* Canned replies: «/» in an empty field, or the button; arrows and Enter choose. */

const COMMAND = /^\/(\S*)$/;

/** `write` puts text into the field. Returns `onKey`, true for a key that was for the list. */
export function startCanned(composer, { write }) {
  const { text } = composer.elements;
  const list = composer.querySelector("[data-canned-list]");
  const opener = composer.querySelector("[data-canned-open]");
  let replies = [];
  let shown = [];
  let active = 0;
  let asked = 0;

  const isOpen = () => !list.hidden;

  async function open(words) {
    const mine = ++asked;
    if (!isOpen()) {
      // Each time anew: what is known of the client may have grown.
      const answer = await fetch(composer.dataset.cannedUrl).catch(() => null);
      if (!answer?.ok || mine !== asked) return;
      ({ replies } = await answer.json());
    }
    list.hidden = false;
    opener.setAttribute("aria-expanded", "true");
    show(words.toLowerCase());
  }

  function close() {
    asked += 1;
    list.hidden = true;
    opener.setAttribute("aria-expanded", "false");
    text.removeAttribute("aria-activedescendant");
  }

  function show(words) {
    const fits = ({ shortcut, title }) => `${shortcut} ${title}`.toLowerCase().includes(words);
    shown = replies.filter(fits);
    list.replaceChildren(...shown.map(option));
    if (!shown.length) {
      const none = Object.assign(document.createElement("p"), { textContent: list.dataset.textNone });
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      list.append(none);
    }
    choose(0);
  }

  function option({ shortcut, title, text: body }, index) {
    const row = Object.assign(document.createElement("div"), { className: "canned", id: `canned-${index}` });
    row.setAttribute("role", "option");
    row.dataset.index = index;
    row.append(
      Object.assign(document.createElement("strong"), { textContent: title }),
      Object.assign(document.createElement("small"), { textContent: `/${shortcut}` }),
      Object.assign(document.createElement("span"), { textContent: body }),
    );
    return row;
  }

  function choose(index) {
    if (!shown.length) return text.removeAttribute("aria-activedescendant");
    active = (index + shown.length) % shown.length;
    [...list.children].forEach((row, at) => row.setAttribute("aria-selected", String(at === active)));
    list.children[active].scrollIntoView({ block: "nearest" });
    text.setAttribute("aria-activedescendant", `canned-${active}`);
  }

  function take(index) {
    const { text: body } = shown[index];
    const { value, selectionStart, selectionEnd } = text;
    const isCommand = COMMAND.test(value) || !value;
    close();
    write(isCommand ? body : value.slice(0, selectionStart) + body + value.slice(selectionEnd));
  }

  function onKey(event) {
    if (!isOpen()) return false;
    const acts = {
      ArrowDown: () => choose(active + 1),
      ArrowUp: () => choose(active - 1),
      Enter: () => shown.length && take(active),
      Escape: close,
    };
    if (!acts[event.key] || event.ctrlKey || event.metaKey) return false;
    event.preventDefault();
    event.stopPropagation();
    acts[event.key]();
    return true;
  }

  text.addEventListener("input", () => {
    const command = COMMAND.exec(text.value);
    if (command && composer.elements.kind.value !== "note") open(command[1]);
    else if (isOpen() || asked) close();
  });
  opener.addEventListener("click", () => {
    if (isOpen()) close();
    else open("");
    text.focus();
  });
  // The field keeps the cursor, also on a phone: the keyboard must not jump.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const row = event.target.closest("[data-index]");
    if (row) take(Number(row.dataset.index));
  });
  document.addEventListener("click", (event) => {
    if (isOpen() && !composer.contains(event.target)) close();
  });
  return { onKey };
}
