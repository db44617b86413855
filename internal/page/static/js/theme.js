// Dark or light: as the system says, or as was chosen here. The choice is kept in this browser.
const kept = 'twin.theme';
const dark = matchMedia('(prefers-color-scheme: dark)');

try {
  const t = localStorage.getItem(kept);
  if (t === 'dark' || t === 'light') document.documentElement.dataset.theme = t;
} catch {
  /* a browser that keeps nothing */
}

/** Whether the page is dark now. */
export const isDark = () => (document.documentElement.dataset.theme ?? (dark.matches ? 'dark' : 'light')) === 'dark';

const listeners = new Set();
export const subscribe = (f) => listeners.add(f);

/** Changes from the one to the other. */
export function toggle() {
  const next = isDark() ? 'light' : 'dark';
  document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem(kept, next);
  } catch {
    /* as above */
  }
  for (const f of listeners) f();
}

dark.addEventListener('change', () => {
  for (const f of listeners) f();
});
