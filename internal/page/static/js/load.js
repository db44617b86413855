// Reads the list: the names of all components, and the readings of the columns.
import { get, query } from './api.js';
import { state } from './state.js';
import { components, known, take, dirty } from './model.js';

const most = 50_000; // components; more are found by the beginning of their names

/** What is loaded: whether it is all, and whether it is being read for the first time. */
export const loaded = { partial: false, first: true, names: new Set() };

async function* pages(path, parameters, signal) {
  let cursor;
  do {
    const { body } = await get(path + query({ ...parameters, limit: 1000, cursor }), { signal });
    yield body;
    cursor = body.cursor;
  } while (cursor && components.size < most);
  loaded.partial = Boolean(cursor);
}

/** Reads the readings of some metrics of all components. */
export async function loadReadings(metrics, signal, filter = {}) {
  for await (const page of pages('/v1/readings', { ...filter, metrics: metrics.join(',') || undefined }, signal)) {
    take(page.readings);
    await breathe();
  }
}

/** Reads the names of the components, of one dataset where it is given. */
export async function loadNames(dataset, signal, prefix) {
  for await (const page of pages('/v1/components', { dataset, prefix }, signal)) {
    for (const name of page.components) known(name, dataset);
    await breathe();
  }
  loaded.names.add(dataset ?? '');
  dirty.list = true;
}

/** Reads what the present filters need and is not known yet. */
export async function loadFor(metrics, signal) {
  if (state.dataset && !loaded.names.has(state.dataset)) await loadNames(state.dataset, signal);
  if (loaded.partial && state.q) {
    await loadNames(state.dataset, signal, state.q);
    await loadReadings(metrics, signal, { prefix: state.q, dataset: state.dataset });
  }
}

const breathe = () => new Promise((done) => setTimeout(done));
