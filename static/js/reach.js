// The one place that knows whether the server can be reached, and says so: a banner while it cannot, a word when it can again.
import { alarm, announce, icon, words } from "./say.js";

export function showOffline() {
  if (document.getElementById("offline")) return;
  const banner = document.createElement("div");
  banner.id = "offline";
  banner.className = "banner banner--offline";
  const text = document.createElement("span");
  text.textContent = words("offline");
  banner.append(icon("warn"), text);
  document.body.insertBefore(banner, document.querySelector(".frame"));
  alarm(text.textContent);
}

export function hideOffline() {
  const banner = document.getElementById("offline");
  if (!banner) return;
  banner.remove();
  announce(words("online"));
}
