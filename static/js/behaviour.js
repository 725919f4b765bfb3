// Ties elements to what they do. An element is attached once, whether it came with the page or with a later morph.
const behaviours = [];

export function behaviour(selector, attach) {
  behaviours.push({ selector, attach, attached: new WeakSet() });
}

export function attachAll(root) {
  for (const { selector, attach, attached } of behaviours) {
    const found = [...root.querySelectorAll(selector)];
    if (root.matches && root.matches(selector)) found.unshift(root);
    for (const element of found) {
      if (attached.has(element)) continue;
      attached.add(element);
      attach(element);
    }
  }
}
