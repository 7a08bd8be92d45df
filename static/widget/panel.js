/* The panel: what the visitor sees of one conversation. Frames of the server come in by the link, text goes out
 * by the outbox; the phases are home, queued, callback, active, ended. docs/widget.md is the protocol. */

import { Call } from "./call.js";
import { Composer } from "./composer.js";
import { meetHost } from "./host.js";
import { connect } from "./link.js";
import { Log } from "./log.js";
import { openOutbox, uuid } from "./outbox.js";
import { $, draw, drawLink, notice, pin } from "./screen.js";

const frame = JSON.parse($("frame").textContent);
const { words, key } = frame;
const language = document.documentElement.lang;
const locale = navigator.languages.find((one) => one.split("-")[0] === language) ?? language; // en-GB writes 16:55
const log = new Log($("log"), words, locale);
const outbox = openOutbox(key);
const composer = new Composer({
  form: $("composer"), field: $("text"), send: $("send"), count: $("count"),
  key, limit: frame.limit, language: locale, words, onSend: post, onTyping: sayTyping, onNotice: notice, mayGo: reachable,
});
const call = new Call({
  words, language: locale, id: uuid, send: (said) => link?.send(said), onNotice: notice, onOpen: (calling) => show({ calling }),
});
const host = meetHost(frame, { onHello: begin, onVisible: seen });

const state = { phase: "home", link: "connecting", person: "", place: null, asking: false, calling: false, call: null, blocked: false, resume: false, goingOn: false };
const timers = {};
let hello = null; // what the page under the panel said
let token = null;
let link = null;
let conversation = null;
const { timeZone: zone } = Intl.DateTimeFormat().resolvedOptions(); // whoever answers sees what time it is here
let anew = false; // the visitor wants a new conversation, the server does not know yet
let greeted = false;
let sending = null; // the client id on its way
let visible = true;
let unread = 0;
let typedAt = 0;
let refusedAt = 0;

function show(change) {
  Object.assign(state, change);
  if (state.phase !== "ended") state.resume = state.goingOn = false;
  if (!["queued", "callback"].includes(state.phase)) state.calling = false;
  if (state.phase !== "active") hush();
  if (change.phase) host.phase(state.phase);
  call.draw(state);
  draw(state, { frame, embedded: host.embedded, language: locale });
  drawLink(state.link, outbox.all().length, words);
}

/* ---- beginning, and beginning afresh ---- */

async function begin(said) {
  hello = said;
  visible = said.visible ?? visible;
  if (outbox.stale) composer.restore(outbox.stale);
  await start(said.token);
}

async function start(kept) {
  outbox.all().forEach((item) => log.pend(item, words.queued));
  show({});
  token = kept || (await newToken());
  if (token) link = connect({ url: frame.live, greeting, onFrame: take, onState: linked, onRefused: refused });
}

async function newToken() {
  try {
    const body = JSON.stringify({ key });
    const headers = { "content-type": "application/json" };
    const answer = await fetch(frame.session, { method: "POST", headers, body, credentials: "omit" });
    if (answer.status === 403 || answer.status === 404) return unavailable(await blockedBy(answer));
    if (!answer.ok) throw new Error(answer.status);
    const said = await answer.json();
    host.keepToken(said.token);
    return said.token;
  } catch {
    show({ link: "offline" });
    setTimeout(start, 5000);
    return null;
  }
}

function greeting() {
  return { op: "hello", key, token, conversation, after: log.last, language, page: hello.page, zone };
}

/* The token is no good any more: say so, and begin afresh with what is written. */
async function refused(code) {
  if (code === 4410) return unavailable(words.blocked);
  const again = Date.now() - refusedAt < 10000;
  refusedAt = Date.now();
  link = null;
  host.keepToken(null);
  if (code !== 4401 || again) return unavailable();
  if (hello.token || conversation) notice(words.expired, "calm");
  forget();
  show({ phase: "home" });
  await start(null);
}

async function blockedBy(answer) {
  const said = await answer.json().catch(() => ({}));
  return said.error === "blocked" ? words.blocked : "";
}

function unavailable(why) {
  notice(why || words.unavailable);
  show({ blocked: true });
  return null;
}

function linked(how) {
  show({ link: how });
}

/* Write on in the conversation that has ended: the server takes it up with the first message. */
function goOn() {
  notice("");
  show({ goingOn: true });
  composer.focus();
}

function startAgain() {
  forget();
  anew = true;
  notice("");
  show({ phase: "home" });
  composer.focus();
}

function forget() {
  log.clear();
  conversation = null;
  Object.assign(state, { person: "", place: state.place && { ...state.place, position: null } });
}

/* ---- frames of the server ---- */

const takes = {
  hello_ok(said) {
    sending = null; // what was on its way on another socket is sent again, under its id
    if (anew && said.state === "ended") return pump();
    if (conversation && said.conversation !== conversation) log.clear();
    conversation = said.conversation;
    $("log").setAttribute("aria-busy", "true");
    said.messages.forEach((message) => arrive(message, greeted));
    $("log").removeAttribute("aria-busy");
    greeted = true;
    show({ phase: said.state === "new" ? "home" : said.state, person: said.name || "", resume: Boolean(said.resume) });
    pump();
  },
  msg: (message) => arrive(message, true),
  ack({ client_id, seq, at, conversation: ref }) {
    conversation = ref;
    anew = false;
    acknowledged(client_id);
    log.settle(client_id, seq, at);
    show(state.phase === "home" ? { phase: "queued" } : {});
    pump();
  },
  place: (place) => show({ place }),
  windows: (said) => call.offer(said),
  call: (promise) => show({ phase: "callback", call: promise, calling: false, asking: false }),
  call_ok: () => (show({ calling: false }), $("change").focus()),
  agent: ({ event, name }) =>
    show(event === "joined" ? { phase: "active", person: name } : { phase: "queued", person: "", place: null }),
  typing({ name }) {
    $("typing").lastElementChild.textContent = words.typing.replace("{name}", name || state.person);
    $("typing").hidden = false;
    clearTimeout(timers.typing);
    timers.typing = setTimeout(hush, 6000);
  },
  ended: ({ resume }) => show({ phase: "ended", asking: false, resume: Boolean(resume), goingOn: false }),
  resumed: () => show({ phase: "queued", person: "", place: null }),
  error: trouble,
};

function take(said) {
  takes[said.op]?.(said);
}

function arrive(message, live) {
  if (outbox.has(message.client_id)) acknowledged(message.client_id);
  const added = log.put(message, live);
  if (!added || !live || message.author === "contact") return;
  if (!pin.on) $("newer").hidden = false;
  if (message.author === "system" && !message.body) return;
  hush();
  if (visible) announce(message);
  else host.unread(++unread);
}

function acknowledged(id) {
  outbox.drop(id);
  if (sending === id) sending = null;
}

function trouble({ code, message, client_id: id, retry_after: wait }) {
  if (!id) return code === "under_way" ? notice(message) : undefined;
  if (call.takes({ client_id: id, message })) return;
  sending = null;
  if (code === "rate_limited" || code === "failed") {
    log.say(id, words.queued);
    notice(words[code], "calm");
    timers.pump = setTimeout(pump, (wait || 5) * 1000);
    return;
  }
  giveBack(id, code === "ended" ? words.ended_meanwhile : message || words.refused);
  pump();
}

/* A refused message: its text returns to the composer when that is free, else it stays in place, marked. */
function giveBack(id, why) {
  const item = outbox.all().find((each) => each.client_id === id);
  outbox.drop(id);
  notice(why);
  if (!item) return;
  if (!composer.isFree) return log.fail(id, () => (log.remove(id), post(item.body)));
  log.remove(id);
  composer.restore(item.body);
}

/* ---- writing ---- */

function post(body) {
  log.pend(outbox.add(body), state.link === "live" ? words.sending : words.queued);
  toEnd();
  show({});
  pump();
}

/* Out of hours a message may need an address to go with it: say so before anything is sent. */
function reachable() {
  const field = $("address");
  if ($("where").hidden || (field.value.trim() && field.checkValidity())) return true;
  notice(words.address_wanted);
  field.focus();
  return false;
}

/* One at a time, in order: the next goes when the last is acknowledged. */
function pump() {
  const item = outbox.first();
  clearTimeout(timers.pump);
  if (sending || !item || state.link !== "live") return;
  const fresh = anew || undefined;
  const address = ($("where").hidden ? "" : $("address").value.trim()) || undefined;
  if (!link.send({ op: "msg", client_id: item.client_id, body: item.body, fresh, address })) return;
  sending = item.client_id;
  log.pend(item, words.sending);
}

function sayTyping() {
  if (Date.now() - typedAt < 3000 || state.phase !== "active") return;
  typedAt = Date.now();
  link?.send({ op: "typing" });
}

/* ---- what the visitor hears and sees ---- */

function announce({ name, at, body }) {
  $("voice").textContent = words.said.replace("{name}", name || frame.name).replace("{time}", log.time(at)).replace("{text}", body);
}

function hush() {
  clearTimeout(timers.typing);
  $("typing").hidden = true;
}

function seen(on, focus) {
  visible = on;
  if (!on) return;
  if (unread) host.unread((unread = 0));
  if (!focus) return;
  if (state.phase === "callback") return $("change").focus();
  if (state.phase === "ended" && !state.goingOn) $(state.resume ? "goon" : "fresh").focus();
  else composer.focus();
}

function toEnd() {
  pin.toEnd();
  $("newer").hidden = true;
}

function asking(on) {
  notice("");
  show({ asking: on });
  if (on) $("no").focus();
  else composer.focus();
}

function endIt() {
  link?.send({ op: "end" });
  asking(false);
}

$("end").addEventListener("click", () => asking(true));
$("leave").addEventListener("click", () => (composer.focus(), link?.send({ op: "leave_message" })));
$("yes").addEventListener("click", endIt);
$("no").addEventListener("click", () => asking(false));
$("goon").addEventListener("click", goOn);
$("fresh").addEventListener("click", startAgain);
$("close").addEventListener("click", host.close);
$("newer").addEventListener("click", toEnd);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing) return;
  if (state.asking) asking(false);
  else if (state.calling) call.shut();
  else host.close();
});
show({});
