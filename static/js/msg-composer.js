// <msg-composer>: what the agent writes, a reply or a note, each with a form and a draft of its own.
// A reply is shown at once and sent in order with an id of its own; whatever goes wrong, the text is kept.
import { Draft } from "./draft.js";
import { Refused, post } from "./http.js";
import { hear, live } from "./live.js";
import { showTyping, tellTyping } from "./typing.js";
import { uuid } from "./ids.js";
import { say } from "./words.js";

const FRESH = 120000; // an older unsent message is not sent by itself any more
const NEAR_LIMIT = 0.9;
const WRITABLE = new Set(["active", "held", "waiting_customer"]);

class MsgComposer extends HTMLElement {
  connectedCallback() {
    this.forms = new Map([...this.querySelectorAll("form.composer")].map((form) => [form.dataset.kind, form]));
    this.drafts = new Map();
    this.queue = Promise.resolve();
    this.unsent = [];
    for (const [kind, form] of this.forms) this.prepare(kind, form);
    this.addEventListener("submit", this.submitted);
    this.addEventListener("keydown", this.keyed);
    this.addEventListener("click", this.clicked);
    document.addEventListener("visibilitychange", this.leaving);
    addEventListener("pagehide", this.leave);
    live.addEventListener("state", this.retryAll);
    const typing = document.getElementById("typing");
    if (typing) this.stopTyping = showTyping(this.dataset.stream, typing);
    this.stopHearing = hear(this.dataset.stream, (frame) => this.heard(frame));
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.leaving);
    removeEventListener("pagehide", this.leave);
    live.removeEventListener("state", this.retryAll);
    this.stopTyping?.();
    this.stopHearing?.();
    this.leave();
  }

  // The customer went on while a reply is being written: said beside it, nothing is moved.
  heard({ event, data, html }) {
    const reply = this.forms.get("reply");
    if (event === "lost") this.follow("lost", data.words);
    if (html && data?.from === "in" && reply?.elements.body.value) reply.querySelector("[data-draft-state]").textContent = say("they_wrote");
  }

  get stream() {
    return document.querySelector("msg-stream");
  }

  prepare(kind, form) {
    const field = form.elements.body;
    const note = (state) => this.note(kind, form, state);
    const draft = new Draft({ url: `${this.dataset.url}draft/`, kind, text: () => this.text(kind), saved: field.defaultValue, tell: note });
    this.drafts.set(kind, draft);
    const tell = kind === "reply" ? tellTyping(`${this.dataset.url}typing/`) : () => {};
    field.addEventListener("input", () => {
      draft.touch();
      this.measure(form);
      if (field.value) tell();
    });
    field.addEventListener("blur", () => draft.save());
    this.measure(form);
  }

  // Say how the draft is, here and in the work list.
  note(kind, form, state) {
    form.querySelector("[data-draft-state]").textContent = state && say(`draft_${state}`);
    if (state !== "saved" && state !== "") return;
    const detail = { ref: this.dataset.ref, draft: state === "saved" };
    if (kind === "reply") document.dispatchEvent(new CustomEvent("desk:draft", { detail }));
  }

  // What is to be kept: the field, and before it what could not be sent. What is on its way outlives the page.
  text(kind) {
    const stuck = this.unsent.filter((item) => item.kind === kind && (item.bubble.dataset.state === "failed" || !live.isLive));
    return [...stuck.map((item) => item.body), this.forms.get(kind).elements.body.value].filter(Boolean).join("\n");
  }

  // Reply or note: another form, another colour, another address. Only a tab or a key outside fields comes here.
  turn(kind, { focus = true } = {}) {
    const form = this.forms.get(kind);
    if (!form) return;
    for (const [name, other] of this.forms) other.hidden = name !== kind;
    if (focus) form.elements.body.focus();
  }

  // The conversation's state: in wrap-up notes can be added, after it nothing. What was written stays readable.
  follow(state, words) {
    if (WRITABLE.has(state)) return this.reopen();
    this.lock(this.forms.get("reply"), words);
    if (!["wrap_up", "snoozed", "consulting"].includes(state)) this.lock(this.forms.get("note"), words);
  }

  // It can be written to again: the whole pane comes anew, what was being written is a draft by then.
  reopen() {
    const reply = this.forms.get("reply");
    if (reply && reply.dataset.mode !== "locked") return;
    this.leave();
    window.htmx.ajax("GET", this.dataset.url, { target: "#conversation", swap: "outerHTML" });
  }

  lock(form, words) {
    if (!form || form.dataset.mode === "locked") return;
    const written = form.elements.body.value;
    form.dataset.mode = "locked";
    form.elements.body.readOnly = true;
    form.querySelector(".btn.primary").hidden = true;
    this.explain(form, written ? words : "");
    if (written) return;
    for (const tab of this.querySelectorAll(`[data-turn="${form.dataset.kind}"]`)) tab.hidden = true;
    form.hidden = true;
    if (form.dataset.kind === "reply") this.turn("note", { focus: false });
  }

  submitted(event) {
    const form = event.target.closest("form.composer");
    if (!form) return;
    event.preventDefault();
    this.send(form);
  }

  send(form) {
    const field = form.elements.body;
    const body = field.value.trim();
    if (!body || form.dataset.mode === "locked") return field.focus();
    if (body.length > this.limit) return this.refuse(form, say("too_long", { count: body.length.toLocaleString(document.documentElement.lang) }));
    const item = { kind: form.dataset.kind, url: form.action, body, id: uuid(), last: this.stream.last, at: Date.now() };
    this.explain(form, "");
    item.bubble = this.show(item);
    field.value = "";
    this.measure(form);
    field.focus();
    this.deliver(item);
  }

  deliver(item) {
    this.unsent.push(item);
    this.mark(item, "sending");
    this.queue = this.queue.then(() => this.attempt(item));
  }

  async attempt(item) {
    const draft = this.drafts.get(item.kind);
    await draft.settle();
    try {
      const { html } = await post(item.url, this.values(item), { keepalive: item.body.length < 30000 });
      this.settle(item);
      if (this.isConnected) this.stream.add(html);
      if (!this.unsent.some((other) => other.kind === item.kind)) draft.forget();
    } catch (error) {
      this.failed(item, error);
    }
  }

  values({ id, body, last }) {
    return { ref: this.dataset.ref, brand: this.dataset.brand, client_id: id, last_seq: last, body };
  }

  settle(item) {
    this.unsent = this.unsent.filter((other) => other !== item);
  }

  failed(item, error) {
    if (!this.isConnected) return this.keepForLater(item);
    if (error instanceof Refused && [404, 409, 422].includes(error.status)) return this.giveBack(item, error.body);
    const words = error instanceof Refused && error.status < 500 ? say("signed_out_kept") : say("not_sent");
    this.mark(item, "failed", words);
    this.drafts.get(item.kind).touch();
  }

  // Refused with a reason: the text goes back where it was written, what it did not know is shown above it.
  giveBack(item, { message, html }) {
    this.settle(item);
    item.bubble.remove();
    if (html) this.stream.add(html);
    const form = this.forms.get(item.kind);
    const field = form.elements.body;
    field.value = [item.body, field.value].filter(Boolean).join("\n");
    this.measure(form);
    this.refuse(form, message || say("not_sent"));
    this.drafts.get(item.kind).touch();
  }

  // Another conversation is open by now: the text waits in its own one.
  keepForLater(item) {
    post(`${this.dataset.url}draft/`, { kind: item.kind, body: item.body }).catch(() => {});
    const detail = { text: say("not_sent_elsewhere", { name: this.dataset.name }), kind: "bad" };
    document.dispatchEvent(new CustomEvent("toast", { detail }));
  }

  retryAll = () => {
    if (!live.isLive) return;
    for (const item of this.unsent.filter((one) => one.bubble.dataset.state === "failed")) {
      if (Date.now() - item.at < FRESH) this.retry(item);
    }
  };

  retry(item) {
    this.settle(item);
    this.deliver(item);
  }

  show({ kind, body, id }) {
    const bubble = document.getElementById(`bubble-${kind}`).content.firstElementChild.cloneNode(true);
    bubble.dataset.clientId = id;
    bubble.querySelector(".bub").textContent = body;
    this.stream.append(bubble);
    this.stream.toEnd();
    return bubble;
  }

  mark(item, state, words = "") {
    item.bubble.dataset.state = state;
    item.bubble.querySelector("[data-word]").textContent = words || say("sending");
    for (const button of item.bubble.querySelectorAll("button")) button.hidden = state !== "failed";
    item.bubble.onclick = ({ target }) => {
      if (target.closest("[data-retry]")) this.retry(item);
      if (target.closest("[data-copy]")) navigator.clipboard?.writeText(item.body);
    };
  }

  refuse(form, words) {
    this.turn(form.dataset.kind);
    this.explain(form, words);
  }

  // Say it above the text that is being written; false where nothing can be.
  complain(words) {
    const form = [...this.forms.values()].find((one) => !one.hidden && one.dataset.mode !== "locked");
    if (form) this.explain(form, words);
    return Boolean(form);
  }

  explain(form, words) {
    const place = form.querySelector(".err");
    place.querySelector("span").textContent = words;
    place.hidden = !words;
  }

  get limit() {
    return Number(this.dataset.limit);
  }

  measure(form) {
    const length = form.elements.body.value.length;
    const count = form.querySelector(".count");
    count.hidden = length < this.limit * NEAR_LIMIT;
    count.textContent = say("count", { count: length.toLocaleString(document.documentElement.lang) });
    count.classList.toggle("over", length > this.limit);
  }

  keyed(event) {
    if (event.isComposing || !event.target.matches("textarea")) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.altKey) {
      event.preventDefault();
      this.send(event.target.form);
    } else if (event.key === "Escape") this.stream.focus();
  }

  clicked(event) {
    const tab = event.target.closest("[data-turn]");
    if (!tab) return;
    event.preventDefault();
    this.turn(tab.dataset.turn);
  }

  leaving = () => document.visibilityState === "hidden" && this.leave();

  leave = () => {
    for (const draft of this.drafts.values()) draft.leave();
  };

  save() {
    return Promise.all([...this.drafts.values()].map((draft) => draft.save()));
  }
}

customElements.define("msg-composer", MsgComposer);

// Before anything of the conversation is replaced, what is written is on the server.
document.addEventListener("htmx:confirm", async (event) => {
  const composer = document.querySelector("msg-composer");
  if (!composer?.save || event.detail.question) return;
  event.preventDefault();
  await Promise.race([composer.save(), new Promise((go) => setTimeout(go, 1500))]);
  event.detail.issueRequest(true);
});
