// The only script of the pages: each behaviour is a file of its own, attached by a data attribute.
// Without this script the pages still work as forms and links.
import { attachAll } from "./behaviour.js";
import "./prefs.js";
import "./menu.js";
import "./dialog.js";
import "./submit.js";
import "./secret-ballot.js";
import "./live.js";
import "./clock.js";
import "./follow.js";
import "./picture-again.js";
import "./send-itself.js";
import "./agenda-sort.js";
import "./drop-upload.js";
import "./verify-drop.js";
import "./picker.js";
import "./select-all.js";
import "./swipe.js";
import "./token.js";
import "./desktop.js";
import "./autosave.js";
import "./insert.js";
import "./reader.js";
import "./offline.js";
import "./push.js";

document.documentElement.setAttribute("data-script", "on");
attachAll(document);
