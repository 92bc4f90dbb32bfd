/* Crystal Bay Travel: one line puts the chat on a page:
   <script src="…/chat/widget.js" async></script> */
(() => {
  "use strict";
  const base = "{{ base_url|escapejs }}";
  const labels = JSON.parse("{{ labels|escapejs }}");
  if (window.crystalBayChat) return;
  window.crystalBayChat = true;

  const wished = (document.documentElement.lang || navigator.language || "ru").slice(0, 2);
  const language = wished in labels ? wished : "ru";
  const css = `
    :host { all: initial; }
    button, iframe { position: fixed; right: 20px; z-index: 2147483000; border: 0; }
    button { bottom: 20px; width: 60px; height: 60px; padding: 0; border-radius: 50%; cursor: pointer;
      background: #0071e3; color: #fff; box-shadow: 0 6px 24px rgba(0, 0, 0, .22); transition: transform .18s ease-out; }
    button:hover { transform: scale(1.04); }
    button:focus-visible { outline: 3px solid #fff; box-shadow: 0 0 0 6px #0071e3; }
    svg { display: block; width: 28px; height: 28px; margin: auto; fill: none; stroke: currentColor;
      stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
    iframe { bottom: 92px; width: 400px; height: min(640px, calc(100vh - 116px)); border-radius: 18px;
      background: #fff; box-shadow: 0 0 0 1px rgba(0, 0, 0, .06), 0 16px 56px rgba(0, 0, 0, .22); }
    iframe[hidden] { display: none; }
    @media (max-width: 520px) {
      iframe { inset: 0; width: 100%; height: 100%; border-radius: 0; }
      iframe:not([hidden]) + button { display: none; }
    }
    @media (prefers-reduced-motion: reduce) { button { transition: none; } }`;

  function build() {
    const host = document.createElement("div");
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];

    const frame = document.createElement("iframe");
    frame.title = labels[language].title;
    frame.hidden = true;
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-label", labels[language].open);
    button.setAttribute("aria-expanded", "false");
    button.append(icon());
    root.append(frame, button);
    document.body.append(host);
    return { frame, button };
  }

  function icon() {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS(space, "path");
    path.setAttribute("d", "M20 11.5a7.5 7.5 0 0 1-11 6.6L4 19.5l1.4-4.6A7.5 7.5 0 1 1 20 11.5Z");
    svg.append(path);
    return svg;
  }

  function start() {
    const { frame, button } = build();
    const toggle = (isOpen) => {
      // Loaded on the first click: a visitor who never asks costs nothing.
      if (isOpen && !frame.src) frame.src = `${base}/chat/?embed=1&lang=${language}`;
      frame.hidden = !isOpen;
      button.setAttribute("aria-expanded", String(isOpen));
      (isOpen ? frame : button).focus();
    };
    button.addEventListener("click", () => toggle(frame.hidden));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !frame.hidden) toggle(false);
    });
    window.addEventListener("message", (event) => {
      if (event.source === frame.contentWindow && event.data === "crystalbay:close") toggle(false);
    });
  }

  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();
