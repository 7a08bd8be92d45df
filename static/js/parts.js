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
    if (!old || sameAs(old, fresh)) return false;
    old.replaceWith(fresh);
    window.htmx?.process(fresh);
    return true;
  });
}

// The same state as before: nothing to do, so that a form being filled keeps what is in it.
function sameAs(old, fresh) {
  return fresh.dataset.version !== undefined && fresh.dataset.version === old.dataset.version;
}
