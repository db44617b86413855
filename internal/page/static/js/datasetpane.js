// The pane of one dataset: what comes in, what it means where that has stopped, and what to look at next.
import { html, nothing } from '../vendor/lit-html.js';
import { state, set, link } from './state.js';
import { datasets, ordered, rate, active } from './datasets.js';
import { shown as list } from './filter.js';
import { visible, shown, count, counted } from './names.js';
import { age, ageOf, clock, now, mark, seconds, minute } from './clock.js';
import { chart } from './chart.js';
import { copy } from './copy.js';
import { icon } from './icons.js';
import { rejects } from './rejects.js';
import { empty } from './empty.js';

/** The sum over the last hour. */
export const hour = (d, what) => d.activity?.minutes.reduce((n, m) => n + m[what], 0) ?? 0;

const percent = (part, of) => (of && part ? ((part / of) * 100).toFixed(1) + ' %' : '');

function facts(d) {
  const a = d.activity,
    late = hour(d, 'late'),
    rejected = hour(d, 'rejected'),
    [n, unit] = a.last ? ageOf(now() - a.last) : ['', ''];
  const text = rate(a.recordsPerSecond),
    at = text.indexOf('/'),
    first = a.minutes.find((m) => m.rejected);
  return html`<dl class="facts"><div><dt>Records</dt><dd>${text.slice(0, at)}<small> ${text.slice(at)}</small></dd><dd class="sub">${a.usual ? 'usually ' + rate(a.usual) : 'none yet'}</dd></div>
    <div><dt>Last record</dt><dd>${n}<small> ${unit}${a.last ? ' ago' : 'none yet'}</small></dd><dd class="sub">${d.intervalSeconds ? 'promised every ' + seconds(d.intervalSeconds) : 'nothing promised'}</dd></div>
    <div><dt>Late, last hour</dt><dd>${count(late)}</dd><dd class="sub">${percent(late, hour(d, 'changes')) ? percent(late, hour(d, 'changes')) + ' of changes' : ''}</dd></div>
    <div><dt>Rejects, last hour</dt><dd>${count(rejected)}</dd><dd class="sub">${rejected && rejects.allowed ? html`<a href=${link({ view: 'rejects', dataset: d.dataset, open: undefined })}>since ${minute(Date.parse(first.from))}</a>` : ''}</dd></div></dl>
    <div class="sect"><div class="sh"><h2>Records a minute, last hour</h2><span class="m3 small">${a.usual ? 'dashed: usual, ' + rate(a.usual) : ''}</span></div>${chart(d)}</div>`;
}

function meaning(d) {
  if (d.state === 'paused')
    return html`<div class="sect"><h2>Paused</h2><p class="m2 gap">It takes no records since ${clock(Date.parse(d.pausedSince))}: an operator has paused it. <code class="mono">twin resume ${visible(d.dataset)}</code> lets it go on.</p></div>`;
  if (d.state !== 'silent' && d.state !== 'stale') return nothing;
  const others = datasets.size - 1,
    at = minute(d.silentSince);
  return html`<div class="sect"><h2>What it means</h2><p class="m2 gap">${counted(list.matching, 'component')} ${list.matching === 1 ? 'shows' : 'show'} what was true at ${at} or before. Their readings are kept and marked stale.
      ${others ? `The other ${counted(others, 'dataset')} ${others === 1 ? 'does' : 'do'} not depend on this one.` : ''}</p></div>
    <div class="sect"><h2>What to look at next</h2><ol class="steps">
      <li><b>Does the producer send?</b> ${d.state === 'silent' ? `Nothing has arrived since ${clock(d.silentSince)}.` : `Records arrive, but their newest event time is ${clock(d.newest)}.`}
        <button class="linkbtn" @click=${(e) => copy(message(d), e.currentTarget)}>Copy a message</button> to the producer.</li>
      ${hour(d, 'rejected') && rejects.allowed ? html`<li><b>There are rejects.</b> ${count(hour(d, 'rejected'))} in the last hour: <a href=${link({ view: 'rejects', open: undefined })}>look at them</a>. The producer may have changed.</li>` : ''}
      <li><b>Is the extractor the right one?</b> ${d.extractor ?? 'It'} is deployed.</li></ol></div>`;
}

/** What an operator writes to a producer. */
const message = (d) =>
  `Nothing of ${d.dataset} has arrived since ${new Date(d.silentSince).toISOString()}. ` +
  `It is promised every ${seconds(d.intervalSeconds)}. Is something wrong at your side?`;

function others(d) {
  const rows = ordered()
    .filter((o) => o !== d && (o.state === 'silent' || o.state === 'stale' || hour(o, 'late') || hour(o, 'rejected')))
    .slice(0, 6);
  if (!rows.length || !active) return nothing;
  return html`<div class="sect tablewrap">${table(rows, 'Others to look at')}</div>`;
}

/** A table of datasets. */
export function table(rows, title) {
  const open = (o) =>
    set({ dataset: o.dataset, open: undefined, metric: undefined, cols: undefined, sort: undefined });
  return html`<table><thead><tr><th scope="col">${title}</th><th scope="col" class="num">Newest</th>${
    active
      ? html`<th scope="col" class="num">Records</th><th
    scope="col" class="num">Late, 1 h</th><th scope="col" class="num">Rejects, 1 h</th>`
      : html`<th scope="col" class="num">Promised</th>`
  }</tr></thead><tbody>${rows.map(
    (o) => html`<tr>
    <td class="dsname"><button @click=${() => open(o)} aria-current=${state.dataset === o.dataset ? 'true' : nothing}>${shown(o.dataset)}</button></td>
    <td class="num">${
      o.state === 'silent'
        ? mark('silent', 'silent ' + age(now() - o.silentSince))
        : o.state === 'stale'
          ? mark('stale', 'stale ' + age(o.age))
          : o.state === 'waiting'
            ? html`<span class="m3">no record yet</span>`
            : o.state === 'paused'
              ? 'paused'
              : o.age === null
                ? ''
                : age(o.age)
    }</td>
    ${
      active
        ? html`<td class="num">${o.activity ? rate(o.state === 'fresh' ? o.activity.usual || o.activity.recordsPerSecond : o.activity.recordsPerSecond) : ''}</td>
    <td class="num">${o.activity ? html`${count(hour(o, 'late'))} <span class="m3">${percent(hour(o, 'late'), hour(o, 'changes'))}</span>` : ''}</td><td class="num">${o.activity ? count(hour(o, 'rejected')) : ''}</td>`
        : html`<td class="num">${o.intervalSeconds ? 'every ' + seconds(o.intervalSeconds) : ''}</td>`
    }</tr>`,
  )}</tbody></table>`;
}

function metrics(d) {
  return html`<div class="sect tablewrap"><table><thead><tr><th scope="col">Metrics declared${d.extractor ? ' by extractor ' + d.extractor : ''}</th><th scope="col">Unit</th><th scope="col" class="num">Promised</th></tr></thead><tbody>${d.metrics.map(
    (m) => html`<tr>
    <td>${shown(m.metric)}</td><td class="m3"><bdi>${m.units.filter(Boolean).map(visible).join(', ')}</bdi></td><td class="num m3">${promised(d, m.metric)}</td></tr>`,
  )}</tbody></table></div>`;
}

const promised = (d, metric) => {
  const s = metric in d.metricIntervalSeconds ? d.metricIntervalSeconds[metric] : d.intervalSeconds;
  return s ? 'every ' + seconds(s) : 'nothing';
};

/** The pane of a dataset. */
export function datasetPane() {
  const d = datasets.get(state.dataset),
    home = link({ dataset: undefined, pane: undefined });
  if (!d)
    return html`<p class="hint">There is no dataset <bdi>${visible(state.dataset)}</bdi> that you may read.</p>`;
  if (d.state === 'waiting') return empty(d);
  const state_ =
    d.state === 'silent'
      ? mark('silent', 'silent for ' + age(now() - d.silentSince))
      : d.state === 'stale'
        ? mark('stale', 'stale for ' + age(now() - d.newest))
        : '';
  return html`<div class="dback phone-only"><a class="btn quiet" href=${home}>${icon('back')}Back</a></div>
    <div class="dh"><h1>${shown(d.dataset)} ${state_}</h1><span class="acts"><button class="btn" @click=${(e) => copy(location.href, e.currentTarget)}>Copy link</button></span><p>${d.description ? html`<bdi>${visible(d.description)}</bdi>` : nothing}</p></div>
    ${d.activity ? facts(d) : ''}${meaning(d)}${others(d)}${metrics(d)}`;
}
