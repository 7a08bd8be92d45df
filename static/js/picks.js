// A list of choices with a field to search it: typing narrows it, arrows choose, Enter takes the first that is left.
// Ctrl+Enter sends the form from anywhere in it.
const norm = (text) => text.toLocaleLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
const radios = (form) => [...form.querySelectorAll(".pick:not([hidden]) input:enabled")];

document.addEventListener("input", ({ target }) => {
  if (!target.matches?.("[data-picks] [data-search]")) return;
  const form = target.form;
  const asked = norm(target.value.trim());
  const picks = [...form.querySelectorAll(".pick")];
  for (const pick of picks) pick.hidden = !norm(pick.querySelector("span").textContent).includes(asked);
  form.querySelector("[data-none]").hidden = picks.some((pick) => !pick.hidden);
});

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-picks]");
  if (!form || event.isComposing) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return send(event, form);
  if (!event.target.matches("[data-search]")) return;
  const first = radios(form).find((radio) => radio.checked) ?? radios(form)[0];
  if (event.key === "ArrowDown" && first) choose(event, first, first);
  if (event.key === "Enter" && first) choose(event, first, form.elements.words);
});

function choose(event, radio, next) {
  event.preventDefault();
  radio.checked = true;
  next.focus();
}

function send(event, form) {
  event.preventDefault();
  form.requestSubmit();
}
