// Keeps the page alive: reads the list, follows the changes, and polls where the twin has no feed. One loop each for the
// catalogue, the list and the open component; each tries again by itself.
import { config, get, query, componentPath, Refusal } from './api.js';
import { state } from './state.js';
import { now } from './clock.js';
import * as model from './model.js';
import * as datasets from './datasets.js';
import { needed } from './columns.js';
import { loaded, loadFor, loadNames, loadReadings } from './load.js';
import { follow } from './follow.js';

/** How the page is connected. kind is starting, live, away or out; since is when the last answer came, in ms. */
export const connection = { kind: 'starting', since: 0, retry: 0, error: '', feed: null, gap: null };

/** What is known of the open component: {name, gone, error}. */
export const open = { name: '', gone: 0, error: '' };

const listeners = new Set();
export const subscribe = (f) => listeners.add(f);
const changed = () => {
  for (const f of listeners) f();
};

const sleepers = new Set();

const wait = (ms) =>
  new Promise((done) => {
    const wake = () => {
      clearTimeout(timer);
      sleepers.delete(wake);
      done();
    };
    const timer = setTimeout(wake, ms);
    sleepers.add(wake);
  });

/** Ends the pauses of all loops: something else is asked for now. */
export const wake = () => {
  for (const f of [...sleepers]) f();
};

function answered() {
  connection.since = now();
  if (connection.kind === 'live') return;
  connection.kind = 'live';
  connection.error = '';
  changed();
}

function failed(e, retry) {
  connection.kind = e.status === 401 ? 'out' : 'away';
  connection.error = e instanceof Refusal ? e.message : '';
  connection.retry = now() + retry;
  changed();
}

/** Calls f again and again, with pauses that grow while it fails. f returns how long to wait in ms. */
async function loop(f) {
  for (let failures = 0; ; ) {
    if (document.hidden && connection.kind === 'live') {
      await new Promise((done) => document.addEventListener('visibilitychange', done, { once: true }));
    }
    try {
      const pause = await f();
      failures = 0;
      await wait(pause);
    } catch (e) {
      if (e.name === 'AbortError') continue; // for something else
      const pause = Math.min(8000, 500 * 2 ** failures++);
      failed(e, pause);
      if (!(e instanceof Refusal) && !(e instanceof TypeError)) console.error(e);
      await wait(pause);
    }
  }
}

async function catalogueLoop() {
  await datasets.refresh();
  answered();
  changed();
  return 1000 * Math.min(10, config.activity || 10);
}

// The list is of certain metrics. Where they change, what is under way ends and begins anew.
let abort = new AbortController();
let listKey = '';
let followed = ''; // the metrics that the cursor is for
let cursor = '';
let have = new Set(); // metrics that are loaded

/** Looks whether the list needs other metrics, or other components. */
export function refilter() {
  const key = needed().join() + '\n' + (state.dataset ?? '') + '\n' + (loaded.partial ? (state.q ?? '') : '');
  if (key === listKey || !datasets.datasets.size) return;
  listKey = key;
  again();
}

function again() {
  abort.abort();
  abort = new AbortController();
}

async function listLoop() {
  if (!datasets.datasets.size) return 200;
  refilter();
  const { signal } = abort,
    metrics = needed();
  connection.feed = config.feed;
  if (config.feed) await begin(metrics, signal);
  const missing = metrics.filter((m) => !have.has(m));
  if (missing.length) {
    if (loaded.first) await Promise.all([loadNames(undefined, signal), loadReadings(missing, signal)]);
    else await loadReadings(missing, signal);
    loaded.first = false;
    have = new Set([...have, ...missing]);
    answered();
    changed();
  }
  await loadFor(metrics, signal);
  if (connection.feed) return followList(metrics, signal);
  const began = performance.now();
  await loadReadings(metrics, signal);
  answered();
  return Math.max(5000, 10 * (performance.now() - began)); // a large list is read at most a tenth of the time
}

/** Gets the cursor of now before anything is loaded: what changes meanwhile is followed from there. */
async function begin(metrics, signal) {
  if (cursor && followed === metrics.join()) return;
  cursor = (await get('/v1/changes' + query({ metrics: metrics.join() }), { signal })).body.cursor;
  followed = metrics.join();
  have = new Set();
}

async function followList(metrics, signal) {
  try {
    await follow(
      { metrics: metrics.join(), fields: 'source' },
      cursor,
      {
        alive: answered,
        at: (id) => {
          cursor = id ?? cursor;
        },
        changes: model.take,
        forgotten,
        live: () => {},
        gap: (g) => {
          connection.gap = g;
          have = new Set();
          again();
          changed();
        },
      },
      signal,
    );
  } catch (e) {
    if (e.status === 400) cursor = ''; // it is too old, or of another form
    throw e;
  }
  return 100;
}

function forgotten(f) {
  const before = Date.parse(f.before);
  model.forget(f.component, before, f.dataset);
  if (f.component === open.name && !model.components.has(open.name)) open.gone = now();
  changed();
}

let openTag = '';
let openDirty = true; // something of the open component has changed since it was read
let openAt = 0;

/** Reads the open component with its lineage, where anything of it has changed. */
async function openLoop() {
  const name = state.open ?? '';
  if (name !== open.name) {
    Object.assign(open, { name, gone: 0, error: '' });
    openTag = '';
    openDirty = true;
  }
  if (!name || connection.kind === 'out') return 1000;
  if (connection.feed && !openDirty && performance.now() - openAt < 10_000) return 1000;
  openDirty = false;
  openAt = performance.now();
  try {
    const answer = await get(componentPath(name) + query({ fields: 'source' }), { tag: openTag });
    if (name !== state.open) return 0;
    openTag = answer.tag;
    if (!answer.unchanged) model.replace(name, answer.body.readings);
    if (!answer.unchanged && !answer.body.readings.length) open.gone ||= now();
    else if (!answer.unchanged) open.gone = 0;
    open.error = '';
    answered();
    changed();
  } catch (e) {
    if (e.status !== 404) throw e;
    if (model.components.has(name)) model.forget(name, Infinity);
    open.gone ||= now();
    openTag = '';
    answered();
    changed();
  }
  return connection.feed ? 1000 : 5000;
}

model.watch((r) => {
  datasets.seen(r);
  if (r.component === open.name) openDirty = true;
});

/** Starts all of it. */
export function start() {
  loop(catalogueLoop);
  loop(listLoop);
  loop(openLoop);
}

/** Begins anew, after somebody has signed in or out. */
export function restart() {
  model.clear();
  datasets.clear();
  have = new Set();
  loaded.first = true;
  loaded.names.clear();
  listKey = cursor = openTag = '';
  connection.kind = 'starting';
  again();
}
