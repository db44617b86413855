// The rejects as operators see them: kinds of them, and the records of one kind.
import { get, query } from './api.js';
import { state } from './state.js';
import { now } from './clock.js';
import { redraw } from './redraw.js';

/** What is known: whether the caller may operate (null: not asked yet), kinds, their sum, and the records of the open kind. */
export const rejects = {
  allowed: null,
  kinds: [],
  total: 0,
  records: [],
  more: 0,
  kind: '',
  shown: null,
  error: '',
  complete: true,
};

const day = 86_400_000;

/** The key of a kind. */
export const keyOf = (k) => [k.dataset, k.reason, k.column, k.like].join('\u0001');

let asked = 0,
  busy = false;

/** Reads the kinds again where they are old: more often in their own view. */
export async function refresh(force) {
  const every = state.view === 'rejects' ? 10_000 : 60_000;
  if (busy || (rejects.allowed === false && !force) || (!force && performance.now() - asked < every && asked)) return;
  busy = true;
  asked = performance.now();
  try {
    await readKinds();
    rejects.allowed = true;
    rejects.error = '';
  } catch (e) {
    if ([401, 403, 404].includes(e.status)) rejects.allowed = false;
    else rejects.error = e.message;
  } finally {
    busy = false;
    redraw();
  }
}

async function readKinds() {
  const all = new Map();
  let cursor = '',
    total = 0;
  const dataset = state.view === 'rejects' ? state.dataset : undefined,
    from = new Date(now() - day).toISOString();
  for (let page = 0; page < 20; page++) {
    const { body } = await get('/v1/operations/rejects' + query({ dataset, from, cursor }));
    for (const g of body.groups) {
      const one = all.get(keyOf(g));
      if (!one) all.set(keyOf(g), { ...g });
      else {
        one.count += g.count;
        one.last = one.last > g.last ? one.last : g.last;
        one.first = one.first < g.first ? one.first : g.first;
      }
    }
    total += body.rejects;
    if (!(cursor = body.cursor)) break;
  }
  rejects.kinds = [...all.values()].sort((a, b) => b.count - a.count || (keyOf(a) < keyOf(b) ? -1 : 1));
  rejects.total = total;
  rejects.complete = !cursor;
}

/** Reads some records of a kind, once. */
export async function readRecords(kind) {
  const key = keyOf(kind) + '\u0001' + kind.count;
  if (rejects.kind === key) return;
  const other = !rejects.kind.startsWith(keyOf(kind));
  rejects.kind = key;
  if (other) rejects.records = [];
  try {
    const from = new Date(now() - day).toISOString();
    const { body } = await get(
      '/v1/operations/rejects' +
        query({ dataset: kind.dataset, reason: kind.reason, column: kind.column, like: kind.like, from, records: 200 }),
    );
    rejects.records = (body.records ?? [])
      .filter((r) => r.column === kind.column)
      .sort((a, b) => ((a.receivedAt ?? '') < (b.receivedAt ?? '') ? -1 : 1));
  } catch {
    rejects.records = [];
  }
  if (!rejects.records.length) rejects.records = [{ id: kind.example, receivedAt: kind.first, detail: kind.detail }];
  redraw();
}

/** Reads one reject with its record, once. Who reads one is in the audit log. */
export async function readOne(id) {
  if (rejects.shown?.id === id) return;
  rejects.shown = { id, loading: true };
  try {
    const { body } = await get('/v1/operations/rejects/' + encodeURIComponent(id).replace(/%3A/g, ':'));
    rejects.shown = body;
  } catch (e) {
    rejects.shown = { id, error: e.message };
  }
  redraw();
}

/** Forgets what was read, for another person, or because it has changed. */
export function clear() {
  Object.assign(rejects, { allowed: null, kinds: [], total: 0, records: [], kind: '', shown: null });
  asked = 0;
}
