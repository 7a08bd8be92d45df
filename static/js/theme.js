// The theme of this device: a cookie the server reads, so that the next page comes in the right one.
document.addEventListener("change", (event) => {
  if (!event.target.matches("[name=theme]")) return;
  const { value } = event.target;
  document.cookie = `theme=${value || "system"}; path=/; max-age=31536000; samesite=lax`;
  if (value) document.documentElement.dataset.theme = value;
  else delete document.documentElement.dataset.theme;
});
