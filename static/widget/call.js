/* A call instead of the wait: the form that asks for it, and the promise that stands. */

import { $ } from "./screen.js";

export class Call {
  constructor({ words, language, send, onNotice, onOpen, id }) {
    Object.assign(this, { words, language, send, onNotice, onOpen, id });
    this.promise = null;
    $("callme").addEventListener("click", () => this.open());
    $("change").addEventListener("click", () => this.open());
    $("callno").addEventListener("click", () => this.shut());
    $("nocall").addEventListener("click", () => (onNotice(""), send({ op: "no_call" })));
    $("calling").addEventListener("submit", (event) => this.submit(event));
  }

  /* The windows are asked for each time: what was free an hour ago is over now. */
  open() {
    this.onNotice("");
    this.asked = null;
    if (!this.send({ op: "call_windows" })) return;
    this.onOpen(true);
    $("number").value ||= this.promise?.number || "";
    $("consent").checked = Boolean(this.promise);
    $("number").focus();
  }

  shut() {
    this.onNotice("");
    this.onOpen(false);
  }

  offer({ windows, zone }) {
    const options = windows.map(([from, until]) => new Option(span(from, until, zone, this.language), `${from} ${until}`));
    $("when").replaceChildren(...options);
    $("zone").textContent = this.words.call_zone.replace("{zone}", zone);
    $("callyes").disabled = !windows.length;
    if (!windows.length) this.onNotice(this.words.call_none);
  }

  submit(event) {
    event.preventDefault();
    const number = $("number").value.trim();
    if (!number) return this.refuse($("number"), this.words.call_number);
    if (!$("consent").checked) return this.refuse($("consent"), this.words.call_consent);
    const [from, until] = $("when").value.split(" ");
    const said = JSON.stringify([number, from, until]);
    if (this.said !== said) this.asked = this.id(); // the same again is the same call
    this.said = said;
    this.onNotice("");
    this.send({ op: "call", client_id: this.asked, number, from, until, consent: true });
  }

  refuse(field, why) {
    this.onNotice(why);
    field.focus();
  }

  /* Whether the refusal was of the call: its words are shown, what is typed stays. */
  takes({ client_id: id, message }) {
    if (!id || id !== this.asked) return false;
    this.asked = this.said = null;
    this.refuse($("number"), message || this.words.refused);
    return true;
  }

  draw({ phase, calling, call }) {
    this.promise = phase === "callback" ? call : null;
    $("calling").hidden = !calling;
    $("promise").hidden = phase !== "callback" || calling || !call;
    if (!call) return;
    const { number, from, until, zone } = call;
    const [title, text] = $("promised").children;
    put(title, call.calling ? this.words.call_now : this.words.call_promised);
    put(text, this.words.call_when.replace("{number}", number).replace("{when}", span(from, until, zone, this.language)).replace("{zone}", zone));
    $("changes").hidden = call.calling;
  }
}

/* Two instants as one span, in the zone that is named beside it. */
function span(from, until, zone, language) {
  const shown = { weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit" };
  const [start, end] = [new Date(from), new Date(until)];
  try {
    return new Intl.DateTimeFormat(language, { ...shown, timeZone: zone }).formatRange(start, end);
  } catch {
    return new Intl.DateTimeFormat(language, { ...shown, timeZone: "UTC", timeZoneName: "short" }).formatRange(start, end);
  }
}

function put(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
