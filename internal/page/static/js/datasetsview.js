// The view of datasets: all of them in a table, in the place of the list.
import { html, render } from '../vendor/lit-html.js';
import { ordered } from './datasets.js';
import { counted } from './names.js';
import { table } from './datasetpane.js';

const pane = document.getElementById('listpane');

/** Draws the pane of the list. */
export function draw() {
  pane.setAttribute('aria-label', 'Datasets');
  const all = ordered();
  render(
    html`<div class="bar"><h1>${counted(all.length, 'dataset')}</h1></div><div class="grid tablewrap dstable" tabindex="0" role="region" aria-label="All datasets">${table(all, 'Dataset')}</div>`,
    pane,
  );
}
