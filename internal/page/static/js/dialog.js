// A dialog of this page. The focus goes back to where it was.
import { render, nothing } from '../vendor/lit-html.js';

/** Opens a dialog with a label. content(close, redraw) gives what is in it. */
export function dialog(label, content) {
  const open = document.querySelector('dialog[open]');
  if (open) return;
  const element = document.createElement('dialog'),
    before = document.activeElement;
  element.setAttribute('aria-label', label);
  const close = () => element.close();
  const redraw = () => render(content(close, redraw), element);
  element.addEventListener('close', () => {
    render(nothing, element);
    element.remove();
    if (before?.isConnected) before.focus();
  });
  element.addEventListener('click', (e) => {
    if (e.target === element) close();
  });
  document.getElementById('dialogs').append(element);
  redraw();
  element.showModal();
  return element;
}
