// The list of components: some tens of rows that are used again and again, whatever the number of components.
import { state, set } from './state.js';
import { columns, unitOfColumn, namingOf } from './columns.js';
import { now, ageOf } from './clock.js';
import { fill } from './names.js';
import { textOf, unitOf } from './value.js';
import { isNumber } from './exact.js';
import { iconElement } from './icons.js';
import { flash } from './flash.js';

/** The recycled list in an element with the role rowgroup. rows is what it shows. */
export class List {
  constructor(element, header) {
    this.element = element;
    this.header = header; // scrolls with nothing; it is measured for its height only
    this.rows = [];
    this.pool = []; // row elements; the one of row i is pool[i % length]
    this.active = -1; // the row that the keyboard is on
    this.cell = -1; // its cell, -1 for the row
    this.space = document.createElement('div');
    this.space.className = 'space';
    element.append(this.space);
    element.addEventListener(
      'scroll',
      () => {
        this.moved = true;
      },
      { passive: true },
    );
    element.addEventListener('click', (e) => this.clicked(e));
    element.addEventListener('keydown', (e) => this.key(e));
    new ResizeObserver(() => {
      this.height = 0;
      this.moved = true;
    }).observe(element);
    this.moved = true;
  }

  /** Whether rows must not move: the pointer or the focus is on them. */
  held() {
    return this.element.matches(':hover') || this.element.contains(document.activeElement);
  }

  /** Takes other rows. The active one stays the same component where it is among them. */
  show(rows) {
    const name = this.rows[this.active]?.name;
    this.rows = rows;
    this.active = name === undefined ? -1 : rows.findIndex((c) => c.name === name);
    this.moved = true;
    for (const p of this.pool) p.component = null;
  }

  /** Draws what has changed. changed is a set of components, all says that everything may have. */
  draw(changed, all) {
    if (!this.height) this.measure();
    const top = this.element.scrollTop,
      h = this.rowHeight;
    const first = Math.max(0, Math.floor(top / h) - 4),
      last = Math.min(this.rows.length, Math.ceil((top + this.height) / h) + 4);
    if (!this.moved && !all && !changed.size) return;
    if (this.moved) {
      const size = this.rows.length * h + 'px';
      if (this.space.style.height !== size) this.space.style.height = size;
      this.moved = false;
    }
    if (all || !this.metrics) {
      this.metrics = columns();
      this.units = this.metrics.map(unitOfColumn);
    }
    const t = now(),
      n = this.pool.length;
    const used = new Set();
    for (let i = first; i < last; i++) {
      const p = this.pool[i % n],
        c = this.rows[i];
      used.add(p);
      if (p.component !== c || p.index !== i) this.place(p, c, i);
      else if (!all && !changed.has(c)) continue;
      this.fillRow(p, c, t);
    }
    for (const p of this.pool) {
      if (used.has(p) || p.element.hidden) continue;
      if (p.element.contains(document.activeElement)) this.element.focus({ preventScroll: true });
      p.element.hidden = true;
      p.component = null;
    }
  }

  measure() {
    this.rowHeight = parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--row')) || 28;
    this.height = this.element.clientHeight || 600;
    const wanted = Math.ceil(this.height / this.rowHeight) + 10;
    while (this.pool.length < wanted) this.pool.push(this.newRow());
    for (const p of this.pool) p.component = null;
  }

  newRow() {
    const element = document.createElement('div');
    element.className = 'row';
    element.setAttribute('role', 'row');
    element.tabIndex = -1;
    element.hidden = true;
    this.element.append(element);
    return { element, cells: [], component: null };
  }

  /** Gives a row element to another component. */
  place(p, c, i) {
    const e = p.element;
    if (p.component && e.contains(document.activeElement) && p.index !== i)
      this.element.focus({ preventScroll: true });
    p.component = c;
    p.index = i;
    e.hidden = false;
    e.style.transform = `translateY(${i * this.rowHeight}px)`;
    e.setAttribute('aria-rowindex', i + 2);
    if (p.cells.length !== this.metrics.length + 3) this.makeCells(p);
    for (const cell of p.cells) cell.value = undefined;
    fill(p.name, c.name);
    p.name.title = c.name;
  }

  makeCells(p) {
    const cell = (kind) => {
      const e = document.createElement('span');
      e.className = kind;
      e.setAttribute('role', 'gridcell');
      e.tabIndex = -1;
      return { element: e, value: undefined };
    };
    p.cells = [
      cell('name mono'),
      ...this.metrics.map((_, k) => cell('col' + (k ? '' : ' drop'))),
      cell('age'),
      cell('two'),
    ];
    p.name = p.cells[0].element;
    p.element.replaceChildren(...p.cells.map((c) => c.element));
  }

  fillRow(p, c, t) {
    const selected = state.open === c.name;
    if (p.selected !== selected) p.element.setAttribute('aria-selected', (p.selected = selected));
    const tab = p.index === (this.active >= 0 ? this.active : 0) ? 0 : -1;
    if (p.element.tabIndex !== tab) p.element.tabIndex = tab;
    this.metrics.forEach((metric, k) =>
      this.fillCell(p.cells[k + 1], c, c.readings.get(metric), this.units[k], t, k),
    );
    this.fillAge(p.cells.at(-2), c, t);
    this.fillSecond(p.cells.at(-1), c, t);
  }

  fillCell(cell, c, r, unit, t, k) {
    let text = '',
      kind = 'col' + (k ? '' : ' drop');
    if (r) {
      text = textOf(r.value, 3);
      if (r.unit !== unit && unitOf(r.unit) && !(r.unit === 'deg' && typeof r.value === 'object'))
        text += ' ' + r.unit;
      const quantity = isNumber(r.value) || (r.value !== null && typeof r.value === 'object');
      kind += quantity ? ' num' : '';
      kind += r.value === null ? ' null' : r.stale <= t ? ' old' : isNumber(r.value) ? '' : ' m2';
    }
    if (cell.kind !== kind) cell.element.className = cell.kind = kind;
    if (cell.value === text) return;
    const known = cell.value !== undefined;
    cell.value = text;
    cell.element.textContent = text;
    cell.element.title = text.length > 10 ? text : '';
    if (known && text && !kind.endsWith(' old')) flash(cell.element);
  }

  fillAge(cell, c, t) {
    const [n, unit] = c.newest ? ageOf(t - c.newest) : ['', ''],
      stale = c.newest > 0 && c.stale <= t;
    const value = n + unit + stale + this.onlyMarks;
    if (cell.value === value) return;
    cell.value = value;
    const mark = document.createElement('span');
    if (stale) {
      mark.className = 'mark stale';
      const word = document.createElement('span');
      word.textContent = 'stale';
      if (this.onlyMarks) word.className = 'sr';
      mark.append(iconElement('clock'), word);
    }
    const number = document.createElement('span'),
      u = document.createElement('span');
    number.textContent = n;
    u.className = 'u';
    u.textContent = unit;
    cell.element.className = stale ? 'age stale' : 'age';
    cell.element.replaceChildren(mark, number, u);
  }

  /** The second line of a phone: the columns with their units, and what a train or a place is called by. */
  fillSecond(cell, c, t) {
    if (!this.phone()) {
      if (cell.value !== '') cell.element.textContent = cell.value = '';
      return;
    }
    const parts = [];
    for (const metric of this.metrics) {
      const r = c.readings.get(metric);
      if (!r || r.value === null || (typeof r.value === 'object' && !isNumber(r.value))) continue;
      parts.push(textOf(r.value) + (unitOf(r.unit) ? ' ' + r.unit : ''));
    }
    for (const dataset of c.datasets) {
      const metric = namingOf(dataset),
        r = metric && c.readings.get(metric);
      if (r && r.value !== null && !this.metrics.includes(metric))
        parts.push((metric.startsWith('train') ? 'train ' : '') + textOf(r.value));
    }
    const text = parts.slice(0, 3).join(' · ');
    const kind = 'two' + (c.stale <= t ? ' old' : '');
    if (cell.kind !== kind) cell.element.className = cell.kind = kind;
    if (cell.value !== text) cell.element.textContent = cell.value = text;
  }

  phone() {
    return this.rowHeight > 40;
  }

  clicked(e) {
    const row = e.target.closest('.row'),
      p = this.pool.find((q) => q.element === row);
    if (!p?.component || getSelection().toString()) return;
    this.activate(p.index, -1);
    set({ open: p.component.name, metric: undefined });
  }

  /** Puts the keyboard on a row, or on one of its cells. */
  activate(i, cell = -1) {
    if (!this.rows.length) return;
    this.active = Math.max(0, Math.min(this.rows.length - 1, i));
    this.cell = Math.max(-1, Math.min(this.metrics.length + 1, cell));
    const h = this.rowHeight,
      top = this.active * h;
    if (top < this.element.scrollTop) this.element.scrollTop = top;
    else if (top + h > this.element.scrollTop + this.height) this.element.scrollTop = top + h - this.height;
    this.moved = true;
    this.draw(new Set(), true);
    const p = this.pool[this.active % this.pool.length];
    (this.cell < 0 ? p.element : p.cells[this.cell].element).focus({ preventScroll: true });
  }

  key(e) {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const page = Math.max(1, Math.floor(this.height / this.rowHeight) - 1),
      at = this.active < 0 ? 0 : this.active;
    const rows = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: this.rows.length - 1,
    };
    if (e.key in rows) this.activate(rows[e.key], this.cell);
    else if (e.key === 'ArrowRight') this.activate(at, this.cell + 1);
    else if (e.key === 'ArrowLeft') this.activate(at, this.cell - 1);
    else if (e.key === 'Enter' || e.key === ' ') {
      const c = this.rows[at];
      if (c) set({ open: c.name, metric: undefined });
    } else return;
    e.preventDefault();
    e.stopPropagation();
  }
}
