// What the page shows stands in the hash of its address, so that it can be shared:
// #/explore?q=wagon:&dataset=wagon_telemetry&open=wagon:1&metric=speed

const views = ['explore', 'datasets', 'rejects'];
const listeners = new Set();

function read() {
  const [path, query] = location.hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  const s = { view: views.includes(path) ? path : 'explore' };
  for (const [name, value] of new URLSearchParams(query ?? '')) s[name] = value;
  return s;
}

/** The hash of a state. Names stay readable: only what would end the hash or a parameter is encoded. */
export function hashOf(s) {
  const parts = [];
  for (const [name, value] of Object.entries(s)) {
    if (name === 'view' || value === undefined || value === '') continue;
    parts.push(name + '=' + encodeURIComponent(value).replace(/%3A/g, ':').replace(/%2C/g, ',').replace(/%2F/g, '/'));
  }
  return '#/' + s.view + (parts.length ? '?' + parts.join('&') : '');
}

/** The present state. It is replaced as a whole. */
export let state = read();

/** Calls f after each change of the state. */
export const subscribe = (f) => listeners.add(f);

function changed() {
  for (const f of listeners) f(state);
}

/** Changes some of the state. What is typed or moved replaces the entry of the browser's history. */
export function set(change, { replace = false } = {}) {
  const next = { ...state, ...change };
  for (const name of Object.keys(next)) if (next[name] === undefined || next[name] === '') delete next[name];
  const hash = hashOf(next);
  state = next;
  if (hash !== hashOf(read())) history[replace ? 'replaceState' : 'pushState'](null, '', hash);
  changed();
}

/** The hash of the present state with a change, for links. */
export const link = (change) => hashOf({ ...state, ...change });

for (const event of ['hashchange', 'popstate']) {
  addEventListener(event, () => {
    const next = read();
    if (hashOf(next) === hashOf(state)) return;
    state = next;
    changed();
  });
}
