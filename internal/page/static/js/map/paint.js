// Paints a map: the ground from its own canvas, then discs, and the labels that have room.
import { draw as drawGround } from './ground.js';
import { gather, labelOf, tail } from './points.js';
import { places } from './places.js';
import { visible } from '../names.js';
import { now } from '../clock.js';

let colours = null;

/** The colours of the present theme. They are read once, until forgetColours. */
export function palette() {
  if (colours) return colours;
  const probe = document.createElement('i'),
    style = getComputedStyle(document.documentElement);
  document.body.append(probe);
  const of = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  colours = {
    land: of('land'),
    abroad: of('abroad'),
    water: of('water'),
    border: of('border'),
    text2: of('text-2'),
    text3: of('text-3'),
    warn: of('warn'),
    accent: of('accent'),
    surface: of('surface'),
    font: style.getPropertyValue('--sans'),
  };
  probe.remove();
  return colours;
}

export const forgetColours = () => {
  colours = null;
};

/** One canvas with its ground beside it. */
export class Painter {
  constructor(canvas) {
    this.canvas = canvas;
    this.ground = document.createElement('canvas');
    this.drawn = '';
    this.discs = [];
  }

  /** Paints components in a view; open is the name of the open one. */
  paint(view, components, open) {
    const { canvas, ground } = this,
      k = palette(),
      ratio = Math.max(1, devicePixelRatio || 1);
    const w = canvas.clientWidth,
      h = canvas.clientHeight;
    if (!w || !h) return;
    view.size(w, h);
    for (const c of [canvas, ground]) {
      if (c.width !== Math.round(w * ratio) || c.height !== Math.round(h * ratio)) {
        c.width = Math.round(w * ratio);
        c.height = Math.round(h * ratio);
        this.drawn = '';
      }
    }
    const key = [view.lat, view.lon, view.scale, k.land, this.loaded].join();
    if (key !== this.drawn) {
      const g = ground.getContext('2d', { alpha: false });
      g.setTransform(ratio, 0, 0, ratio, 0, 0);
      drawGround(g, view, k);
      this.drawn = key;
    }
    const g = canvas.getContext('2d', { alpha: false });
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.drawImage(ground, 0, 0);
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.points(g, view, k, components, open);
  }

  points(g, view, k, components, open) {
    const boxes = [],
      t = now();
    this.discs = gather(view, components, open, t);
    g.textBaseline = 'middle';
    for (const d of this.discs) {
      boxes.push([d.x - d.r, d.y - d.r, d.x + d.r, d.y + d.r]);
      disc(g, d, k);
    }
    const me = components.find?.((c) => c.name === open && c.position) ?? null;
    if (me) {
      const x = view.x(me.position.lon),
        y = view.y(me.position.lat);
      boxes.push([x - 10, y - 10, x + 10, y + 10]);
      openDisc(g, x, y, k);
      label(g, view, boxes, k, visible(tail(open)), x, y, 10, k.accent, '600', false);
    }
    if (this.discs.length < 400) {
      for (const d of this.discs) {
        const text = labelOf(d);
        if (text) label(g, view, boxes, k, text, d.x, d.y, d.r, k.text2, '', true);
      }
    }
    for (const [lat, lon, name, from] of places) {
      const x = view.x(lon),
        y = view.y(lat);
      if (view.scale < from || x < 0 || y < 0 || x > view.width || y > view.height) continue;
      if (!label(g, view, boxes, k, name, x, y, 2, k.text3, '', false)) continue;
      g.fillStyle = k.text3;
      g.fillRect(x - 1.5, y - 1.5, 3, 3);
    }
  }

  /** The disc at a pixel, undefined for none. */
  at(x, y) {
    return this.discs.find((d) => Math.hypot(d.x - x, d.y - y) <= Math.max(8, d.r + 2));
  }
}

function disc(g, d, k) {
  g.beginPath();
  g.arc(d.x, d.y, d.r, 0, 7);
  g.fillStyle = d.stale ? k.surface : k.text2;
  g.strokeStyle = k.surface;
  g.lineWidth = 3;
  g.stroke();
  g.fill();
  if (d.stale) {
    g.strokeStyle = k.warn;
    g.lineWidth = 2;
    g.stroke();
  }
  if (d.n < 2) return;
  g.fillStyle = d.stale ? k.warn : k.surface;
  g.textAlign = 'center';
  g.font = '600 11px ' + k.font;
  g.fillText(d.n > 999 ? Math.round(d.n / 1000) + 'k' : d.n, d.x, d.y + 0.5);
}

function openDisc(g, x, y, k) {
  g.beginPath();
  g.arc(x, y, 9.5, 0, 7);
  g.fillStyle = k.land;
  g.fill();
  g.strokeStyle = k.accent;
  g.lineWidth = 1.5;
  g.stroke();
  g.beginPath();
  g.arc(x, y, 5, 0, 7);
  g.fillStyle = k.accent;
  g.fill();
}

/** Writes a label where it hits no other; false where there is no room. */
function label(g, view, boxes, k, text, x, y, r, colour, weight, above) {
  g.font = weight + ' 11px ' + k.font;
  const wide = g.measureText(text).width,
    right = ['left', x + r + 5, y],
    left = ['right', x - r - 5, y],
    up = ['center', x, y - r - 9],
    down = ['center', x, y + r + 9];
  for (const [align, lx, ly] of above ? [right, up, down, left] : [right, left, down, up]) {
    const x0 = align === 'left' ? lx : align === 'right' ? lx - wide : lx - wide / 2,
      b = [x0 - 2, ly - 7, x0 + wide + 2, ly + 7];
    if (
      b[0] < 2 ||
      b[2] > view.width - 2 ||
      boxes.some((o) => b[0] < o[2] && b[2] > o[0] && b[1] < o[3] && b[3] > o[1])
    )
      continue;
    boxes.push(b);
    g.textAlign = align;
    g.strokeStyle = k.land;
    g.lineWidth = 3;
    g.strokeText(text, lx, ly);
    g.fillStyle = colour;
    g.fillText(text, lx, ly);
    return true;
  }
  return false;
}
