// Shows a toast for the event `toast` {text, kind}; an answer fires it by HX-Trigger: {"toast": {…}}.
const LASTS = 6000;

export function toast(text, kind = "") {
  const region = document.getElementById("toasts");
  const template = document.getElementById("toast-template");
  if (!region || !template || !text) return;
  const shown = template.content.firstElementChild.cloneNode(true);
  if (kind) shown.classList.add(kind);
  shown.querySelector("p").textContent = text;
  region.append(shown);
  if (kind !== "bad") leave(shown);
}

function leave(shown) {
  setTimeout(() => (shown.matches(":hover, :focus-within") ? leave(shown) : shown.remove()), LASTS);
}

document.addEventListener("toast", (event) => toast(event.detail.text ?? event.detail.value, event.detail.kind));
document.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".toast").remove());
document.querySelectorAll("#toasts > .toast:not(.bad)").forEach(leave);
