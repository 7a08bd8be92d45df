/* The page's own button for the chat: shown once the launcher is there. */
function wire() {
  for (const button of document.querySelectorAll("[data-chat]")) {
    button.hidden = !window.brandChat;
    button.addEventListener("click", () => window.brandChat.open());
  }
}
addEventListener("load", wire);
