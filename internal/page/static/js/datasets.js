// The datasets: the catalogue, and where the twin tells it what came in lately.
import { config, get, Refusal } from './api.js';
import { now } from './clock.js';

/** The catalogue by name. Each has beside what the API says: newest in ms, activity, state, since. */
export const datasets = new Map();

/** Whether the twin tells what comes in: records a second, late, rejects. */
export let active = false;

const promises = 3; // intervals until a reading is stale
const slack = 20_000; // ms: so late the catalogue may tell of the newest event time
const silentPromises = 10; // without a record, until a dataset is silent
const unanswered = 300_000; // ms: until the activity is asked for again where the twin cannot tell it

let tags = {},
  activityAt = 0; // when the activity is asked for again, by performance.now()

/** Reads the catalogue and the activity again. */
export async function refresh(signal) {
  const catalogue = await get('/v1/datasets', { signal, tag: tags.catalogue });
  tags.catalogue = catalogue.tag;
  if (!catalogue.unchanged) {
    const names = new Set(catalogue.body.datasets.map((d) => d.dataset));
    for (const name of datasets.keys()) if (!names.has(name)) datasets.delete(name);
    for (const d of catalogue.body.datasets) {
      const one = datasets.get(d.dataset) ?? {};
      Object.assign(one, d);
      one.newest = Math.max(one.newest ?? 0, d.newestEventTime ? Date.parse(d.newestEventTime) : 0);
      datasets.set(d.dataset, one);
    }
  }
  if (config.inside) await refreshActivity(signal);
  judge();
}

/** Reads what came in, as often as that says anything new. What is not known is left out. */
async function refreshActivity(signal) {
  if (performance.now() < activityAt) return;
  const told = await activity(signal);
  activityAt = performance.now() + (told ? config.activity * 1000 - 100 : unanswered);
  active = Boolean(told);
  for (const d of datasets.values()) {
    const a = told?.datasets.find((one) => one.dataset === d.dataset),
      started = a && Date.parse(told.since);
    d.activity = a && { ...a, started, last: a.lastRecord ? Date.parse(a.lastRecord) : 0, usual: usual(a, started) };
  }
}

/** What the twin says of what came in, null where it cannot tell now. */
async function activity(signal) {
  try {
    return (await get('/v1/activity', { signal })).body;
  } catch (e) {
    if (!(e instanceof Refusal) || e.status === 401) throw e;
    return null;
  }
}

/** What usually comes in a second: the median of the whole minutes with records, or what comes in now. */
function usual(a, started) {
  const full = a.minutes
    .slice(0, -1)
    .filter((m) => m.records && Date.parse(m.from) >= started)
    .map((m) => m.records)
    .sort((x, y) => x - y);
  return full.length ? full[full.length >> 1] / 60 : a.recordsPerSecond;
}

/** Learns from a reading that came that its dataset is alive. */
export function seen(reading) {
  const d = datasets.get(reading.dataset);
  if (d && reading.at > d.newest) d.newest = reading.at;
}

/** How late the activity may tell of a record, in ms. */
const late = () => 4000 * config.activity;

/** Decides the state of each dataset: fresh, stale, silent, waiting or paused. */
export function judge() {
  const t = now();
  for (const d of datasets.values()) {
    const promise = (d.intervalSeconds ?? 0) * 1000,
      last = d.activity?.last ?? 0;
    const anything = Math.max(d.newest, last);
    d.age = d.newest ? t - d.newest : null;
    if (d.pausedSince) d.state = 'paused';
    else if (!anything) d.state = 'waiting';
    else if (!promise || d.age === null || d.age <= promises * promise + slack) d.state = 'fresh';
    else if (d.activity && t - (last || d.activity.started) > silentPromises * promise + late()) d.state = 'silent';
    else d.state = 'stale';
    d.silentSince = last || d.newest;
  }
}

const order = { silent: 0, stale: 1, paused: 2, fresh: 3, waiting: 4 };

/** The datasets as the strip has them: silent, stale, then by rate. */
export function ordered() {
  const rate = (d) => d.activity?.usual || d.activity?.recordsPerSecond || 0;
  return [...datasets.values()].sort(
    (a, b) => order[a.state] - order[b.state] || rate(b) - rate(a) || (a.dataset < b.dataset ? -1 : 1),
  );
}

/** How many records a second come in, null where nobody says. */
export function recordsPerSecond() {
  if (!active) return null;
  let sum = 0;
  for (const d of datasets.values()) sum += d.activity?.recordsPerSecond ?? 0;
  return sum;
}

/** A rate as text: 40 /s, 4 /min, 30 /h. */
export function rate(perSecond) {
  const digits = (n) => (n >= 10 ? String(Math.round(n)) : String(Number(n.toPrecision(1))));
  if (perSecond >= 0.095) return digits(perSecond) + '/s';
  if (perSecond * 60 >= 0.95) return digits(perSecond * 60) + '/min';
  return perSecond > 0 ? digits(perSecond * 3600) + '/h' : '0/s';
}

/** Forgets everything, where another person signs in. */
export function clear() {
  datasets.clear();
  tags = {};
  activityAt = 0;
  active = false;
}
