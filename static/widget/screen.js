/* Drawing the panel's state: header, waiting line, strips, the end. No decision is made here. */

export const $ = (id) => document.getElementById(id);

/* Stay at the end of the messages as long as the reader is there (within 48 px). */
export const pin = {
  on: true,
  toEnd() {
    $("scroll").scrollTop = $("scroll").scrollHeight;
  },
};

/* Only a hand scrolls up: an area that shrinks, or a list that grows, leaves the top where it was. */
let top = 0;
$("scroll").addEventListener("scroll", () => {
  const area = $("scroll");
  if (area.scrollTop < top) pin.on = false;
  top = area.scrollTop;
  if (area.scrollHeight - top - area.clientHeight > 48) return;
  pin.on = true;
  $("newer").hidden = true;
});
const sizes = new ResizeObserver(() => pin.on && document.body.dataset.phase !== "home" && pin.toEnd());
[$("scroll"), $("log"), $("typing")].forEach((node) => sizes.observe(node));

export function draw(state, { frame, embedded, language }) {
  const { phase, place, asking, calling, blocked } = state;
  const away = place?.staffed === false || Boolean(place?.closed);
  const talking = phase === "queued" || phase === "active";
  document.body.dataset.phase = phase;
  drawHead(state, frame, away);
  drawAway(phase === "home" && (away || Boolean(place?.closing)), place, frame.words, language);
  drawLine(state, away, frame.words, language);
  $("end").hidden = !talking || asking || calling;
  $("end").textContent = phase === "queued" ? frame.words.leave : frame.words.end;
  $("close").hidden = !embedded;
  drawEnd(state, frame.words);
  const shown = phase === "home" ? place?.closed?.how : "";
  $("composer").hidden = blocked || asking || calling || phase === "callback" || (phase === "ended" && !state.goingOn) || shown === "hide";
  $("where").hidden = shown !== "address" || $("composer").hidden;
}

function drawHead({ phase, person, place, link }, frame, away) {
  const name = (phase === "active" && person) || frame.name;
  const gone = place?.closed?.how === "hide" ? frame.words.closed_title : frame.words.away;
  const home = place && link === "live" ? (away ? gone : frame.words.here) : "";
  const status = { home, active: person && frame.name }[phase] || "";
  put($("who"), name);
  put($("face"), [...name][0]);
  const emblem = $("emblem");
  if (emblem) emblem.hidden = !($("face").hidden = name === frame.name);
  put($("status"), status);
  $("status").hidden = !status;
}

function drawAway(on, place, words, language) {
  $("presence").hidden = !on;
  if (!on) return;
  const { closed, closing } = place;
  $("presence").classList.toggle("soon", Boolean(closing) && place.staffed !== false);
  if (closing && place.staffed !== false) return pair($("presence").lastElementChild, words.here, early(closing, words.closes, language));
  const then = closed?.how ? words[`closed_${closed.how}`] : words.away_body;
  const body = [...(closed ? shut(closed, words, language) : []), then].join(" ");
  pair($("presence").lastElementChild, closed ? words.closed_title : words.away_title, body);
}

/* Open yet, but not to the end of the day. */
function early({ at, zone, text }, words, language) {
  return [words.replace("{when}", moment(at, zone, language)), text].filter(Boolean).join(" ");
}

/* Out of hours: what the client says about it, and when it opens again. */
function shut({ text, until, zone }, words, language) {
  return [text, until && words.opens.replace("{when}", moment(until, zone, language))].filter(Boolean);
}

/* An instant in the client's zone, which is named where the visitor's is another. */
function moment(until, zone, language) {
  const at = new Date(until);
  const shown = { weekday: "long", hour: "numeric", minute: "2-digit" };
  if (at - Date.now() > 6 * 86400000) Object.assign(shown, { day: "numeric", month: "long" });
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const there = zone === here ? {} : { timeZone: zone, timeZoneName: "short" };
  try {
    return new Intl.DateTimeFormat(language, { ...shown, ...there }).format(at);
  } catch {
    return new Intl.DateTimeFormat(language, { ...shown, timeZoneName: "short" }).format(at); // a zone it does not know
  }
}

function drawLine({ phase, place, asking, calling }, away, words, language) {
  const position = place?.position;
  const left = Boolean(place?.kept) && !away;
  $("leave").hidden = !place?.leave || away;
  $("callme").hidden = !place?.call;
  $("line").hidden = phase !== "queued" || asking || calling;
  $("line").classList.toggle("still", away || left);
  put($("place"), position || "");
  if (left) pair($("told"), words.kept_title, words.left_body);
  else if (away) pair($("told"), words.kept_title, kept(place.closed, words, language));
  else pair($("told"), inLine(position, words, language), waiting(place, words, language));
}

function waiting(place, words, language) {
  const closing = place?.closing && early(place.closing, words.closes_line, language);
  const leave = place?.leave && words.leave_body;
  const call = place?.call && words.call_body;
  const served = place?.served && words.served;
  return [place?.position && howLong(place.wait, words), words.waiting_body, leave, call, closing, served].filter(Boolean).join(" ");
}

/* The wait in whole minutes, as it was for others; without a number where there were too few. */
function howLong(wait, words) {
  if (!wait) return words.wait_unknown;
  const { from, until } = wait;
  if (from >= 60) return words.wait_long;
  if (until <= 1) return words.wait_under;
  if (!from) return words.wait_upto.replace("{n}", until);
  if (from === until) return words.wait_about.replace("{n}", until);
  return words.wait_range.replace("{from}", from).replace("{until}", until);
}

function kept(closed, words, language) {
  if (!closed) return words.kept_body;
  return [words.closed_kept, ...shut(closed, words, language)].join(" ");
}

function inLine(position, words, language) {
  if (!position) return words.waiting;
  if (position === 1) return words.next;
  const category = new Intl.PluralRules(language, { type: "ordinal" }).select(position);
  const ordinal = words[`place_${category}`] || words.place_other;
  return words.in_line.replace("{place}", ordinal.replace("{n}", position));
}

function drawEnd({ phase, asking, resume, goingOn }, words) {
  $("over").hidden = phase !== "ended" || goingOn;
  $("goon").hidden = !resume;
  $("fresh").className = resume ? "quiet strong" : "fill";
  put($("over").firstElementChild, words.ended);
  $("asking").hidden = !asking;
  put($("question"), phase === "queued" ? words.leave_question : words.end_question);
  put($("yes"), phase === "queued" ? words.leave : words.end);
}

export function drawLink(how, waiting, words) {
  const offline = waiting ? words.offline_n.replace("{n}", waiting) : words.offline;
  const text = { reconnecting: words.reconnecting, offline }[how] || "";
  put($("link"), text);
  $("link").hidden = !text;
}

let fading = 0;

/* Words about what was just tried; `calm` ones leave by themselves. */
export function notice(text, kind = "") {
  put($("notice"), text);
  $("notice").className = `notice ${kind}`;
  $("notice").hidden = !text;
  clearTimeout(fading);
  if (kind === "calm") fading = setTimeout(notice, 8000, "");
}

function pair(node, title, text) {
  put(node.firstElementChild, title);
  put(node.lastElementChild, text);
}

/* Unchanged text is left alone: a live region would say it again. */
function put(node, text) {
  if (node.textContent !== String(text)) node.textContent = text;
}
