/* A form with data-preview="frame" shows, a moment after each change, what it would look like: the fields with
   data-shown are put into the address data-preview-from of that frame. Without this script the frame shows what
   is saved. */
const WAIT_MS = 300;

for (const form of document.querySelectorAll("form[data-preview]")) {
  const frame = document.getElementById(form.dataset.preview);
  let timer;
  const show = () => {
    const address = new URL(form.dataset.previewFrom, location.href);
    for (const field of form.querySelectorAll("[data-shown]")) address.searchParams.set(field.name, field.value);
    frame.src = address;
  };
  form.addEventListener("input", (event) => {
    if (!event.target.matches("[data-shown]")) return;
    clearTimeout(timer);
    timer = setTimeout(show, WAIT_MS);
  });
}
