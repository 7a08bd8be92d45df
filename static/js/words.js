// What scripts say, translated by the server: the JSON block #words. `{name}` stands for a value.
const words = JSON.parse(document.getElementById("words")?.textContent ?? "{}");

export function say(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// One of two forms: say_count("new", 4) takes new_one or new_many.
export const sayCount = (key, count) => say(`${key}_${count === 1 ? "one" : "many"}`, { count });
