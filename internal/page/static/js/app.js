// Starts the page, and draws with the frames of the browser what has changed.
import { html, render } from '../vendor/lit-html.js';
import './theme.js';
import { state, subscribe as onState } from './state.js';
import { configure } from './api.js';
import * as auth from './auth.js';
import * as live from './live.js';
import { components, dirty } from './model.js';
import { judge, datasets } from './datasets.js';
import * as header from './header.js';
import * as strip from './strip.js';
import * as footer from './footer.js';
import * as listpane from './listpane.js';
import * as datasetsview from './datasetsview.js';
import * as rejectsview from './rejectsview.js';
import { detail, flashChanged } from './detail.js';
import { datasetPane } from './datasetpane.js';
import { empty } from './empty.js';
import { rejectDetail } from './rejectdetail.js';
import * as rejects from './rejects.js';
import * as map from './map/pane.js';
import { shown } from './filter.js';
import { wishes, redraw } from './redraw.js';
import * as theme from './theme.js';
import './shortcuts.js';

const detailPane = document.getElementById('detail');
const main = document.getElementById('main');
let view = '',
  ticked = 0,
  drawnDetail = 0,
  problem = '';

/** What the pane in the middle shows. */
function detailContent() {
  if (live.connection.kind === 'out') {
    return html`<div class="hint"><h1 class="h2">Signed out</h1><p class="gap">${problem || 'This twin is read with an account.'}</p><div class="after"><button class="btn primary" id="signin"
      @click=${auth.signIn}>Sign in</button></div></div>`;
  }
  if (state.view === 'rejects') return rejectDetail();
  if (state.open && state.view === 'explore') return detail();
  if (state.dataset) return datasetPane();
  const all = [...datasets.values()];
  if (state.view === 'datasets')
    return html`<p class="hint">Choose a dataset. What comes in, and what it declares, are shown here.</p>`;
  if (all.length && !components.size && all.every((d) => d.state === 'waiting') && live.connection.kind === 'live')
    return empty(all[0]);
  return html`<p class="hint">Choose a component. Its values, where they come from and where it is are shown here.</p>`;
}

function drawDetail() {
  const label =
    state.view === 'rejects'
      ? 'Reject'
      : state.open && state.view === 'explore'
        ? 'Component'
        : state.dataset
          ? 'Dataset'
          : 'Detail';
  detailPane.setAttribute('aria-label', label);
  render(detailContent(), detailPane);
  if (state.open && state.view === 'explore') {
    flashChanged(detailPane);
    map.drawMini(components.get(state.open), shown.rows);
  }
}

/** Changes the panes to those of the view. */
function arrange() {
  const waiting = datasets.size && [...datasets.values()].every((d) => d.state === 'waiting') && !components.size;
  const chosen = state.dataset && datasets.get(state.dataset)?.state === 'waiting';
  main.classList.toggle('wide', state.view !== 'explore' || Boolean(waiting || (chosen && !state.open)));
  document.body.classList.toggle(
    'opened',
    Boolean(state.view === 'explore' ? state.open : state.view === 'rejects' ? state.reject : state.dataset),
  );
  document.body.classList.toggle('mapover', state.view === 'explore' && state.pane === 'map');
  if (view === state.view) return;
  if (view === 'explore') listpane.unmount();
  const pane = document.getElementById('listpane');
  render('', pane);
  pane.replaceChildren();
  delete pane._$litPart$;
  view = state.view;
  if (view === 'explore') listpane.mount();
}

function frame() {
  requestAnimationFrame(frame);
  const t = performance.now(),
    tick = t - ticked >= 1000,
    all = tick || wishes.all;
  if (!all && !dirty.components.size && !dirty.list && !listpane.theList()?.moved) {
    map.draw(shown.rows, false);
    return;
  }
  wishes.all = false;
  if (tick) {
    ticked = t;
    judge();
    rejects.refresh();
    strip.announce();
  }
  if (all) {
    arrange();
    header.draw();
    strip.draw();
    footer.draw();
  }
  const touched = state.open && [...dirty.components].some((c) => c.name === state.open);
  if (view === 'explore') listpane.draw(all);
  else if (all && view === 'datasets') datasetsview.draw();
  else if (all) rejectsview.draw();
  if (all || (touched && t - drawnDetail > 200)) {
    drawnDetail = t;
    drawDetail();
  } else if (touched) wishes.detail = true;
  if (wishes.detail && t - drawnDetail > 200) {
    wishes.detail = false;
    drawnDetail = t;
    drawDetail();
  }
  if (view === 'explore') map.draw(shown.rows, all || dirty.map);
  dirty.components.clear();
  dirty.map = false;
}

let lastView = state.view,
  lastDataset = state.dataset;

onState(() => {
  live.refilter();
  live.wake();
  if (state.view === 'rejects' && (lastView !== 'rejects' || lastDataset !== state.dataset)) rejects.refresh(true);
  lastView = state.view;
  lastDataset = state.dataset;
  redraw();
});
live.subscribe(redraw);
theme.subscribe(redraw);
addEventListener('resize', () => {
  map.touch();
  redraw();
});

async function begin() {
  map.mount();
  requestAnimationFrame(frame);
  for (let pause = 500; ; pause = Math.min(8000, pause * 2)) {
    try {
      await configure();
      problem = await auth.begin();
      break;
    } catch {
      live.connection.kind = 'away';
      redraw();
      await new Promise((done) => setTimeout(done, pause));
    }
  }
  document.documentElement.dataset.ready = 'true';
  if (auth.needed() && !auth.signedIn()) live.connection.kind = 'out';
  live.start();
}

begin();
