// The strip of datasets: is the data alive. What is silent or stale comes first.
import { html, render } from '../vendor/lit-html.js';
import { state, set } from './state.js';
import { datasets, ordered, rate, active } from './datasets.js';
import { middle, visible, counted } from './names.js';
import { age, now, mark } from './clock.js';

const element = document.getElementById('strip');

/** How many cells fit beside the first one and "more". */
function room() {
  const w = element.clientWidth;
  if (w < 720) return Infinity;
  return Math.max(1, Math.floor((w - 134 - 84) / (w < 1280 ? 130 : 150)));
}

function summary(all) {
  const n = (s) => all.filter((d) => d.state === s).length,
    silent = n('silent'),
    stale = n('stale'),
    waiting = n('waiting'),
    paused = n('paused');
  const words = [];
  if (silent) words.push(mark('silent', silent + ' silent'));
  if (stale) words.push(silent ? html`<span>${stale} stale</span>` : mark('stale', stale + ' stale'));
  if (paused) words.push(html`<span>${paused} paused</span>`);
  if (!words.length) words.push(!all.length ? 'none yet' : waiting === all.length ? 'waiting' : 'all fresh');
  return html`<span class="sum"><b>${counted(all.length, 'dataset')}</b><span class="f">${words}</span></span>`;
}

function fresh(d) {
  switch (d.state) {
    case 'silent':
      return mark('silent', 'silent ' + age(now() - d.silentSince));
    case 'stale':
      return mark('stale', 'stale ' + age(d.age));
    case 'paused':
      return html`<span>paused</span>`;
    case 'waiting':
      return html`<span>no record yet</span>`;
  }
  return html`<span>${d.age === null ? '' : age(d.age)}</span>`;
}

function cell(d) {
  const pressed = state.dataset === d.dataset,
    usual = d.activity?.usual || d.activity?.recordsPerSecond || 0;
  const speed = active && d.state === 'fresh' && usual ? rate(usual) : '';
  return html`<button class="ds ${d.state}" aria-pressed="${pressed}" title="${visible(d.dataset)}" @click=${() => press(d.dataset, pressed)}>
    <span class="n"><bdi>${middle(visible(d.dataset), 19)}</bdi></span><span class="f">${fresh(d)}<span>${speed}</span></span></button>`;
}

/** Filters by a dataset and opens it, or takes the filter away. */
function press(dataset, pressed) {
  set({
    dataset: pressed ? undefined : dataset,
    open: undefined,
    metric: undefined,
    cols: undefined,
    sort: undefined,
    reject: undefined,
  });
}

/** Draws the strip. */
export function draw() {
  const all = ordered(),
    n = room();
  let shown = all.slice(0, n);
  const chosen = all.find((d) => d.dataset === state.dataset);
  if (chosen && !shown.includes(chosen)) shown = [...shown.slice(0, -1), chosen];
  const rest = all.length - shown.length;
  render(
    html`${summary(all)}${shown.map(cell)}${
      rest > 0
        ? html`<button class="more"
    @click=${() => set({ view: 'datasets', open: undefined })}>${rest} more</button>`
        : ''
    }`,
    element,
  );
}

// A change of the state of a dataset is announced, at most once a minute.
let said = '',
  saidAt = 0;

/** Announces what is silent or stale, where that has changed. */
export function announce() {
  const text = ordered()
    .filter((d) => d.state === 'silent' || d.state === 'stale')
    .map((d) => `${d.dataset} is ${d.state}`)
    .join(', ');
  if (text === said || now() - saidAt < 60_000) return;
  if (said || text) document.getElementById('announce').textContent = text || 'All datasets are fresh.';
  said = text;
  saidAt = now();
}

export const known = () => datasets.size > 0;
