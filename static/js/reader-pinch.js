// Two fingers, or the wheel with Ctrl, zoom the paper and not the tools around it.
export function pinchAndWheel(scroller, scaleNow, zoomTo) {
  let start = null;

  const distance = ([one, other]) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
  const middle = ([one, other]) => {
    const box = scroller.getBoundingClientRect();
    return [(one.clientX + other.clientX) / 2 - box.left, (one.clientY + other.clientY) / 2 - box.top];
  };

  scroller.addEventListener("touchstart", (event) => {
    start = event.touches.length === 2 ? { distance: distance(event.touches), scale: scaleNow() } : null;
  }, { passive: true });

  let frame = null;
  scroller.addEventListener("touchmove", (event) => {
    if (!start || event.touches.length !== 2) return;
    event.preventDefault();
    const to = (start.scale * distance(event.touches)) / start.distance;
    const [x, y] = middle(event.touches);
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => zoomTo(to, x, y));
  }, { passive: false });

  scroller.addEventListener("touchend", () => { start = null; }, { passive: true });
  // iPads also send their own gesture and would enlarge the whole page.
  scroller.addEventListener("gesturestart", (event) => event.preventDefault());

  scroller.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const box = scroller.getBoundingClientRect();
    zoomTo(scaleNow() * Math.exp(-event.deltaY / 400), event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });
}
