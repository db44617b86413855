// What the keys do.
import { on } from './keys.js';
import { state, set } from './state.js';
import { copy } from './copy.js';
import { command } from './curl.js';
import { toggle } from './theme.js';
import { help } from './help.js';
import { choose } from './choose.js';
import { step } from './rejectsview.js';
import { theList } from './listpane.js';
import * as map from './map/pane.js';

const searchBox = () => document.getElementById('search');

on('/', () => {
  searchBox().focus();
  searchBox().select();
});
on('Escape', (e, typing) => {
  if (typing && e.target === searchBox()) {
    if (state.q) set({ q: undefined }, { replace: true });
    else searchBox().blur();
  } else if (state.pane) set({ pane: undefined });
  else if (state.open) {
    set({ open: undefined, metric: undefined, as: undefined });
    theList()?.active >= 0 && theList().activate(theList().active);
  } else if (state.reject || state.kind) set({ reject: undefined, kind: undefined });
  else if (state.dataset) set({ dataset: undefined, cols: undefined, sort: undefined });
  else if (state.q) set({ q: undefined });
  else return false;
  return true;
});
const toList = (e, typing) => {
  if (!theList() || (typing && e.target !== searchBox())) return false;
  theList().activate(Math.max(0, theList().active));
  return true;
};
on('ArrowDown', toList);
on('Enter', (e, typing) => {
  if (!typing || e.target !== searchBox() || !theList()?.rows.length) return false;
  theList().activate(0);
  if (theList().rows.length === 1) set({ open: theList().rows[0].name, metric: undefined });
  return true;
});
on('m', () => {
  if (state.view !== 'explore') set({ view: 'explore' });
  if (innerWidth < 1280) set({ pane: state.pane === 'map' ? undefined : 'map' });
  requestAnimationFrame(() => requestAnimationFrame(map.focus));
});
on('c', () => {
  if (state.view === 'explore') choose();
});
on('s', () => set({ stale: state.stale ? undefined : '1' }));
on('d', () =>
  set({
    view: state.view === 'datasets' ? 'explore' : 'datasets',
    open: undefined,
    reject: undefined,
    kind: undefined,
  }),
);
on('r', () =>
  set({
    view: state.view === 'rejects' ? 'explore' : 'rejects',
    open: undefined,
    reject: undefined,
    kind: undefined,
  }),
);
on('j', () => state.view === 'rejects' && step(1));
on('k', () => state.view === 'rejects' && step(-1));
on('y', () => {
  copy(location.href, document.getElementById('copylink'));
});
on('u', () => {
  copy(command(), document.getElementById('copycurl'));
});
on('t', toggle);
on('?', help);
