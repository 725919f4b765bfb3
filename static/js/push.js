// <div data-push="KEY" hidden> shows its buttons where the browser can be told: [data-push-on] asks it to, [data-push-off] ends it.
import { behaviour } from "./behaviour.js";

const canPush = () => "serviceWorker" in navigator && "PushManager" in window && window.isSecureContext;

function bytesOf(text) {
  const letters = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}

const post = (address, fields) => fetch(address, { method: "POST", body: new URLSearchParams(fields) });

async function subscribe(key) {
  const registration = await navigator.serviceWorker.register("/worker.js");
  await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(key) });
  const { endpoint, keys } = subscription.toJSON();
  return post("/notices/devices", { endpoint, p256dh: keys.p256dh, auth: keys.auth });
}

async function unsubscribe() {
  if (!canPush()) return;
  const registration = await navigator.serviceWorker.getRegistration("/");
  const subscription = registration && (await registration.pushManager.getSubscription());
  if (!subscription) return;
  await post("/notices/devices/removals", { endpoint: subscription.endpoint });
  await subscription.unsubscribe();
}

export { unsubscribe };

behaviour("[data-push]", (place) => {
  if (!canPush()) return;
  place.hidden = false;
  const none = document.querySelector("[data-push-none]");
  const refused = document.querySelector("[data-push-refused]");
  none.hidden = true;
  const act = (work) => async () => {
    try {
      await work();
      window.location.reload();
    } catch (error) {
      refused.hidden = false;
    }
  };
  place.querySelector("[data-push-on]").addEventListener("click", act(() => subscribe(place.getAttribute("data-push"))));
  place.querySelector("[data-push-off]").addEventListener("click", act(unsubscribe));
});
