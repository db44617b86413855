// The columns of the list: which metrics are shown, and which are read beside them.
import { state } from './state.js';
import { datasets } from './datasets.js';

const liked = [
  'position',
  'speed',
  'movement.state',
  'free',
  'bikes.available',
  'temperature',
  'delay',
  'heading',
  'occupancy',
];
const naming = ['train.number', 'line', 'name', 'route']; // what a train or a place is called by

const declares = (d, metric) => d.metrics.some((m) => m.metric === metric);
const plain = (m) => !m.metric.includes('*') && !/quality|description|link/.test(m.metric);

/** The datasets that the list is of. */
const chosen = () => (state.dataset ? [datasets.get(state.dataset)].filter(Boolean) : [...datasets.values()]);

/** The metrics of the columns, at most six: those of the address, or three that suit the datasets. */
export function columns() {
  if (state.cols !== undefined) return state.cols === '-' ? [] : state.cols.split(',').slice(0, 6);
  const of = chosen(),
    picked = [];
  for (const metric of liked) {
    if (picked.length < 3 && of.some((d) => declares(d, metric))) picked.push(metric);
  }
  if (of.length === 1) {
    for (const m of of[0].metrics) {
      if (picked.length < 3 && plain(m) && !picked.includes(m.metric)) picked.push(m.metric);
    }
  }
  return picked;
}

/** The metric that names a train, a line or a place of a dataset, "" for none. */
export function namingOf(dataset) {
  const d = datasets.get(dataset);
  return d ? (naming.find((m) => declares(d, m)) ?? '') : '';
}

/** All metrics that the list needs: columns, positions, names, and one of each dataset that has none of these. */
export function needed() {
  const all = new Set(columns());
  for (const d of datasets.values()) {
    for (const m of d.metrics) if (m.metric === 'position' || m.metric.endsWith('.position')) all.add(m.metric);
    const name = namingOf(d.dataset);
    if (name) all.add(name);
    if (!d.metrics.some((m) => all.has(m.metric))) {
      const one = d.metrics.find(plain) ?? d.metrics.find((m) => !m.metric.includes('*'));
      if (one) all.add(one.metric);
    }
  }
  return [...all].slice(0, 40);
}

/** The shortest clear tail of each metric: movement.state is state where no other column ends so. */
export function heads(metrics) {
  return metrics.map((metric) => {
    const parts = metric.split('.');
    for (let n = 1; n < parts.length; n++) {
      const tail = parts.slice(-n).join('.');
      if (
        !/^\d+$/.test(parts.at(-n)) &&
        metrics.every((m) => m === metric || (m !== tail && !m.endsWith('.' + tail)))
      )
        return tail;
    }
    return metric;
  });
}

/** The unit of a metric where the datasets of the list agree on one, else "". */
export function unitOfColumn(metric) {
  const units = new Set();
  for (const d of chosen()) {
    for (const m of d.metrics) if (m.metric === metric) for (const u of m.units) units.add(u);
  }
  const unit = units.size === 1 ? [...units][0] : '';
  return !unit || unit === '1' || unit === '*' || (unit === 'deg' && metric.endsWith('position')) ? '' : unit;
}

/** Every metric that can be a column, with how many datasets declare it. */
export function choices() {
  const all = new Map();
  for (const d of chosen()) {
    for (const m of d.metrics) {
      if (!m.metric.includes('*')) all.set(m.metric, (all.get(m.metric) ?? 0) + 1);
    }
  }
  for (const metric of columns()) if (!all.has(metric)) all.set(metric, 0);
  return [...all].sort((a, b) => (a[0] < b[0] ? -1 : 1));
}
