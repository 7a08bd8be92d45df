/* The talk between the panel and the page it stands on. Each side names the other's exact origin; the token
 * lives in that page's storage, so a browser that forbids third-party storage loses nothing. */

export function meetHost({ key, origins }, { onHello, onVisible }) {
  return window.parent === window ? standAlone(key, onHello) : embedded(origins, onHello, onVisible);
}

function embedded(origins, onHello, onVisible) {
  let origin = null;

  function tell(message) {
    if (origin) parent.postMessage({ chat: 1, ...message }, origin);
  }

  addEventListener("message", (event) => {
    if (event.source !== parent || event.data?.chat !== 1 || !origins.includes(event.origin)) return;
    if (event.data.op === "hello" && !origin) {
      origin = event.origin;
      onHello(event.data);
      tell({ op: "ready" });
    }
    if (event.data.op === "visible") onVisible(event.data.on, event.data.focus);
  });

  return {
    embedded: true,
    keepToken: (token) => tell({ op: "token", token }),
    phase: (phase) => tell({ op: "phase", phase }),
    unread: (n) => tell({ op: "unread", n }),
    close: () => tell({ op: "close" }),
  };
}

/* The panel opened as a page of its own. */
function standAlone(key, onHello) {
  const name = `token:${key}`;
  const host = {
    embedded: false,
    keepToken(token) {
      try {
        token ? localStorage.setItem(name, token) : localStorage.removeItem(name);
      } catch { /* lives as long as the page */ }
    },
    phase() {},
    unread() {},
    close() {},
  };
  let token = null;
  try {
    token = localStorage.getItem(name);
  } catch { /* none kept */ }
  queueMicrotask(() => onHello({ token, page: "", lang: document.documentElement.lang, visible: true }));
  return host;
}
