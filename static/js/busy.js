// A form with data-busy is sent once: its button shows that it works until the next page is there.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-busy]");
  if (!form) return;
  if (form.dataset.busy === "sent") return event.preventDefault();
  form.dataset.busy = "sent";
  (event.submitter ?? form.querySelector("button"))?.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-busy=sent]")) {
    form.dataset.busy = "";
    form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
  }
});
