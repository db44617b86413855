// What the page knows of the twin: readings by component and metric, the newest of each.

/** All components by name: {name, readings: Map, newest, stale, datasets: Set, position}. */
export const components = new Map();

/** What has changed since the views have looked: components, and whether any came or went. */
export const dirty = { components: new Set(), list: false, map: false };

const watchers = new Set();

/** Calls f(reading, the one before) for each reading that is taken. */
export const watch = (f) => watchers.add(f);

/** Returns a component, which it makes where it is new. */
export function known(name, dataset) {
  let c = components.get(name);
  if (!c) {
    c = {
      name,
      lower: name.toLowerCase(),
      readings: new Map(),
      newest: 0,
      stale: Infinity,
      datasets: new Set(),
      position: null,
    };
    components.set(name, c);
    dirty.list = true;
  }
  if (dataset && !c.datasets.has(dataset)) {
    c.datasets.add(dataset);
    dirty.list = true;
  }
  return c;
}

/** Takes readings as the API gives them. Newest wins: one that is older than what is known is left. Lineage comes with some
 * answers only: it is added to the reading that is known. */
export function take(readings) {
  for (const r of readings) {
    const c = known(r.component, r.dataset),
      before = c.readings.get(r.metric);
    r.at = Date.parse(r.eventTime);
    r.stale = r.staleAt ? Date.parse(r.staleAt) : Infinity;
    if (c.gone && r.at <= c.gone) continue;
    if (before && (r.at < before.at || (r.at === before.at && r.eventTime === before.eventTime && same(r, before)))) {
      if (before && r.at === before.at && r.source) before.source = r.source;
      continue;
    }
    c.readings.set(r.metric, r);
    if (r.at >= c.newest) {
      c.newest = r.at;
      c.stale = r.stale;
    }
    const position = positionOf(r.value);
    if (position && (!c.position || c.position.metric === r.metric || r.metric === 'position')) {
      c.position = { ...position, metric: r.metric, stale: r.stale };
      dirty.map = true;
    }
    dirty.components.add(c);
    for (const f of watchers) f(r, before);
  }
}

const same = (a, b) => a.dataset === b.dataset && String(text(a.value)) === String(text(b.value));
const text = (v) => (v !== null && typeof v === 'object' && !('number' in v) ? JSON.stringify(v) : v);

/** A position that a value holds, null for none. */
export function positionOf(value) {
  if (value === null || typeof value !== 'object') return null;
  const lat = Number(value.lat),
    lon = Number(value.lon ?? value.lng);
  if (!(Math.abs(lat) <= 90 && Math.abs(lon) <= 180)) return null;
  return { lat, lon };
}

/** Drops readings of a component up to an event time: they were forgotten, or have expired. */
export function forget(name, before, dataset) {
  const c = components.get(name);
  if (!c) return;
  for (const [metric, r] of c.readings) {
    if (r.at <= before && (!dataset || r.dataset === dataset)) c.readings.delete(metric);
  }
  if (!dataset) c.gone = Math.max(c.gone ?? 0, before);
  c.newest = Math.max(0, ...[...c.readings.values()].map((r) => r.at));
  if (c.position && !c.readings.has(c.position.metric)) c.position = null;
  if (!c.readings.size) components.delete(name);
  dirty.list = dirty.map = true;
  dirty.components.add(c);
}

/** Replaces the readings of a component by a whole answer about it. */
export function replace(name, readings) {
  const c = known(name),
    metrics = new Set(readings.map((r) => r.metric));
  for (const metric of c.readings.keys()) if (!metrics.has(metric)) c.readings.delete(metric);
  take(readings);
}

/** Forgets everything, where another person signs in. */
export function clear() {
  components.clear();
  dirty.list = dirty.map = true;
}
