// Why a value is what it is: measured, received, extracted, kept.
import { html, nothing } from '../vendor/lit-html.js';
import { now, age, clock } from './clock.js';
import { textOf, unitOf } from './value.js';
import { visible } from './names.js';
import { past } from './history.js';
import { extractorOf, lineOf, statementAt } from './extractor.js';
import { redraw } from './redraw.js';

/** A delay in ms as text: +0.9 s. */
const delay = (ms) => (ms < 59_950 ? '+' + (ms / 1000).toFixed(1) + ' s' : '+' + age(ms));

const strong = (sql, metric) => {
  const literal = "'" + metric + "'",
    at = sql.indexOf(literal);
  return at < 0 ? sql : html`${sql.slice(0, at)}<u>${literal}</u>${sql.slice(at + literal.length)}`;
};

function received(r) {
  const s = r.source;
  if (!s?.receivedAt && !s?.stream) return nothing;
  const at = s.receivedAt ? Date.parse(s.receivedAt) : 0;
  return html`<li><span class="when">${at ? delay(at - r.at) : ''}</span><div><b>Received</b>${
    s.stream
      ? html` on stream <bdi>${visible(s.stream)}</bdi>, shard <bdi>${visible(s.shard ?? '')}</bdi>,
    sequence <bdi>${visible(s.sequence ?? '')}</bdi>`
      : html` ${clock(at, true)}`
  }</div></li>`;
}

function extracted(r) {
  const hash = r.source?.extractor;
  if (!hash) return nothing;
  const x = extractorOf(r.dataset, hash, redraw),
    line = x ? lineOf(x, r.metric) : 0;
  return html`<li><span class="when"></span><div><b>Extracted</b> by <bdi>${visible(r.dataset)}</bdi>.sql${line ? ', line ' + line : ''}, extractor ${hash}${
    line ? html`<pre class="code">${strong(statementAt(x, line), r.metric)}</pre>` : ''
  }</div></li>`;
}

function kept(c, r) {
  const before = past(c.name, r.metric)?.before,
    stale = r.stale <= now();
  return html`<li><span class="when"></span><div><b>Kept</b>, ${before ? 'being newer than ' + clock(before, true) : 'being the newest'}; ${
    r.stale === Infinity
      ? 'nothing was promised, so it never is stale'
      : 'stale ' + (stale ? 'since ' : 'from ') + clock(r.stale)
  }</div></li>`;
}

/** The way of the reading of a metric. */
export function why(c, metric) {
  const r = c.readings.get(metric);
  if (!r) return nothing;
  return html`<div class="why"><h2>Why <bdi>${visible(metric)}</bdi> is <bdi>${textOf(r.value)}</bdi> ${visible(unitOf(r.unit))}</h2><ol>
    <li class="now"><time datetime=${r.eventTime}>${age(now() - r.at)} ago</time><div><b>Measured</b> ${clock(r.at, true)}, the event time in the record</div></li>
    ${received(r)}${extracted(r)}${kept(c, r)}</ol></div>`;
}
