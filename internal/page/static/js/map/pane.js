// The pane of the map: drag, wheel, two fingers, keys; a click opens a component or goes nearer.
import { html, render } from '../../vendor/lit-html.js';
import { View } from './projection.js';
import { Painter, forgetColours } from './paint.js';
import { load } from './ground.js';
import { state, set } from '../state.js';
import { icon } from '../icons.js';
import { now } from '../clock.js';
import { count } from '../names.js';
import * as theme from '../theme.js';

const pane = document.getElementById('map');
const view = new View();
let painter = null,
  legend = null,
  fitted = 0,
  filtered = '',
  moved = false,
  dirty = true,
  drawn = 0;

/** Makes the pane once. */
export function mount() {
  if (painter) return;
  const canvas = document.createElement('canvas');
  canvas.tabIndex = 0;
  canvas.id = 'mapcanvas';
  canvas.setAttribute('role', 'img');
  const tools = document.createElement('div');
  tools.className = 'tools';
  legend = document.createElement('div');
  legend.className = 'legend';
  pane.replaceChildren(canvas, tools, legend);
  render(
    html`<button aria-label="Zoom in" @click=${() => zoom(1.6)}>${icon('plus')}</button><button aria-label="Zoom out" @click=${() => zoom(1 / 1.6)}>${icon('minus')}</button><button
    aria-label="Show all" @click=${all}>${icon('fit')}</button>`,
    tools,
  );
  painter = new Painter(canvas);
  listen(canvas);
  new ResizeObserver(() => {
    dirty = true;
  }).observe(canvas);
  theme.subscribe(() => {
    forgetColours();
    dirty = true;
  });
  load()
    .then(() => {
      painter.loaded = dirty = true;
      mini.loaded = true;
    })
    .catch(() => {});
}

function zoom(factor, x, y) {
  view.zoom(factor, x, y);
  moved = dirty = true;
}

function all() {
  moved = false;
  fitted = 0;
  dirty = true;
}

export const focus = () => painter?.canvas.focus();

function listen(canvas) {
  const fingers = new Map();
  let travelled = 0,
    spread = 0;
  canvas.addEventListener('pointerdown', (e) => {
    canvas.setPointerCapture(e.pointerId);
    fingers.set(e.pointerId, e);
    travelled = 0;
  });
  canvas.addEventListener('pointermove', (e) => {
    const before = fingers.get(e.pointerId);
    if (!before) return;
    fingers.set(e.pointerId, e);
    const dx = e.clientX - before.clientX,
      dy = e.clientY - before.clientY;
    travelled += Math.abs(dx) + Math.abs(dy);
    if (fingers.size === 2) {
      const [a, b] = [...fingers.values()],
        next = Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
      if (spread) zoom(next / spread);
      spread = next;
    } else if (travelled > 3) {
      view.pan(dx, dy);
      moved = dirty = true;
    }
  });
  const up = (e) => {
    fingers.delete(e.pointerId);
    spread = 0;
  };
  canvas.addEventListener('pointerup', (e) => {
    if (travelled <= 3 && fingers.size === 1) click(e.offsetX, e.offsetY);
    up(e);
  });
  canvas.addEventListener('pointercancel', up);
  canvas.addEventListener(
    'wheel',
    (e) => {
      e.preventDefault();
      zoom(Math.exp(-e.deltaY / 400), e.offsetX, e.offsetY);
    },
    { passive: false },
  );
  canvas.addEventListener('keydown', key);
}

function click(x, y) {
  const d = painter.at(x, y);
  if (!d) return;
  if (d.n === 1) set({ open: d.first.name, metric: undefined });
  else zoom(2, d.x, d.y);
}

function key(e) {
  const step = 60,
    pan = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] }[e.key];
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  if (pan) view.pan(...pan);
  else if (e.key === '+' || e.key === '=') zoom(1.6);
  else if (e.key === '-') zoom(1 / 1.6);
  else if (e.key === '0') all();
  else return;
  if (e.key !== '0') moved = true;
  dirty = true;
  e.preventDefault();
  e.stopPropagation();
}

/** Draws the map where something has changed: it takes a fifteenth of the time at most. */
export function draw(rows, changed) {
  dirty ||= changed;
  if (!painter || !dirty || !painter.canvas.clientWidth) return;
  const t = performance.now();
  if (t < drawn) return;
  dirty = false;
  const placed = rows.filter((c) => c.position),
    key = (state.dataset ?? '') + '\n' + (state.q ?? '');
  view.size(painter.canvas.clientWidth, painter.canvas.clientHeight);
  if (key !== filtered) {
    // something else is shown: all of it
    filtered = key;
    moved = false;
    fitted = 0;
  }
  if (!moved && placed.length && fitted !== placed.length) {
    view.fit(placed.map((c) => c.position));
    fitted = placed.length;
  }
  painter.paint(view, placed, state.open);
  drawn = performance.now() + Math.min(1000, 15 * (performance.now() - t));
  const now_ = now(),
    stale = placed.reduce((n, c) => n + (c.position.stale <= now_ ? 1 : 0), 0);
  render(
    placed.length
      ? html`${placed.length - stale ? html`<span><i class="k"></i>fresh ${count(placed.length - stale)}</span>` : ''}${stale ? html`<span><i class="k o"></i>stale ${count(stale)}</span>` : ''}${
          placed.some((c) => c.name === state.open) ? html`<span><i class="k s"></i>open</span>` : ''
        }`
      : html`<span>Nothing here holds a position</span>`,
    legend,
  );
  painter.canvas.setAttribute(
    'aria-label',
    `Map of ${count(placed.length)} components that hold a position. The list has the same components. Arrows move it, + and - zoom, 0 shows all.`,
  );
}

const mini = { painter: null, view: new View(), loaded: false };

/** Draws the strip of the map in the detail of a phone. */
export function drawMini(c, rows) {
  const canvas = document.querySelector('.minimap');
  if (!canvas || !canvas.clientWidth || !c?.position) return;
  if (mini.painter?.canvas !== canvas) mini.painter = new Painter(canvas);
  mini.painter.loaded = mini.loaded;
  mini.view.size(canvas.clientWidth, canvas.clientHeight);
  Object.assign(mini.view, { lat: c.position.lat, lon: c.position.lon, scale: 9700 });
  mini.painter.paint(
    mini.view,
    rows.filter((r) => r.position),
    c.name,
  );
}

/** Says that the map must be drawn again. */
export const touch = () => {
  dirty = true;
};
