/* The messages on screen: each once (by number and by client id), in the order of their numbers. */

const TOGETHER = 3 * 60 * 1000;
const ADDRESS = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/g;

export class Log {
  constructor(root, words, language) {
    this.root = root;
    this.words = words;
    this.clock = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" });
    this.date = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" });
    this.last = 0;
  }

  clear() {
    this.root.replaceChildren();
    this.last = 0;
  }

  /* Show a message of the server; false when it is on screen already. */
  put(message, moving) {
    this.last = Math.max(this.last, message.seq);
    if (message.client_id && this.find(message.client_id)) return this.amend(message);
    if (this.root.querySelector(`[data-seq="${message.seq}"]`)) return false;
    const node = message.author === "system" ? this.event(message) : this.bubble(message);
    if (!node) return false;
    node.dataset.seq = message.seq;
    this.place(node);
    if (message.author === "contact") this.tick();
    if (moving) rise(node);
    return true;
  }

  /* Show what was just written, before the server knows it. */
  pend(item, state) {
    let node = this.find(item.client_id);
    if (!node) {
      node = this.bubble({ ...item, author: "contact", at: new Date(item.at).toISOString() });
      this.place(node);
      rise(node);
    }
    node.classList.add("pending");
    node.classList.remove("failed");
    this.say(item.client_id, state);
  }

  /* The server has it: under this number, at this instant. */
  settle(id, seq, at) {
    const node = this.find(id);
    this.last = Math.max(this.last, seq);
    if (!node || node.dataset.seq) return false;
    node.dataset.seq = seq;
    node.classList.remove("pending", "failed");
    if (at) this.stamp(node, at);
    this.place(node);
    this.tick();
    return false;
  }

  /* What was stored is what is shown: a card number comes back masked. */
  amend({ client_id, seq, at, body }) {
    const text = this.find(client_id).querySelector(".text");
    if (text.textContent !== body) text.replaceChildren(...withLinks(body));
    return this.settle(client_id, seq, at);
  }

  fail(id, retry) {
    const again = line("button", "", this.words.retry);
    again.type = "button";
    again.addEventListener("click", retry);
    this.find(id)?.classList.add("failed");
    this.say(id, this.words.not_sent, again);
  }

  /* Only the last of mine that arrived says so. */
  tick() {
    const mine = this.root.querySelectorAll(".out[data-seq] > .state");
    mine.forEach((state, index) => (state.textContent = index === mine.length - 1 ? this.words.sent : ""));
  }

  say(id, ...state) {
    this.find(id)?.querySelector(".state").replaceChildren(...state);
  }

  remove(id) {
    const node = this.find(id);
    if (!node) return;
    const after = following(node);
    node.dateLine?.remove();
    node.remove();
    if (after) this.join(after);
  }

  find(id) {
    return this.root.querySelector(`[data-client="${CSS.escape(id)}"]`);
  }

  /* Numbered ones by number, the ones still on their way last. */
  place(node) {
    const number = (other) => Number(other.dataset.seq) || Infinity;
    const others = [...this.root.children].filter((other) => other !== node && !other.matches(".day"));
    const next = others.find((other) => number(other) > number(node)) || null;
    if (!node.parentNode || following(node) !== next) {
      node.dateLine?.remove();
      this.root.insertBefore(node, next?.dateLine || next);
    }
    this.join(node);
    if (next) this.join(next);
  }

  /* Neighbours of one author within minutes stand together; a new day says its date. */
  join(node) {
    const previous = preceding(node);
    const at = Number(node.dataset.at);
    const before = previous ? Number(previous.dataset.at) : Date.now();
    const newDay = new Date(at).toDateString() !== new Date(before).toDateString();
    const together = previous?.dataset.by && previous.dataset.by === node.dataset.by && at - before < TOGETHER;
    node.classList.toggle("same", Boolean(together && !newDay));
    node.dateLine?.remove();
    node.dateLine = newDay ? line("p", "day", this.date.format(at)) : null;
    if (newDay) node.before(node.dateLine);
  }

  bubble({ client_id, author, name, body, at }) {
    const mine = author === "contact";
    const node = line("div", mine ? "msg out" : "msg");
    node.dataset.by = mine ? "me" : `${author}:${name}`;
    if (client_id) node.dataset.client = client_id;
    const text = line("p", "text");
    text.dir = "auto";
    text.append(...withLinks(body));
    const who = line(mine ? "span" : "bdi", mine ? "sr" : "", mine ? this.words.you : name);
    const meta = line("p", "meta");
    meta.append(who, mine ? " " : " · ", document.createElement("time"));
    node.append(meta, text, line("p", "state"));
    this.stamp(node, at);
    return node;
  }

  /* A system message with a body says it, the others are the words of their code. */
  event({ code, name, text, body, at }) {
    const words = body || this.words[`event_${code}`];
    if (!words) return null;
    const node = line("div", "event", words.replace("{name}", name).replace("{text}", text || ""));
    node.dataset.at = Date.parse(at);
    return node;
  }

  stamp(node, at) {
    const time = node.querySelector("time");
    node.dataset.at = Date.parse(at);
    time.dateTime = at;
    time.textContent = this.time(at);
  }

  time(at) {
    return this.clock.format(Date.parse(at));
  }
}

function preceding(node) {
  const other = node.previousElementSibling;
  return other?.matches(".day") ? preceding(other) : other;
}

function following(node) {
  const other = node.nextElementSibling;
  return other?.matches(".day") ? following(other) : other;
}

function rise(node) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  node.animate([{ opacity: 0, transform: "translateY(6px)" }, {}], { duration: 220, easing: "cubic-bezier(.2, .8, .2, 1)" });
}

function line(tag, className, text = "") {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.textContent = text;
  return node;
}

function withLinks(body) {
  const parts = [];
  let done = 0;
  for (const match of body.matchAll(ADDRESS)) {
    const link = line("a", "", match[0]);
    Object.assign(link, { href: match[0], target: "_blank", rel: "noopener noreferrer" });
    parts.push(body.slice(done, match.index), link);
    done = match.index + match[0].length;
  }
  return [...parts, body.slice(done)];
}
