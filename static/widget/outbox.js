/* What the visitor wrote and the server has not acknowledged yet; kept in the frame's own storage. */

const FRESH = 10 * 60 * 1000; // an older leftover goes back into the composer instead of being sent unasked

export function openOutbox(key) {
  const prefix = `out:${key}:`;
  const store = storage();
  let items = leftovers(store, prefix);
  const stale = items.filter((item) => Date.now() - item.at > FRESH);
  stale.forEach((item) => store.removeItem(prefix + item.client_id));
  items = items.filter((item) => !stale.includes(item));

  return {
    stale: stale.map((item) => item.body).join("\n"),
    all: () => items,
    first: () => items[0],
    has: (id) => items.some((item) => item.client_id === id),
    add(body) {
      const item = { client_id: uuid(), body, at: Date.now() };
      items.push(item);
      store.setItem(prefix + item.client_id, JSON.stringify(item));
      return item;
    },
    drop(id) {
      items = items.filter((item) => item.client_id !== id);
      store.removeItem(prefix + id);
    },
  };
}

/* What was written before this script ran is newer than what was kept. */
export function keepDraft(key, field) {
  const name = `draft:${key}`;
  const store = storage();
  field.value ||= store.getItem(name) || "";
  return () => (field.value ? store.setItem(name, field.value) : store.removeItem(name));
}

function leftovers(store, prefix) {
  const found = store.keys().filter((name) => name.startsWith(prefix)).map((name) => JSON.parse(store.getItem(name)));
  return found.sort((one, other) => one.at - other.at);
}

/* The frame's storage; a plain map where the browser forbids it. */
function storage() {
  try {
    localStorage.setItem("probe", "1");
    localStorage.removeItem("probe");
    return {
      keys: () => Object.keys(localStorage),
      getItem: (name) => localStorage.getItem(name),
      removeItem: (name) => localStorage.removeItem(name),
      setItem(name, value) {
        try {
          localStorage.setItem(name, value);
        } catch { /* full: the tab's memory has it */ }
      },
    };
  } catch {
    const map = new Map();
    return {
      keys: () => [...map.keys()],
      getItem: (name) => map.get(name) ?? null,
      removeItem: (name) => map.delete(name),
      setItem: (name, value) => map.set(name, value),
    };
  }
}

/* crypto.randomUUID exists on secure pages only. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}
