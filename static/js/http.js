// POSTs of the desk: form fields and the token of this page; the answer is JSON where there is one to read.

export class Refused extends Error {
  constructor(status, body) {
    super(body.message ?? "");
    this.status = status;
    this.body = body;
  }
}

export function fields(values) {
  const data = new URLSearchParams(values);
  data.set("csrfmiddlewaretoken", token());
  return data;
}

// Raises Refused (the server said no) or TypeError (it could not be asked).
export async function post(url, values, options = {}) {
  const response = await fetch(url, { method: "POST", body: fields(values), headers: { Accept: "application/json" }, ...options });
  const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
  const body = isJson ? await response.json() : {};
  if (!response.ok) throw new Refused(response.status, body);
  return body;
}

// A last word while the page goes away.
export const beacon = (url, values) => navigator.sendBeacon(url, fields(values));

const token = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
