// Somebody asks this lead for help: said once as a toast, it stands under Help until it is answered.
import { hear } from "./live.js";
import { toast } from "./toast.js";

hear("help", ({ data }) => toast(data.words, "warn"));
