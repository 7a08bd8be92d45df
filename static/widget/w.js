/* Chat launcher: one button; all else waits for the first click. See docs/widget.md. */
(() => {
  const tag = document.currentScript;
  const key = tag?.dataset.key;
  if (!key || window.brandChat) return;

  const base = new URL(tag.src).origin;
  const lang = (document.documentElement.lang || navigator.language || "").slice(0, 35);
  const slot = `chat:${key}`;
  const narrow = matchMedia("(max-width: 520px)");
  const listeners = { open: [], close: [], unread: [] };
  let kept = recall();
  let words, host, box, frame, button, badge, note, patience;
  let isOpen = false;
  let ready = false;
  let wantsFocus = false;
  let unread = 0;

  const style = `
    :host { all: initial; position: fixed; inset-block-end: 20px; inset-inline-end: 20px; z-index: 2147483000;
      color-scheme: light dark; font: 400 14px/1.45 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif;
      --b: oklch(50% .13 var(--h)); --on: #fff; --face: #fff; --ink: oklch(46% .02 240); --ring: oklch(20% .02 240 / .1) }
    .talk { display: grid; place-items: center; position: relative; inline-size: 56px; block-size: 56px; padding: 0;
      border: 2px solid transparent; border-radius: 50%; background: var(--b); color: var(--on); cursor: pointer;
      box-shadow: 0 2px 4px oklch(20% .02 240 / .12), 0 8px 24px -4px oklch(20% .02 240 / .32);
      transition: transform 120ms, filter 120ms }
    i { font: 600 15px system-ui, sans-serif; max-inline-size: 60vw; padding-inline: 34px 4px; grid-area: 1 / 1 }
    .talk:has(i) { inline-size: auto; padding: 0 14px; border-radius: 28px; place-items: center start }
    .talk:hover { filter: brightness(1.08); transform: translateY(-1px) }
    .talk:active { transform: none }
    button:focus-visible { outline: 2px solid var(--b); outline-offset: 3px }
    svg { grid-area: 1 / 1; inline-size: 26px; block-size: 26px; fill: none; stroke: currentColor; stroke-width: 1.75;
      stroke-linecap: round; stroke-linejoin: round; transition: opacity 120ms, transform 220ms }
    .shut, :host([open]) .say { opacity: 0; transform: scale(.7) }
    :host([open]) .shut { opacity: 1; transform: none }
    b { position: absolute; inset-block-start: -4px; inset-inline-end: -4px; min-inline-size: 22px; padding: 0 6px;
      box-sizing: border-box; border-radius: 11px; background: oklch(52% .185 25); color: #fff; text-align: center;
      font: 600 12px/22px system-ui, sans-serif; box-shadow: 0 0 0 2px var(--face) }
    [hidden] { display: none }
    .box { position: absolute; inset-block-end: 72px; inset-inline-end: 0; inline-size: 392px; overflow: hidden;
      block-size: min(432px, calc(100vh - 112px)); border-radius: 16px; background: var(--face); visibility: hidden;
      opacity: 0; transform: translateY(8px); box-shadow: 0 0 0 1px var(--ring), 0 16px 48px -8px oklch(20% .02 240 / .36);
      transition: opacity 220ms, transform 220ms cubic-bezier(.2, .8, .2, 1), visibility 0s 220ms }
    :host([open]) .box { visibility: visible; opacity: 1; transform: none; transition-delay: 0s }
    :host([tall]) .box { block-size: min(664px, calc(100vh - 112px)) }
    iframe { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; border: 0; color-scheme: light dark }
    p { display: grid; gap: 12px; place-content: center; place-items: center; block-size: 100%; margin: 0;
      padding: 24px; box-sizing: border-box; color: var(--ink); text-align: center }
    .again { min-block-size: 44px; padding: 0 20px; border: 0; border-radius: 10px; background: var(--b);
      color: var(--on); font: inherit; font-weight: 600; cursor: pointer }
    @media (max-width: 520px) {
      .box.box { position: fixed; inset: 0 0 auto; inline-size: 100%; block-size: 100dvh; border-radius: 0 }
      :host([open]) .talk { visibility: hidden }
    }
    @media (prefers-color-scheme: dark) {
      :host { --b: oklch(76% .12 var(--h)); --on: oklch(18% .03 var(--h)); --face: oklch(20.5% .008 240);
        --ink: oklch(75% .014 230); --ring: oklch(100% 0 0 / .1) }
    }
    @media (prefers-reduced-motion: reduce) { .talk, svg, .box, :host([open]) .box { transition: none } }
    @media (forced-colors: active) { .talk, .box { border: 2px solid ButtonText } }
    @media print { :host { display: none } }`;

  window.brandChat = {
    open: () => show(true),
    close: () => show(false),
    on: (event, callback) => void listeners[event]?.push(callback),
  };

  fetch(`${base}/w/settings/${encodeURIComponent(key)}/?lang=${encodeURIComponent(lang)}`, { credentials: "omit" })
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.status))))
    .then((settings) => (document.body ? start(settings) : addEventListener("DOMContentLoaded", () => start(settings))))
    .catch(() => console.warn("Chat is not available on this page."));

  function recall() {
    try {
      return JSON.parse(localStorage.getItem(slot)) || {};
    } catch {
      return {};
    }
  }

  function keep(change) {
    kept = { ...recall(), ...change };
    try {
      localStorage.setItem(slot, JSON.stringify(kept));
    } catch { /* private mode */ }
  }

  function reopen(value) {
    try {
      if (value === undefined) return sessionStorage.getItem(slot) === "1";
      sessionStorage.setItem(slot, value ? "1" : "");
    } catch { /* the same */ }
    return false;
  }

  /* A soft launch: each visitor draws a lot once. Who has written stays. */
  function start(settings) {
    if (settings.share < 100 && !kept.token) {
      if (!kept.lot) keep({ lot: Math.random() * 100 });
      if (kept.lot >= settings.share) return;
    }
    words = settings;
    host = document.createElement("div");
    const root = host.attachShadow({ mode: "open" });
    host.lang = words.lang;
    host.dir = words.dir;
    host.style.setProperty("--h", words.hue);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    root.adoptedStyleSheets = [sheet];
    button = element("button", { type: "button", class: "talk", "aria-haspopup": "dialog" }, [
      icon("say", "M12 4c-4.7 0-8.5 3.1-8.5 7 0 2.2 1.2 4.2 3.2 5.5L6 20.3l4.2-2.4c.6.1 1.2.1 1.8.1 4.7 0 8.5-3.1 8.5-7S16.7 4 12 4Z"),
      icon("shut", "m7 10 5 5 5-5"),
      (badge = element("b", { hidden: "" })),
      words.label && element("i", {}, [words.label]),
    ].filter(Boolean));
    button.addEventListener("click", () => show(!isOpen));
    box = element("div", { role: "dialog", class: "box", "aria-label": words.title });
    root.append(box, button);
    root.addEventListener("keydown", (event) => event.key === "Escape" && show(false));
    document.body.append(host);
    name(0);
    addEventListener("message", hear);
    window.visualViewport?.addEventListener("resize", fit);
    const wasOpen = reopen() && !narrow.matches;
    if (isOpen || wasOpen) show(true, !isOpen);
    else if (kept.live) load();
  }

  function element(tagName, attributes, children = []) {
    const node = document.createElement(tagName);
    for (const each in attributes) node.setAttribute(each, attributes[each]);
    node.append(...children);
    return node;
  }

  function icon(className, path) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    line.setAttribute("d", path);
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("class", className);
    svg.setAttribute("aria-hidden", "true");
    svg.append(line);
    return svg;
  }

  /* At the first click, or with a conversation. */
  function load() {
    if (frame) return;
    ready = false;
    frame = element("iframe", { title: words.title, src: `${base}/w/panel/${key}/?lang=${encodeURIComponent(lang)}` });
    frame.addEventListener("load", greet);
    note = element("p", { role: "status" }, [words.loading]);
    box.replaceChildren(note, frame);
    clearTimeout(patience);
    patience = setTimeout(apologise, 12000);
  }

  function apologise() {
    const again = element("button", { type: "button", class: "again" }, [words.retry]);
    again.addEventListener("click", () => {
      frame = null;
      load();
    });
    note.replaceChildren(words.failed, again);
    frame.remove();
  }

  function greet() {
    tell({ op: "hello", token: kept.token || null, page: location.origin + location.pathname, lang });
  }

  function tell(message) {
    frame?.contentWindow?.postMessage({ chat: 1, ...message }, base);
  }

  function hear({ origin, source, data }) {
    if (origin !== base || !frame || source !== frame.contentWindow || data?.chat !== 1) return;
    if (data.op === "ready") {
      ready = true;
      clearTimeout(patience);
      note.remove();
      tell({ op: "visible", on: isOpen, focus: wantsFocus });
    }
    if (data.op === "token") keep({ token: data.token });
    if (data.op === "phase") {
      keep({ live: data.phase === "queued" || data.phase === "active" });
      host.toggleAttribute("tall", data.phase !== "home");
    }
    if (data.op === "close") show(false);
    if (data.op === "unread") name(data.n);
  }

  function name(count) {
    if (count !== unread) emit("unread", count);
    unread = count;
    badge.hidden = !unread;
    badge.textContent = unread > 9 ? "9+" : unread;
    const label = isOpen ? words.close : words.open;
    button.setAttribute("aria-label", unread ? `${label}. ${words.unread.replace("{n}", unread)}` : label);
    button.setAttribute("aria-expanded", isOpen);
  }

  function show(on, quietly) {
    isOpen = on;
    wantsFocus = on && !quietly;
    if (!words) return;
    const changed = host.hasAttribute("open") !== on;
    host.toggleAttribute("open", on);
    reopen(on);
    name(0);
    if (on) load();
    fit();
    if (ready) tell({ op: "visible", on, focus: wantsFocus });
    if (wantsFocus) frame?.focus();
    else if (changed && !quietly) button.focus();
    if (changed) emit(on ? "open" : "close");
  }

  /* A phone's keyboard covers the panel. */
  function fit() {
    const full = isOpen && narrow.matches && window.visualViewport;
    box.style.height = full ? `${window.visualViewport.height}px` : "";
  }

  function emit(event, detail) {
    for (const callback of listeners[event]) callback(detail);
  }
})();
