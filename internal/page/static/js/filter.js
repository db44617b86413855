// Which components the list shows, in which order.
import { state } from './state.js';
import { components, dirty } from './model.js';
import { now } from './clock.js';
import { compare } from './value.js';
import { columns } from './columns.js';

/** What the list shows: rows in order, and numbers of what was filtered. */
export const shown = { rows: [], matching: 0, stale: 0, all: 0, moved: 0 };

let key = ''; // what the rows were made for
let sortedBy = null; // the values of the last sort, by component

const sorting = () => {
  const by = state.sort ?? 'name';
  return by.startsWith('-') ? { by: by.slice(1), down: true } : { by, down: false };
};

/** Makes the rows again where that is needed. held says that the pointer or the focus is on the list: nothing moves then. */
export function update(held) {
  const next = [state.q, state.dataset, state.stale, state.sort, columns().join()].join('\n');
  if (next === key && (held || (!dirty.list && !state.stale))) return false;
  const same = next === key;
  key = next;
  dirty.list = false;
  make(same && sorting().by !== 'name');
  return true;
}

/** Sorts again, where values have moved since. */
export function sortAgain() {
  dirty.list = true;
  sortedBy = null;
  key = '';
}

function make(keepOrder) {
  const q = (state.q ?? '').toLowerCase(),
    t = now();
  let rows = [];
  shown.all = components.size;
  for (const c of components.values()) {
    if (q && !c.lower.includes(q)) continue;
    if (state.dataset && !c.datasets.has(state.dataset)) continue;
    rows.push(c);
  }
  shown.matching = rows.length;
  shown.stale = rows.reduce((n, c) => n + (c.stale <= t ? 1 : 0), 0);
  if (state.stale) rows = rows.filter((c) => c.stale <= t);
  sort(rows, keepOrder);
  shown.rows = rows;
}

function sort(rows, keepOrder) {
  const { by, down } = sorting(),
    names = (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  if (by === 'name') {
    rows.sort(down ? (a, b) => names(b, a) : names);
    sortedBy = null;
    return;
  }
  const value = (c) => (by === 'age' ? -c.newest : c.readings.get(by)?.value);
  if (!keepOrder || !sortedBy) sortedBy = new Map(rows.map((c) => [c, value(c)]));
  const of = (c) => (sortedBy.has(c) ? sortedBy.get(c) : value(c));
  rows.sort((a, b) => {
    const x = of(a),
      y = of(b);
    if (x === undefined || y === undefined) return (x === undefined) - (y === undefined) || names(a, b);
    return (down ? -compare(x, y) : compare(x, y)) || names(a, b);
  });
  shown.moved = 0;
}

/** Counts what is stale by now, and what has moved since the list was sorted. */
export function count() {
  const t = now(),
    q = (state.q ?? '').toLowerCase();
  let stale = 0,
    matching = 0;
  for (const c of components.values()) {
    if ((q && !c.lower.includes(q)) || (state.dataset && !c.datasets.has(state.dataset))) continue;
    matching++;
    if (c.stale <= t) stale++;
  }
  shown.stale = stale;
  shown.matching = matching;
  shown.all = components.size;
  const { by } = sorting();
  if (by === 'name' || by === 'age' || !sortedBy) return;
  shown.moved = 0;
  for (const c of shown.rows) if (compare(sortedBy.get(c), c.readings.get(by)?.value)) shown.moved++;
}

/** The kinds that names begin with, the most frequent first. */
export function kinds() {
  const all = new Map();
  for (const c of components.values()) {
    const at = c.name.indexOf(':');
    if (at > 0) all.set(c.name.slice(0, at), (all.get(c.name.slice(0, at)) ?? 0) + 1);
  }
  return [...all].sort((a, b) => b[1] - a[1]).map(([kind]) => kind);
}
