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
document.addEventListener("desk:opened", () => place()?.querySelector("dialog")?.close());
