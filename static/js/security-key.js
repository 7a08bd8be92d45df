// [data-security-key="create|get"]: the button [data-ask] asks a key what stands in #key-asked and sends its answer.
// The exchange itself is webauthn-json's, which allauth brings along.
for (const form of document.querySelectorAll("form[data-security-key]")) {
  form.querySelector("[data-ask]").addEventListener("click", () => ask(form));
  form.addEventListener("submit", (event) => {
    if (form.elements.credential.value) return;
    event.preventDefault();
    ask(form);
  });
}

async function ask(form) {
  const keys = globalThis.webauthnJSON;
  if (!keys?.supported()) return say(form, form.dataset.unable);
  if (!form.reportValidity()) return;
  const asked = JSON.parse(document.getElementById("key-asked").textContent);
  say(form, "");
  try {
    const answer = form.dataset.securityKey === "create" ? await keys.create(asked.creation_options) : await keys.get(asked.request_options);
    form.elements.credential.value = JSON.stringify(answer);
    form.requestSubmit();
  } catch {
    say(form, form.dataset.refused);
  }
}

function say(form, words) {
  const line = form.querySelector("[data-answer]");
  line.textContent = words;
  line.hidden = !words;
}
