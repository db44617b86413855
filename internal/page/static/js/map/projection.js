// The Web Mercator projection of a view: a centre, and pixels for each radian of longitude.

const rad = Math.PI / 180;
export const mercator = (lat) => Math.log(Math.tan(Math.PI / 4 + (Math.max(-85, Math.min(85, lat)) * rad) / 2));
const latitude = (y) => (2 * Math.atan(Math.exp(y)) - Math.PI / 2) / rad;

const nearest = 200_000,
  farthest = 60; // the bounds of the scale

/** What a map shows. */
export class View {
  constructor(lat = 47.3, lon = 8.34, scale = 6300) {
    Object.assign(this, { lat, lon, scale });
  }

  /** Takes the size of the canvas in CSS pixels. */
  size(width, height) {
    this.width = width;
    this.height = height;
    this.y0 = mercator(this.lat);
  }

  x(lon) {
    return this.width / 2 + (lon - this.lon) * rad * this.scale;
  }
  y(lat) {
    return this.height / 2 - (mercator(lat) - this.y0) * this.scale;
  }

  /** The position at a pixel. */
  at(x, y) {
    return {
      lon: this.lon + (x - this.width / 2) / this.scale / rad,
      lat: latitude(this.y0 - (y - this.height / 2) / this.scale),
    };
  }

  pan(dx, dy) {
    const p = this.at(this.width / 2 - dx, this.height / 2 - dy);
    this.lon = ((p.lon + 540) % 360) - 180;
    this.lat = Math.max(-80, Math.min(83, p.lat));
    this.y0 = mercator(this.lat);
  }

  /** Zooms by a factor, around a pixel. */
  zoom(factor, x = this.width / 2, y = this.height / 2) {
    const before = this.at(x, y);
    this.scale = Math.max(farthest, Math.min(nearest, this.scale * factor));
    const after = this.at(x, y);
    this.lon += before.lon - after.lon;
    this.lat = Math.max(-80, Math.min(83, this.lat + before.lat - after.lat));
    this.y0 = mercator(this.lat);
  }

  /** Shows all of some positions with a margin. */
  fit(positions, margin = 40) {
    if (!positions.length || !this.width) return;
    let w = 180,
      s = 90,
      e = -180,
      n = -90;
    for (const p of positions) {
      w = Math.min(w, p.lon);
      e = Math.max(e, p.lon);
      s = Math.min(s, p.lat);
      n = Math.max(n, p.lat);
    }
    const across = (e - w) * rad,
      up = mercator(n) - mercator(s);
    this.lon = (w + e) / 2;
    this.lat = latitude((mercator(n) + mercator(s)) / 2);
    const scale = Math.min(
      across ? (this.width - 2 * margin) / across : Infinity,
      up ? (this.height - 2 * margin) / up : Infinity,
    );
    this.scale = Math.max(farthest, Math.min(12_000, scale));
    this.y0 = mercator(this.lat);
  }

  /** The bounds of what is seen: west, south, east, north. */
  bounds() {
    const a = this.at(0, this.height),
      b = this.at(this.width, 0);
    return [a.lon, a.lat, b.lon, b.lat];
  }

  /** Whether a box is seen at all. */
  sees([w, s, e, n]) {
    const [vw, vs, ve, vn] = this.bounds();
    return w < ve && e > vw && s < vn && n > vs;
  }
}
