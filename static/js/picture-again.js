// <img data-again="20" src="…">: a picture that changes, asked for again every so many seconds.
import { behaviour } from "./behaviour.js";

behaviour("img[data-again]", (image) => {
  const address = image.getAttribute("src").split("?")[0];
  const timer = setInterval(() => {
    if (!image.isConnected) return clearInterval(timer);
    if (!document.hidden) image.setAttribute("src", `${address}?${Date.now()}`);
    return undefined;
  }, Number(image.getAttribute("data-again")) * 1000);
});
