// Somebody asks this lead for help, or a client has answered: said once as a toast; it stands where it belongs.
import { hear } from "./live.js";
import { toast } from "./toast.js";

hear("help", ({ data }) => toast(data.words, "warn"));
hear("told", ({ data }) => toast(data.words, "good"));
