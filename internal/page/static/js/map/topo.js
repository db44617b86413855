// Reads TopoJSON: https://github.com/topojson/topojson-specification. Only what a map needs of it.

/** The arcs of a topology as flat lists of longitude and latitude, each with its bounds. */
export function arcs(topology) {
  const {
    scale: [kx, ky],
    translate: [dx, dy],
  } = topology.transform;
  return topology.arcs.map((arc) => {
    const points = new Float32Array(arc.length * 2);
    let x = 0,
      y = 0;
    arc.forEach(([a, b], i) => {
      points[2 * i] = (x += a) * kx + dx;
      points[2 * i + 1] = (y += b) * ky + dy;
    });
    return points;
  });
}

/** The outer and inner rings of an object, flat, each with its bounds. */
export function rings(topology, known, name) {
  const all = [];
  for (const g of topology.objects[name].geometries) {
    const polygons = g.type === 'Polygon' ? [g.arcs] : g.type === 'MultiPolygon' ? g.arcs : [];
    for (const polygon of polygons) all.push({ rings: polygon.map((ring) => join(ring, known)) });
  }
  for (const p of all) p.bounds = bounds(p.rings[0]);
  return all;
}

function join(ring, known) {
  const parts = ring.map((i) => (i < 0 ? { points: known[~i], back: true } : { points: known[i], back: false }));
  const points = new Float32Array(parts.reduce((n, p) => n + p.points.length, 0));
  let at = 0;
  for (const { points: from, back } of parts) {
    if (!back) points.set(from, at);
    else
      for (let i = 0; i < from.length; i += 2) {
        points[at + i] = from[from.length - 2 - i];
        points[at + i + 1] = from[from.length - 1 - i];
      }
    at += from.length;
  }
  return points;
}

/** West, south, east, north of a flat list of points. */
export function bounds(points) {
  let w = 180,
    s = 90,
    e = -180,
    n = -90;
  for (let i = 0; i < points.length; i += 2) {
    w = Math.min(w, points[i]);
    e = Math.max(e, points[i]);
    s = Math.min(s, points[i + 1]);
    n = Math.max(n, points[i + 1]);
  }
  return [w, s, e, n];
}
