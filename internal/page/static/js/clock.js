// The clock of the server, ages, and times of day. Ages are counted with the server's clock.
import { html } from '../vendor/lit-html.js';
import { icon } from './icons.js';

let offset = 0; // of the server's clock to this machine's, in ms

/** Learns the server's clock from the header Date of an answer. Its resolution is a second. */
export function learn(date, sent) {
  const server = Date.parse(date);
  if (Number.isNaN(server)) return;
  const differs = server + 500 - (sent + Date.now()) / 2;
  offset = Math.abs(differs) > 2000 ? differs : 0;
}

/** How much the two clocks differ in ms, 0 where they hardly do. */
export const differs = () => offset;

/** The time at the server in ms. */
export const now = () => Date.now() + offset;

/** An age of so many ms as a number and one unit. */
export function ageOf(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return [s, 's'];
  if (s < 3600) return [Math.round(s / 60), 'min'];
  if (s < 86400) return [Math.round(s / 3600), 'h'];
  return [Math.round(s / 86400), 'd'];
}

/** The age as text: "8 s". */
export const age = (ms) => ageOf(ms).join(' ');

/** A promise in seconds as text: "10 s", "2 min". */
export const seconds = (s) => (s < 60 ? s + ' s' : age(s * 1000));

const two = (n, digits = 2) => String(n).padStart(digits, '0');

/** The local time of day: 11:24:57, or with milliseconds. A time of another day has its date. */
export function clock(ms, fraction = false) {
  const d = new Date(ms),
    today = new Date(now());
  const time =
    [d.getHours(), d.getMinutes(), d.getSeconds()].map((n) => two(n)).join(':') +
    (fraction ? '.' + two(d.getMilliseconds(), 3) : '');
  return d.toDateString() === today.toDateString() ? time : day(d) + ' ' + time;
}

/** The same without seconds. */
export function minute(ms) {
  const d = new Date(ms),
    today = new Date(now());
  const time = two(d.getHours()) + ':' + two(d.getMinutes());
  return d.toDateString() === today.toDateString() ? time : day(d) + ' ' + time;
}

const day = (d) => d.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });

/** The mark of something that is stale or silent. */
export const mark = (kind, text) =>
  html`<span class="mark ${kind}">${icon(kind === 'stale' ? 'clock' : 'tri', true)}${text ?? kind}</span>`;
