// Sparklines: numbers a line, states a bar of segments, no change a hairline.
import { svg, html } from '../vendor/lit-html.js';
import { past } from './history.js';
import { now, age } from './clock.js';

const W = 118,
  H = 20,
  steps = 20; // the scale is never smaller than 20 steps of the last digit, so that noise looks like noise

const box = (label, content) =>
  html`<svg class="spark" viewBox="0 0 ${W} ${H}" role="img" aria-label="${label}">${content}</svg>`;

const flat = () =>
  box('no change', svg`<path class="f" d="M0 10H115"/><circle class="dot f" cx="115" cy="10" r="1.9"/>`);

/** The sparkline of a metric of a component. */
export function spark(component, metric, reading) {
  const s = past(component, metric);
  if (!s || s.at.length < 2)
    return typeof reading.value === 'string' || typeof reading.value === 'boolean'
      ? states([reading.value], [0, 1])
      : flat();
  const from = s.at[0],
    to = Math.max(s.at.at(-1), Math.min(now(), s.at.at(-1) + 5000));
  if (s.value.every((v) => typeof v === 'number')) return line(s, from, to);
  if (s.value.some((v) => typeof v === 'string' && v[0] === '{'))
    return s.value.every((v) => v === s.value[0]) ? flat() : line({ at: s.at, value: moves(s.value) }, from, to);
  return states(s.value, [...s.at.map((t) => (t - from) / Math.max(1, to - from)), 1]);
}

/** How far positions are from the first one, for the line of something that moves. */
function moves(values) {
  const first = JSON.parse(values[0]);
  return values.map((v) => {
    try {
      const p = JSON.parse(v);
      return Math.hypot(p.lat - first.lat, p.lon - first.lon) || 0;
    } catch {
      return 0;
    }
  });
}

function line(s, from, to) {
  let low = Infinity,
    high = -Infinity,
    digits = 0;
  for (const v of s.value) {
    low = Math.min(low, v);
    high = Math.max(high, v);
    digits = Math.max(digits, (String(v).split('.')[1] ?? '').length);
  }
  if (low === high) return flat();
  const span = Math.max(high - low, digits > 6 ? 0 : steps / 10 ** digits),
    middle = (high + low) / 2;
  const points = s.value.map((v, i) => [
    ((s.at[i] - from) / Math.max(1, to - from)) * (W - 3),
    H / 2 - ((v - middle) / span) * (H - 6),
  ]);
  const [x, y] = points.at(-1);
  return box(
    `from ${s.value[0]} to ${s.value.at(-1)}, lowest ${low}, highest ${high}`,
    svg`<path d="M${points.map((p) => p.map((n) => n.toFixed(1)).join(' ')).join('L')}"/><circle class="dot" cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="1.9"/>`,
  );
}

function states(values, edges) {
  const segments = [];
  for (let i = 0; i < values.length; i++) {
    const last = segments.at(-1);
    if (last && last.value === values[i]) last.to = edges[i + 1];
    else segments.push({ value: values[i], from: edges[i], to: edges[i + 1] });
  }
  const different = [...new Set(values)],
    shown = segments.slice(-40);
  return box(
    different.length === 1 ? 'no change' : `${segments.length - 1} changes, last ${values.at(-1)}`,
    shown.map(
      (g) =>
        svg`<rect class="${different.indexOf(g.value) % 2 === (different.length === 1 ? 1 : 0) ? 'on' : ''}" x="${g.from * W}" y="7" width="${Math.max(1, (g.to - g.from) * W - 1.5)}" height="6" rx="1"/>`,
    ),
  );
}

/** Since when there are sparklines of a component, as the head of their column. */
export function sparkHead(component, readings) {
  let since = Infinity;
  for (const metric of readings.keys()) since = Math.min(since, past(component, metric)?.since ?? Infinity);
  const ms = Date.now() - since;
  return since === Infinity ? 'Past' : 'Last ' + age(Math.max(1000, Math.min(ms, 600_000)));
}
