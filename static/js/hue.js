/* A form with data-hue-preview="id" shows its colour on that element at once, and the typed name in its
   [data-name]. */
for (const form of document.querySelectorAll("form[data-hue-preview]")) {
  const shown = document.getElementById(form.dataset.huePreview);
  form.addEventListener("input", ({ target }) => {
    if (target.name === "hue") shown.dataset.hue = target.value;
    if (target.name === "name") for (const each of shown.querySelectorAll("[data-name]")) each.textContent = target.value;
  });
}
