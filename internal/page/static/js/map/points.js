// The points of the map: those closer than 14 px become one with a count.
import { namingOf } from '../columns.js';
import { textOf } from '../value.js';

const close = 14;

/** Gathers components into discs: {x, y, r, n, stale, members: the first few, label}. */
export function gather(view, components, open, t) {
  const discs = new Map();
  for (const c of components) {
    const p = c.position;
    if (!p || c.name === open) continue;
    const x = view.x(p.lon), y = view.y(p.lat);
    if (x < -20 || y < -20 || x > view.width + 20 || y > view.height + 20) continue;
    const key = Math.round(x / close) * 65536 + Math.round(y / close), stale = p.stale <= t;
    const d = discs.get(key);
    if (!d) {
      discs.set(key, { x, y, n: 1, stale: stale ? 1 : 0, first: c, same: true });
      continue;
    }
    d.n++;
    d.x += x;
    d.y += y;
    d.stale += stale ? 1 : 0;
  }
  const all = [...discs.values()];
  for (const d of all) {
    d.x /= d.n;
    d.y /= d.n;
    d.r = d.n > 999 ? 14 : d.n > 99 ? 12 : d.n > 1 ? 9 : 4.5;
  }
  return all;
}

/** What the components of a disc are called by: their train, their line. */
export function labelOf(disc) {
  if (disc.n < 2) return '';
  for (const dataset of disc.first.datasets) {
    const metric = namingOf(dataset), r = metric && disc.first.readings.get(metric);
    if (r && r.value !== null && (metric === 'train.number' || metric === 'line')) return textOf(r.value);
  }
  return '';
}

/** The end of a name that tells it from others, for the label of the open component. */
export const tail = (name) => {
  const id = name.slice(name.indexOf(':') + 1);
  return id.length > 12 ? id.slice(-5) : id;
};
