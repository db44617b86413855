// The ground of the map: countries, borders and lakes. It is drawn again only where the view has moved.
import { arcs, rings, bounds } from './topo.js';

let ground = null; // {countries, home, lakes, borders}
let asked = null;

/** Reads the two files, once. */
export function load() {
  asked ??= Promise.all(
    ['page/vendor/countries-50m.json', 'page/vendor/switzerland.json'].map((f) => fetch(f).then((r) => r.json())),
  ).then(([world, swiss]) => {
    const worldArcs = arcs(world),
      swissArcs = arcs(swiss);
    ground = {
      countries: rings(world, worldArcs, 'countries'),
      home: rings(swiss, swissArcs, 'country'),
      lakes: rings(swiss, swissArcs, 'lakes'),
      borders: worldArcs.map((points) => ({ points, bounds: bounds(points) })),
    };
  });
  return asked;
}

/** Draws the ground in some colours. */
export function draw(g, view, colours) {
  g.fillStyle = ground ? colours.water : colours.abroad;
  g.fillRect(0, 0, view.width, view.height);
  if (!ground) return;
  const fine = view.scale > 2500;
  fill(g, view, ground.countries, colours.abroad);
  g.strokeStyle = colours.border;
  g.lineWidth = 1;
  g.lineJoin = 'round';
  for (const b of ground.borders) {
    if (!view.sees(b.bounds)) continue;
    g.beginPath();
    trace(g, view, b.points);
    g.stroke();
  }
  fill(g, view, ground.home, colours.land);
  if (fine) fill(g, view, ground.lakes, colours.water);
  for (const c of ground.home) {
    g.beginPath();
    for (const ring of c.rings) trace(g, view, ring);
    g.stroke();
  }
}

function fill(g, view, polygons, colour) {
  g.fillStyle = colour;
  for (const p of polygons) {
    if (!view.sees(p.bounds)) continue;
    g.beginPath();
    for (const ring of p.rings) trace(g, view, ring);
    g.fill('evenodd');
  }
}

/** Adds points to the path, those that are less than half a pixel apart left out. */
function trace(g, view, points) {
  let lastX = Infinity,
    lastY = Infinity;
  for (let i = 0; i < points.length; i += 2) {
    const x = view.x(points[i]),
      y = view.y(points[i + 1]);
    if (i && i < points.length - 2 && Math.abs(x - lastX) < 0.5 && Math.abs(y - lastY) < 0.5) continue;
    i ? g.lineTo(x, y) : g.moveTo(x, y);
    lastX = x;
    lastY = y;
  }
}
