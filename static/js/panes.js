// One pane at a time on a phone (.desk[data-pane]), the side panel as a drawer on a tablet (.desk[data-side]).
const desk = document.getElementById("desk");

export function show(pane) {
  desk.dataset.pane = pane;
  for (const tab of document.querySelectorAll(".tabbar [data-pane-to]")) {
    if (tab.dataset.paneTo === pane) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
}

function drawer(open) {
  if (open) desk.dataset.side = "open";
  else delete desk.dataset.side;
  for (const toggle of document.querySelectorAll("[data-side-toggle]")) toggle.setAttribute("aria-expanded", String(open));
}

document.addEventListener("click", (event) => {
  const to = event.target.closest("[data-pane-to]");
  if (to) show(to.dataset.paneTo);
  else if (event.target.closest("a.row")) show("conv");
  if (event.target.closest("[data-side-toggle]")) drawer(desk.dataset.side !== "open");
});
document.addEventListener("keydown", (event) => event.key === "Escape" && desk.dataset.side === "open" && drawer(false));
