/* One more period for a day: the last row again, empty. Without this script each day has one empty row. */

document.querySelectorAll("[data-add]").forEach((button) => (button.hidden = false));
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add]");
  if (!button) return;
  const rows = button.closest("[data-rows]").querySelectorAll("[data-row]");
  const last = rows[rows.length - 1];
  const row = last.cloneNode(true);
  row.querySelector(".err")?.remove();
  row.querySelectorAll("input").forEach((input) => {
    input.value = "";
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
  });
  last.after(row);
  row.querySelector("input").focus();
});
