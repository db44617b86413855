// The keys of the page. Single letters work outside of inputs only, and can be switched off (WCAG 2.1.4).
const kept = 'twin.keys';
const actions = new Map();

/** Says what a key does. */
export const on = (key, f) => actions.set(key, f);

/** Whether single letters are keys. */
export const single = () => {
  try {
    return localStorage.getItem(kept) !== 'off';
  } catch {
    return true;
  }
};

export const setSingle = (yes) => {
  try {
    localStorage.setItem(kept, yes ? 'on' : 'off');
  } catch {
    /* a browser that keeps nothing */
  }
};

addEventListener('keydown', (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented) return;
  if (document.querySelector('dialog[open]')) return;
  const typing = e.target.matches?.('input, textarea, select');
  if (typing && e.key !== 'Escape' && !(e.key === 'ArrowDown' || e.key === 'Enter')) return;
  if (!typing && e.key.length === 1 && !single()) return;
  const f = actions.get(e.key);
  if (f && f(e, typing) !== false) e.preventDefault();
});
