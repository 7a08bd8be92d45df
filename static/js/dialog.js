// [data-dialog="id"] opens, [data-close] and a click beside it close; the browser gives the focus back.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  else if (event.target.closest("[data-close]") || event.target.matches("dialog.dialog")) event.target.closest("dialog")?.close();
});
