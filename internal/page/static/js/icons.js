// The icons. Each stands beside a word, or in a button with a label.
import { svg, html } from '../vendor/lit-html.js';

const paths = {
  search: ['M7 2.5a4.5 4.5 0 1 0 0 9 4.500 4.500 0 0 0 0-9M10.500 10.500l3 3'],
  moon: ['M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.500 6.500z'],
  sun: [
    'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M8 1.500v1.500M8 13v1.500M1.500 8H3M13 8h1.500M3.400 3.400l1 1M11.600 11.600l1 1M3.400 12.600l1-1M11.600 4.400l1-1',
  ],
  cols: [
    'M3.500 3h9A1.500 1.500 0 0 1 14 4.500v7a1.500 1.500 0 0 1-1.500 1.500h-9A1.500 1.500 0 0 1 2 11.500v-7A1.500 1.500 0 0 1 3.500 3M6.500 3v10M10 3v10',
  ],
  list: ['M2.500 4h11M2.500 8h11M2.500 12h11'],
  map: ['m2 4.500 4-1.500 4 1.500 4-1.500v8.500L10 13l-4-1.500L2 13zM6 3v8.500M10 4.500V13'],
  db: [
    'M3 4c0-1.100 2.200-2 5-2s5 .900 5 2-2.200 2-5 2-5-.900-5-2v8c0 1.100 2.200 2 5 2s5-.900 5-2V4M3 8c0 1.100 2.200 2 5 2s5-.900 5-2',
  ],
  rej: ['M8 2.500a5.500 5.500 0 1 0 0 11 5.500 5.500 0 0 0 0-11M4.200 11.800l7.600-7.600'],
  back: ['M10 3 5 8l5 5'],
  plus: ['M8 3.500v9M3.500 8h9'],
  minus: ['M3.500 8h9'],
  fit: ['M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3'],
  clock: ['M6 1.250a4.750 4.750 0 1 0 0 9.500 4.750 4.750 0 0 0 0-9.500M6 3.5V6l1.8 1.2'],
  tri: ['M6 1.5 11 10.5H1zM6 5v2.4M6 9v.01'],
};

/** An icon of 16 px, or a small one of 12. */
export const icon = (name, small = false) => html`<svg class="i ${small ? 's' : ''}" aria-hidden="true"
  viewBox="${small ? '0 0 12 12' : '0 0 16 16'}">${paths[name].map((d) => svg`<path d="${d}"/>`)}</svg>`;

/** The same as an element, for code without lit-html. */
export function iconElement(name) {
  const ns = 'http://www.w3.org/2000/svg',
    e = document.createElementNS(ns, 'svg'),
    p = document.createElementNS(ns, 'path');
  e.setAttribute('class', 'i s');
  e.setAttribute('viewBox', '0 0 12 12');
  e.setAttribute('aria-hidden', 'true');
  p.setAttribute('d', paths[name][0]);
  e.append(p);
  return e;
}
