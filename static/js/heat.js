// Heat maps: arrow keys go from cell to cell, and the whole map is one stop of Tab. Enter opens the rows, as a link does.
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const at = (cell) => cell.dataset.at.split(",").map(Number);

// The nearest cell with rows in that direction; of several in the next line the one closest to this column.
function next(cells, from, [down, right]) {
  const [row, column] = at(from);
  const ahead = cells
    .map((cell) => [cell, (at(cell)[0] - row) * (down || 1), (at(cell)[1] - column) * (right || 1)])
    .filter(([, rows, columns]) => (down ? rows > 0 : rows === 0 && columns > 0));
  ahead.sort(([, a, b], [, c, d]) => (down ? a - c || Math.abs(b) - Math.abs(d) : b - d));
  return ahead[0]?.[0];
}

function move(cells, to) {
  for (const cell of cells) cell.setAttribute("tabindex", cell === to ? "0" : "-1");
}

for (const map of document.querySelectorAll("[data-heat]")) {
  const cells = [...map.querySelectorAll("[data-at]")];
  move(cells, cells[0]);
  map.addEventListener("focusin", (event) => move(cells, event.target.closest("[data-at]") ?? cells[0]));
  map.addEventListener("keydown", (event) => {
    const from = event.target.closest("[data-at]");
    const to = STEPS[event.key] && from && next(cells, from, STEPS[event.key]);
    if (!to) return;
    event.preventDefault();
    to.focus();
  });
}
