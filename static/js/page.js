// What every page has: toasts, the theme switch, dialogs, forms that are sent once, ticking times.
import "./busy.js";
import "./dialog.js";
import "./tabs.js";
import "./theme.js";
import "./tick.js";
import "./toast.js";
