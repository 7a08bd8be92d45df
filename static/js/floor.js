// The floor: rows that the server wrote, patched by frames of numbers, codes and instants (desk/floor/frames.py).
// Numbers change in place, without animation; the order of the rows stays as it was read.
import "./live-status.js";
import { clockTime } from "./clock.js";
import { live, hear } from "./live.js";
import { serverNow, tick } from "./tick.js";
import { say } from "./words.js";

const STALE = 15000;
const CREDIT = 4; // frames between two words to the server that they were taken
const AGAIN = 5000; // a page is not fetched anew more often than that

const kit = JSON.parse(document.getElementById("kit")?.textContent ?? "{}");
const part = document.querySelector("[data-floor]");
const topics = new Map(); // topic -> id -> row
let expected = []; // the topics there are for this page
let heardAt = serverNow();
let taken = 0;
let fetchedAt = 0;

const row = (id) => part?.querySelector(`tr[data-id="${id}"]`);
const write = (element, text) => element && element.textContent !== text && (element.textContent = text);

hear("floor", (frame) => {
  heardAt = Math.max(heardAt, frame.now ?? serverNow());
  if (++taken % CREDIT === 0) live.ask({ op: "taken", n: CREDIT });
  if (frame.topics) expected = frame.topics;
  if (frame.event === "lost") topics.delete(frame.topic);
  if (frame.agents) topics.set(frame.topic, new Map(frame.agents.map((one) => [one[0], one])));
  if (frame.agents || frame.event === "lost") showAgents();
  if (frame.queues) showQueues(frame.topic, frame.queues);
  asOf();
});

// ---- agents: of several topics each says what its readers may know ----

function showAgents() {
  const known = new Map();
  for (const rows of topics.values()) for (const [id, one] of rows) known.set(id, merged(known.get(id), one));
  if (part?.dataset.floor === "agent") moved(known.get(Number(part.dataset.id)));
  if (part?.dataset.floor !== "agents") return;
  const isWhole = expected.every((topic) => topics.has(topic));
  for (const element of isWhole ? part.querySelectorAll("tr[data-id]") : []) if (!known.has(Number(element.dataset.id))) element.remove();
  let missing = false;
  for (const [id, one] of known) {
    const element = row(id);
    if (element) showAgent(element, one);
    else missing = true;
  }
  filter();
  count(known);
  limits();
  if (missing) fetchAnew();
}

const merged = (old, fresh) => (old ? [...fresh.slice(0, 7), { ...old[7], ...fresh[7] }, fresh[8]] : fresh);

function showAgent(element, [, state, reason, following, since, used, cap, work, rests]) {
  element.dataset.state = state;
  const shown = element.querySelector(".instate");
  shown.dataset.state = state;
  write(shown.querySelector("[data-word]"), kit.states[state] + (reason ? ` · ${kit.reasons[reason] ?? reason}` : ""));
  const then = element.querySelector("[data-then]");
  then.hidden = !following;
  write(then, following ? say("then", { word: kit.states[following] }) : "");
  const rest = element.querySelector("[data-rest]");
  rest.hidden = !rests;
  write(rest, rests ? say("rests", { time: clockTime(rests) }) : "");
  last(element.querySelector("[data-lasting]"), since, kit.limits[state] ?? 0);
  write(element.querySelector("[data-load]"), say("load", { used, cap }));
  showWork(element.querySelector("[data-work]"), work);
}

function showWork(cell, work) {
  const version = JSON.stringify(work);
  if (cell.dataset.version === version) return;
  cell.dataset.version = version;
  const chips = Object.entries(work).filter(([brand]) => kit.brands[brand]).map(([brand, numbers]) => chip(kit.brands[brand], numbers));
  cell.replaceChildren(...chips.flatMap((one) => [one, " "]));
}

function chip({ name, hue }, [talks, wraps, rings, holds]) {
  const made = document.getElementById("load-template").content.firstElementChild.cloneNode(true);
  made.dataset.hue = hue;
  made.querySelector("bdi").textContent = name;
  const words = [];
  if (talks || !(wraps || rings)) words.push(String(talks));
  if (wraps) words.push(say("wrap", { count: wraps }));
  if (rings) words.push(say("ring", { count: rings }));
  if (holds) words.push(say("hold", { count: holds }));
  made.querySelector(".num").textContent = words.join(", ");
  return made;
}

function count(known) {
  const counts = {};
  for (const one of known.values()) counts[one[1]] = (counts[one[1]] ?? 0) + 1;
  for (const element of document.querySelectorAll("[data-count]")) write(element.querySelector("b"), String(counts[element.dataset.count] ?? 0));
}

// ---- the filters of the address, asked here again: a row comes and goes with its state ----

const form = document.querySelector("[data-floor-filters]");

function filter() {
  if (!form) return;
  const asked = Object.fromEntries(new FormData(form));
  const search = (asked.q ?? "").trim().toLocaleLowerCase();
  let shown = 0;
  for (const element of part?.querySelectorAll("tr[data-id]") ?? []) {
    const { state, clients, name, mine } = element.dataset;
    const fits = (!search || name.toLocaleLowerCase().includes(search)) && (!asked.client || clients.split(" ").includes(asked.client))
      && (!asked.state || asked.state === state) && (asked.team !== "mine" || mine !== undefined);
    element.hidden = !fits;
    shown += fits;
  }
  write(document.querySelector("[data-shown]"), String(shown));
  const none = part?.querySelector("[data-none]");
  if (none) none.hidden = shown > 0;
}

form?.addEventListener("input", () => {
  filter();
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
});

// ---- queues ----

function showQueues(topic, queues) {
  if (part?.dataset.floor === "queue") {
    moved(queues.find(([id]) => id === Number(part.dataset.id)));
    return;
  }
  for (const one of queues) if (row(one[0])) showQueue(row(one[0]), one);
  limits();
}

function showQueue(element, [, waiting, oldest, offered, answered, inTarget, left, ready]) {
  const settled = answered + left;
  write(element.querySelector("[data-waiting]"), String(waiting));
  write(element.querySelector("[data-offered]"), String(offered));
  write(element.querySelector("[data-left]"), String(left));
  write(element.querySelector("[data-ready]"), String(ready));
  write(element.querySelector("[data-level]"), settled ? say("share", { share: Math.round((100 * inTarget) / settled) }) : say("none"));
  const small = element.querySelector("[data-settled]");
  small.hidden = !settled;
  write(small, say("of", { part: inTarget, whole: settled }));
  last(element.querySelector("[data-lasting]"), oldest, Number(element.querySelector("[data-lasting]").dataset.limit));
}

// ---- a page of one queue, or one agent, is fetched anew when it moved ----

function moved(one) {
  const version = JSON.stringify(one);
  if (!one || part.dataset.version === version) return;
  const first = part.dataset.version === undefined;
  part.dataset.version = version;
  if (!first) fetchAnew(1000);
}

// ---- how long, and whether that is long ----

function last(element, since, limit) {
  const figure = element.querySelector(".num");
  element.dataset.limit = limit;
  if (since === null) {
    delete figure.dataset.since;
    write(figure, say("none"));
  } else figure.dataset.since = new Date(since).toISOString();
}

function limits() {
  tick();
  for (const element of document.querySelectorAll("[data-lasting]")) {
    const { since } = element.querySelector(".num").dataset;
    const limit = Number(element.dataset.limit);
    element.classList.toggle("long", Boolean(since) && limit > 0 && serverNow() - Date.parse(since) > limit * 1000);
  }
}

// ---- how fresh it is ----

function asOf() {
  const time = seconds(heardAt);
  const stale = serverNow() - heardAt > STALE;
  write(document.querySelector("[data-as-of]"), say("as_of", { time }));
  const banner = document.querySelector("[data-stale]");
  if (!banner) return;
  if (stale && banner.hidden) write(banner.querySelector("span"), say("stale", { time }));
  banner.hidden = !stale;
  part?.classList.toggle("stale", stale);
}

function seconds(instant) {
  const zone = document.documentElement.dataset.zone;
  const options = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", ...(zone ? { timeZone: zone } : {}) };
  return new Intl.DateTimeFormat(document.documentElement.lang || undefined, options).format(new Date(instant));
}

setInterval(() => {
  limits();
  asOf();
}, 1000);

// ---- what a frame cannot say: somebody new, an item ----

let planned = null;

function fetchAnew(least = AGAIN) {
  planned ??= setTimeout(fetchNow, Math.max(0, fetchedAt + least - Date.now()));
}

async function fetchNow() {
  planned = null;
  fetchedAt = Date.now();
  const focused = document.activeElement?.href;
  try {
    const response = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.querySelector("[data-floor]");
    if (!fresh || !part) return;
    part.replaceChildren(...fresh.childNodes);
    if (focused) [...part.querySelectorAll("a")].find((link) => link.href === focused)?.focus();
    filter();
    limits();
  } catch { /* the next frame asks again */ }
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, select, textarea")) return;
  const search = document.getElementById("q");
  if (!search) return;
  event.preventDefault();
  search.focus();
});

filter();
limits();
live.start(document.body.dataset.liveUrl);
