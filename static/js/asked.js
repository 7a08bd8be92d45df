// What an act asks first: its dialog comes from the server into #asked and is shown; an answer that is another page
// part closes it. Back in the conversation, the focus is where it was.
const place = () => document.getElementById("asked");

document.addEventListener("htmx:afterSwap", ({ detail: { target } }) => {
  if (target.id !== "asked") return;
  document.querySelector("#more-acts:popover-open")?.hidePopover();
  const dialog = place().querySelector("dialog");
  if (dialog && !dialog.open) dialog.showModal();
});
document.addEventListener("close", ({ target }) => place()?.contains(target) && place().replaceChildren(), true);
// Its way back is a link for who has no scripts; here it only closes. A time that is written is the one that is meant.
document.addEventListener("click", (event) => event.target.closest("#asked a[data-close]") && event.preventDefault());
document.addEventListener("input", ({ target }) => {
  const radio = target.dataset?.checks && target.form.querySelector(`[value="${target.dataset.checks}"]`);
  if (radio) radio.checked = true;
});
document.addEventListener("desk:opened", () => place()?.querySelector("dialog")?.close());
