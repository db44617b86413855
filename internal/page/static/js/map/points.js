// The points of the map: those closer than 14 px become one with a count.
import { namingOf } from '../columns.js';
import { textOf } from '../value.js';

const close = 14;

/** Gathers components into discs: {x, y, r, n, stale, first}. */
export function gather(view, components, open, t) {
  const discs = new Map();
  for (const c of components) {
    const p = c.position;
    if (!p || c.name === open) continue;
    const x = view.x(p.lon),
      y = view.y(p.lat);
    if (x < -20 || y < -20 || x > view.width + 20 || y > view.height + 20) continue;
    const key = Math.round(x / close) * 65536 + Math.round(y / close),
      stale = p.stale <= t;
    const d = discs.get(key);
    if (!d) {
      discs.set(key, { x, y, n: 1, stale: stale ? 1 : 0, first: c });
      continue;
    }
    d.n++;
    d.x += x;
    d.y += y;
    d.stale += stale ? 1 : 0;
  }
  const all = merged([...discs.values()].map((d) => ({ ...d, x: d.x / d.n, y: d.y / d.n })));
  for (const d of all) {
    d.r = d.n > 999 ? 14 : d.n > 99 ? 12 : d.n > 1 ? 9 : 4.5;
  }
  return all;
}

const few = 300; // discs of which each is compared with each

/** Those of neighbouring squares that are close still become one. */
function merged(discs) {
  if (discs.length > few) return discs;
  const all = [];
  for (const d of discs) {
    const near = all.find((o) => Math.hypot(o.x - d.x, o.y - d.y) < close);
    if (!near) {
      all.push(d);
      continue;
    }
    const n = near.n + d.n;
    Object.assign(near, {
      x: (near.x * near.n + d.x * d.n) / n,
      y: (near.y * near.n + d.y * d.n) / n,
      n,
      stale: near.stale + d.stale,
    });
  }
  return all;
}

/** What the components of a disc are called by: their train, their line. */
export function labelOf(disc) {
  if (disc.n < 2) return '';
  for (const dataset of disc.first.datasets) {
    const metric = namingOf(dataset),
      r = metric && disc.first.readings.get(metric);
    if (r && r.value !== null && (metric === 'train.number' || metric === 'line')) return textOf(r.value);
  }
  return '';
}

/** The end of a name that tells it from others, for the label of the open component. */
export const tail = (name) => {
  const id = name.slice(name.indexOf(':') + 1);
  return id.length > 12 ? id.slice(-5) : id;
};
