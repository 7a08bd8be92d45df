// A file pasted or dropped anywhere on the desk is refused in words. Left to the browser, a dropped one would
// replace the page and a pasted picture would vanish. Text that comes beside a file is pasted.
import { toast } from "./toast.js";
import { say } from "./words.js";

for (const kind of ["dragover", "drop", "paste"]) document.addEventListener(kind, refuse);

function refuse(event) {
  const data = event.clipboardData ?? event.dataTransfer;
  if (!data?.types.includes("Files") || (event.type === "paste" && data.types.includes("text/plain"))) return;
  event.preventDefault();
  if (event.type === "dragover") return;
  const words = say("no_files");
  if (!document.querySelector("msg-composer")?.complain(words)) toast(words, "warn");
}
