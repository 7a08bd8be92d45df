// With an idle time-out: reports that somebody is at it, warns a minute before the end, says when it was the end.
// Only what a hand does counts: keys, clicks, touches, the wheel. What the page does by itself does not.
const dialog = document.getElementById("idle");
const find = (name) => dialog.querySelector(`[data-idle-${name}]`);
const most = Number(dialog.dataset.idle);
const WARN = Math.min(60, most / 4);
const REPORT = Math.min(60, most / 8) * 1000;
let end = performance.now() + most * 1000;
let reported = performance.now();
let acted = false;
let timer = null;

for (const name of ["keydown", "pointerdown", "wheel", "touchstart"]) addEventListener(name, act, { capture: true, passive: true });
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
find("stay").addEventListener("click", stay);
dialog.addEventListener("cancel", (event) => event.preventDefault());
setTimeout(look, (most - WARN) * 1000);

function act() {
  if (dialog.open) return;
  acted = true;
  if (performance.now() - reported > REPORT) report();
}

async function report() {
  reported = performance.now();
  acted = false;
  await ask("POST").catch(() => { acted = true; });
}

async function stay() {
  const button = find("stay");
  button.setAttribute("aria-busy", "true");
  await ask("POST").catch(() => { find("left").textContent = button.dataset.failed; });
  button.removeAttribute("aria-busy");
  settle();
}

// Another page of the same session may have been in use meanwhile.
async function look() {
  if (acted) await report();
  await ask("GET").catch(() => {});
  if (settle()) return;
  if (end > performance.now()) warn();
  else over();
}

// There is more time than is warned of: nothing is said until then. Tells whether it is so.
function settle() {
  const left = end - performance.now() - WARN * 1000;
  if (left <= 0) return false;
  if (dialog.open) dialog.close();
  clearTimeout(timer);
  timer = setTimeout(look, left);
  return true;
}

async function ask(method) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
  const headers = { Accept: "application/json", "X-CSRFToken": token };
  const response = await fetch("/session/", { method, headers });
  if (response.status !== 401 && !response.ok) throw new Error(response.status);
  const { left } = await response.json();
  end = performance.now() + (left ?? most) * 1000;
}

function warn() {
  if (!dialog.open) dialog.showModal();
  find("left").textContent = `${Math.ceil((end - performance.now()) / 1000)} s`;
  clearTimeout(timer);
  timer = setTimeout(end - performance.now() > 1000 ? warn : look, 1000);
}

function over() {
  clearTimeout(timer);
  if (!dialog.open) dialog.showModal();
  find("asks").hidden = true;
  find("over").hidden = false;
  find("stay").hidden = true;
  find("again").hidden = false;
  find("again").focus();
}
