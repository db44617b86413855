// The records of a dataset a minute, for the last hour, as bars.
import { html, svg } from '../vendor/lit-html.js';
import { minute, clock, now } from './clock.js';

const W = 540,
  H = 64,
  step = 9;

/** The bars of the minutes of an activity. */
export function chart(d) {
  const a = d.activity,
    from = Date.parse(a.minutes[0].from),
    highest = Math.max(a.usual * 60, ...a.minutes.map((m) => m.records), 1);
  const silent = d.state === 'silent' || d.state === 'stale',
    bars = [];
  a.minutes.forEach((m, i) => {
    const x = i * step,
      at = Date.parse(m.from);
    if (m.records) {
      const h = Math.max(2, (m.records / highest) * (H - 6));
      bars.push(svg`<rect x="${x}" y="${H - h}" width="7" height="${h}"/>`);
    } else
      bars.push(
        svg`<rect class="${silent && at > a.last ? 'none' : 'calm'}" x="${x}" y="${H - 2}" width="7" height="2"/>`,
      );
  });
  const y = H - ((a.usual * 60) / highest) * (H - 6),
    lastX = ((a.last - from) / 60_000) * step;
  const label =
    `Records by minute since ${minute(from)}: ` +
    (a.minutes.some((m) => m.records) ? `usually ${Math.round(a.usual * 60)}` : 'none');
  return html`<svg class="chart" viewBox="0 0 ${W} ${H + 20}" role="img" aria-label="${label}">
    ${a.usual ? svg`<line x1="0" x2="${W}" y1="${y}" y2="${y}"/>` : ''}${bars}
    <g>${svg`<text x="0" y="${H + 16}">${minute(from)}</text>`}${
      silent && a.last > from && lastX > 60 && lastX < W - 60
        ? svg`<text class="bad" x="${lastX}" y="${H + 16}" text-anchor="middle">${clock(a.last)} last record</text>`
        : ''
    }${svg`<text x="${W}" y="${H + 16}" text-anchor="end">${minute(now())}</text>`}</g></svg>`;
}
