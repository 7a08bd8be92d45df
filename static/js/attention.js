// What calls the agent: sound, a number in the title, a notification of the system. Never what a customer wrote.
import { hear } from "./live.js";
import { canPlay, isLeader, note, ring, unlock } from "./sound.js";
import { toast } from "./toast.js";
import { say } from "./words.js";

const title = document.title;
const shown = new Map();
let offers = [];

document.addEventListener("desk:offers", ({ detail }) => {
  offers = detail;
  ring(offers.length > 0);
  notify();
  count();
});
document.addEventListener("desk:count", () => count());
document.addEventListener("visibilitychange", () => count());

hear((stream) => stream.startsWith("c."), ({ data, html, stream }) => {
  if (!html || data?.from !== "in" || data.replay) return;
  const open = document.querySelector("msg-stream")?.dataset.stream === stream;
  if (!open || document.hidden) note();
});

// Who was asked for a moment has waited as long as was promised: said once.
const overdue = new Set();
document.addEventListener("tick:end", ({ target }) => {
  const { hold, until } = target.dataset;
  if (!hold) return;
  target.closest(".sla").classList.replace("warn", "bad");
  remind(hold, Date.parse(until));
});
hear("hold", ({ data }) => remind(data.name, data.until)); // the server's word, for a page whose clock stood still

function remind(name, until) {
  const hold = `${name} ${Math.round(until / 1000)}`;
  if (overdue.has(hold)) return;
  overdue.add(hold);
  toast(say("hold_over", { name }), "warn");
  note();
}

// The page's own name, with what waits in front of it: "(3) Maya Lindqvist".
function count() {
  const waiting = offers.length + (document.querySelector("work-list")?.needing ?? 0);
  const name = offers.length ? say("offer_title", { brand: offers[0].brand }) : document.getElementById("conversation")?.dataset.title || title;
  document.title = waiting ? `(${waiting}) ${name}` : name;
  const badge = document.querySelector("[data-needs]");
  badge.hidden = !waiting;
  badge.textContent = waiting;
  navigator.setAppBadge?.(waiting).catch(() => {});
}

function notify() {
  for (const [id, notification] of shown) {
    if (offers.some((offer) => offer.id === id)) continue;
    notification.close();
    shown.delete(id);
  }
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  if (!document.hidden && document.hasFocus()) return;
  if (canPlay() && !isLeader()) return;
  for (const offer of offers) if (!shown.has(offer.id)) shown.set(offer.id, show(offer));
}

function show({ id, brand }) {
  const notification = new Notification(say("notice_title"), { body: brand, tag: id, requireInteraction: true });
  notification.onclick = () => {
    window.focus();
    notification.close();
  };
  return notification;
}

// "Go available" is the gesture that browsers want before a page may sound or notify.
document.addEventListener("submit", ({ target, submitter }) => {
  if (!target.matches("[data-availability]") || submitter?.value !== "available") return;
  document.body.dataset.sound = "on";
  unlock();
  if ("Notification" in window && Notification.permission === "default") Notification.requestPermission();
});
