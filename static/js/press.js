// What was pressed last, and when. The page may change between the two taps of a double tap: "open the vote" has become "close
// it" under the finger. Such a button rests until a second tap can only be meant.
const doubleTap = 600; // ms within which a second tap belongs to the first
const finger = 48;     // px; two taps nearer than this are at one place

let pressed = null;
let place = [0, 0];
let last = { button: null, act: "", at: 0, place };

// Safari 13 does not say which button sent a form.
document.addEventListener("click", (event) => {
  pressed = event.target.closest ? event.target.closest("button, input[type=submit]") : null;
  place = [event.clientX, event.clientY];
}, true);

export const pressedIn = (form) => (pressed && pressed.form === form ? pressed : null);

export const targetOf = (form, button) => (button && button.getAttribute("formaction")) || form.getAttribute("action") || location.href;

// What a press would do: where it goes, and the button's own say.
export function actOf(form, button) {
  return [targetOf(form, button), button ? button.name : "", button ? button.value : ""].join(" ");
}

export function notePress(form, button) {
  last = { button, act: actOf(form, button), at: Date.now(), place };
}

// Milliseconds in which a second tap still belongs to the first; none when the clock was set back meanwhile.
function timeLeft() {
  const passed = Date.now() - last.at;
  return passed < 0 ? 0 : Math.max(0, doubleTap - passed);
}

export function isSecondTap(form, button) {
  if (!last.button || actOf(form, button) === last.act || !timeLeft()) return false;
  const isNear = Math.hypot(place[0] - last.place[0], place[1] - last.place[1]) < finger;
  return button === last.button || (!last.button.isConnected && isNear);
}

// Shows that the button which came under the finger is not to be pressed yet.
export function restUnderFinger() {
  const left = timeLeft();
  if (!last.button || !left) return;
  const there = last.button.isConnected ? last.button : document.elementFromPoint(...last.place);
  const button = there && there.closest("form[data-remote] button");
  if (!button || actOf(button.form, button) === last.act) return;
  button.setAttribute("aria-disabled", "true");
  setTimeout(() => button.removeAttribute("aria-disabled"), left);
}

document.addEventListener("page-shown", restUnderFinger);
