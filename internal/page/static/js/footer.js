// The footer: the call of the API behind the view, and the keys used most.
import { html, render } from '../vendor/lit-html.js';
import { command } from './curl.js';
import { copy } from './copy.js';
import { visible } from './names.js';

const keys = [
  [['/'], 'find'],
  [['↑', '↓'], 'move'],
  [['Enter'], 'open'],
  [['Esc'], 'back'],
  [['m'], 'map'],
];

/** Draws the footer. */
export function draw() {
  const c = command();
  render(
    html`<span class="mono"><bdi>${visible(c)}</bdi></span><button class="linkbtn" id="copycurl" @click=${(e) => copy(command(), e.currentTarget)}><span
    class="label">Copy curl</span></button><span class="keys">${keys.map(([k, what]) => html`<span>${k.map((one) => html`<kbd>${one}</kbd>`)}${what}</span>`)}</span>`,
    document.getElementById('footer'),
  );
}
