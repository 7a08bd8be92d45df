// Fragments from the server into the page: replaced by id, then handed to htmx. What somebody is typing into stays.

export function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html ?? "";
  return [...template.content.children];
}

// Replace each element of `html` that has an id with its namesake here; returns those that were placed.
export function replaceParts(html) {
  return parse(html).filter((fresh) => {
    const old = fresh.id && document.getElementById(fresh.id);
    if (!old || isKnown(old, fresh)) return false;
    old.replaceWith(fresh);
    window.htmx?.process(fresh);
    return true;
  });
}

// The same state as before, or an older look at it: nothing to do, so that a form being filled keeps what is in it.
function isKnown(old, fresh) {
  if (Number(fresh.dataset.at) < Number(old.dataset.at)) return true;
  return fresh.dataset.version !== undefined && fresh.dataset.version === old.dataset.version;
}
