// A demo sign-in fills the form; who clicks it still signs in themselves.
document.addEventListener("click", (event) => {
  const person = event.target.closest("[data-fill-login]");
  const form = person && document.querySelector("form");
  if (!form) return;
  form.elements.login.value = person.dataset.fillLogin;
  form.elements.password.value = person.dataset.fillPassword;
  form.querySelector("button").focus();
});
