// The recent past of readings since this page was opened, for sparklines: at most ten minutes.
import { watch } from './model.js';
import { isNumber } from './exact.js';

const longest = 600_000; // ms
const most = 600; // points of one metric
const budget = 300_000; // points of all

const series = new Map(); // by component and metric: {at: [], value: [], before}
let points = 0;
let opened = '';

const key = (component, metric) => component + '\n' + metric;

/** Says which component is open: its past is kept even where that of all is too much. */
export const keepOf = (component) => {
  opened = component;
};

/** The past of a reading: {at: times in ms, value: values, before: event time of the last but one, since: when it began}. */
export const past = (component, metric) => series.get(key(component, metric));

watch((r, before) => {
  if (points > budget && r.component !== opened) return;
  const k = key(r.component, r.metric);
  let s = series.get(k);
  if (!s) {
    s = { at: [], value: [], before: null, since: Date.now() };
    series.set(k, s);
    if (before && before.at < r.at) push(s, before);
  }
  if (before) s.before = before.at;
  push(s, r);
});

function push(s, r) {
  const value = isNumber(r.value) ? Number(r.value) : typeof r.value === 'object' ? JSON.stringify(r.value) : r.value;
  s.at.push(r.at);
  s.value.push(value);
  points++;
  const gone = s.at.findIndex((t) => t >= r.at - longest);
  const drop = Math.max(gone, s.at.length - most);
  if (drop > 0) {
    s.at.splice(0, drop);
    s.value.splice(0, drop);
    points -= drop;
  }
}
