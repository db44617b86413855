// The pane of the open component: its metrics with values, units, ages and sparklines, and why a value is what it is.
import { html, nothing } from '../vendor/lit-html.js';
import { state, set, link } from './state.js';
import { components } from './model.js';
import { connection, open } from './live.js';
import { datasets } from './datasets.js';
import { columns } from './columns.js';
import { component as shownName, visible, counted } from './names.js';
import { now, age, ageOf, clock, mark, seconds } from './clock.js';
import { textOf, unitOf, json } from './value.js';
import { spark, sparkHead } from './spark.js';
import { keepOf } from './history.js';
import { why } from './why.js';
import { icon } from './icons.js';
import { copy } from './copy.js';
import { flash } from './flash.js';
import { rejects } from './rejects.js';
import { forget } from './forget.js';
import { isNumber } from './exact.js';

let last = new Map(); // the value of each metric as it was drawn
let lastName = '';

/** The metrics in their order: the chosen columns first, then the rest by name. */
function ordered(c) {
  const first = columns().filter((m) => c.readings.has(m));
  const rest = [...c.readings.keys()].filter((m) => !first.includes(m)).sort();
  return { all: [...first, ...rest], line: first.length && rest.length ? first.at(-1) : '' };
}

/** The metric whose past is explained: the one of the address, or one of the columns. */
export function selected(c, all) {
  if (state.metric && c.readings.has(state.metric)) return state.metric;
  return all.find((m) => isNumber(c.readings.get(m).value)) ?? all[0];
}

function row(c, metric, chosen, line, t, i) {
  const r = c.readings.get(metric),
    stale = r.stale <= t,
    [n, unit] = ageOf(t - r.at);
  const text = textOf(r.value),
    u = unitOf(r.unit),
    wide = r.value !== null && typeof r.value === 'object' && !isNumber(r.value);
  return html`<div class="row ${metric === line ? 'first' : ''} ${wide ? 'wide' : ''}" role="row" tabindex=${metric === chosen ? 0 : -1} aria-rowindex=${i + 2}
      aria-selected=${metric === chosen} data-metric=${metric} @click=${() => select(metric)}>
    <span class="name" role="gridcell" title=${visible(metric)}><bdi>${dotted(visible(metric))}</bdi></span>
    <span role="gridcell" class="v ${r.value === null ? 'null' : ''} ${stale ? 'old' : ''}" title=${text.length > 18 ? text : nothing}><bdi>${text}</bdi><small class="m3"> ${u}</small></span>
    <span role="gridcell" class="m3 unit" title=${u}>${visible(u)}</span>
    <span role="gridcell" class="age ${stale ? 'stale' : ''}">${stale ? mark('stale', html`<span class="sr">stale</span>`) : nothing}<span>${n}</span><span class="u">${unit}</span></span>
    <span role="gridcell" class="sp">${spark(c.name, metric, r)}</span></div>`;
}

/** A name that may break after its dots. */
const dotted = (name) => name.split('.').map((part, i) => html`${i ? html`.<wbr>` : ''}${part}`);

const select = (metric) => set({ metric }, { replace: true });

function key(e, all, chosen) {
  const at = all.indexOf(chosen),
    to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1, PageDown: at + 10, PageUp: at - 10 }[
      e.key
    ];
  if (to === undefined || e.ctrlKey || e.metaKey || e.altKey) return;
  const metric = all[Math.max(0, Math.min(all.length - 1, to))];
  e.preventDefault();
  e.stopPropagation();
  select(metric);
  requestAnimationFrame(() => e.target.closest('.grid')?.querySelector('[aria-selected="true"]')?.focus());
}

/** The line below the name: how many metrics, how old, whose, and what was promised. */
function summary(c) {
  const names = [...new Set([...c.readings.values()].map((r) => r.dataset))],
    d = datasets.get(names[0]);
  return html`<p><b>${counted(c.readings.size, 'metric')}</b>, newest ${age(now() - c.newest)} ago · ${names.map(
    (n, i) => html`${i ? ', ' : ''}<bdi>${visible(n)}</bdi>`,
  )}${names.length === 1 && d?.intervalSeconds ? html`<span class="phone-hide">, promised every ${seconds(d.intervalSeconds)}</span>` : ''}</p>`;
}

/** The buttons: the names of what they do change for a moment, so they are in spans. */
const button = (text, f, id, kind = '') =>
  html`<button class="btn ${kind}" id=${id} @click=${(e) => f(e.currentTarget)}><span class="label">${text}</span></button>`;

function actions(c) {
  return html`<span class="acts">${button('Copy link', (b) => copy(location.href, b), 'copylink')}
    <button class="btn" id="json" aria-pressed=${state.as === 'json'} @click=${() => set({ as: state.as === 'json' ? undefined : 'json' }, { replace: true })}>JSON</button>
    ${rejects.allowed ? html`<button class="btn" id="forget" @click=${() => forget(c.name)}>Forget…</button>` : ''}</span>`;
}

const back = (link_) =>
  html`<div class="dback phone-only"><a class="btn quiet" href=${link_}>${icon('back')}Components</a><span class="sp"></span>${button('Copy link', (b) => copy(location.href, b), 'copylink2', 'quiet')}</div>`;

const asJSON = (c) =>
  json(
    {
      component: c.name,
      readings: [...c.readings.values()]
        .sort((a, b) => (a.metric < b.metric ? -1 : 1))
        .map(({ at, stale, ...r }) => r),
    },
    '  ',
  );

/** The pane of the open component, or of one that is gone. */
export function detail() {
  const name = state.open,
    c = components.get(name),
    home = link({ open: undefined, metric: undefined, as: undefined });
  keepOf(name);
  if (!c || !c.readings.size) {
    const waiting = !open.gone && connection.kind !== 'out';
    return html`${back(home)}<div class="dh"><h1>${shownName(name)}</h1></div><p class="hint">${
      waiting
        ? 'Its readings are being read.'
        : html`${shownName(name)} is not kept any more: forgotten or expired at ${clock(open.gone)}, or there never was one.`
    }</p>`;
  }
  const { all, line } = ordered(c),
    t = now(),
    chosen = selected(c, all);
  return html`${back(home)}<div class="dh"><h1>${shownName(name)}</h1>${actions(c)}${summary(c)}</div>
    ${c.position ? html`<canvas class="minimap" role="img" aria-label="Map: ${c.position.lat}, ${c.position.lon}"></canvas>` : ''}
    ${
      state.as === 'json'
        ? html`<pre class="code json" tabindex="0" aria-label="The component as JSON">${visible2(asJSON(c))}</pre>`
        : html`
    <div class="gridwrap" role="grid" aria-label="Metrics of ${visible(name)}" aria-rowcount=${all.length + 1}>
      <div class="met" role="rowgroup"><div class="row head" role="row"><span role="columnheader">Metric</span><span role="columnheader" class="num">Value</span><span
        role="columnheader">Unit</span><span role="columnheader" class="num agehead">Age</span><span role="columnheader" class="num"><span title="since this page was opened">${sparkHead(name, c.readings)}</span></span></div></div>
      <div class="grid met" role="rowgroup" @keydown=${(e) => key(e, all, chosen)}>${all.map((m, i) => row(c, m, chosen, line, t, i))}</div></div>
    ${why(c, chosen)}`
    }`;
}

/** JSON keeps its line breaks; all else that cannot be seen is a sign. */
const visible2 = (text) => text.split('\n').map(visible).join('\n');

/** Tints what has changed since the last call. */
export function flashChanged(pane) {
  const c = components.get(state.open);
  if (!c || state.as === 'json') return;
  const fresh = lastName === c.name;
  const now_ = new Map();
  for (const [metric, r] of c.readings) {
    const text = textOf(r.value);
    now_.set(metric, text);
    if (!fresh || !last.has(metric) || last.get(metric) === text) continue;
    for (const e of pane.querySelectorAll('.met [data-metric]'))
      if (e.dataset.metric === metric) flash(e.querySelector('.v bdi'));
  }
  last = now_;
  lastName = c.name;
}
