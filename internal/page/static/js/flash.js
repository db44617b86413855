// A changed value is tinted for a moment, at most twice a second. Where motion is not wanted it is outlined instead.
const calm = matchMedia('(prefers-reduced-motion: reduce)');
const last = new WeakMap();
const tint = [
  { backgroundColor: 'color-mix(in srgb, var(--accent) 26%, transparent)' },
  { backgroundColor: 'transparent' },
];

/** Marks an element as changed just now. */
export function flash(element) {
  const t = performance.now();
  if (t - (last.get(element) ?? -1000) < 500) return;
  last.set(element, t);
  if (!calm.matches) {
    element.animate(tint, { duration: 900, easing: 'steps(6)' }); // in steps: each one is a frame to be painted
    return;
  }
  element.classList.add('changed');
  setTimeout(() => element.classList.remove('changed'), 900);
}
