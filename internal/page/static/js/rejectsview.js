// The view of rejects: kinds, and the records of the one that is open.
import { html, render } from '../vendor/lit-html.js';
import { state, set } from './state.js';
import { rejects, keyOf, readRecords } from './rejects.js';
import { count, counted, visible } from './names.js';
import { minute, clock } from './clock.js';
import { datasets } from './datasets.js';
import { hour } from './datasetpane.js';

const pane = document.getElementById('listpane');

/** What is wrong with a kind, in one line: “81,8” does not fit DOUBLE. */
export const wrong = (k) => (k.column ? visible(k.column) + ': ' : '') + visible(k.detail || k.reason);

/** The kind that is open, undefined for none. */
export const openKind = () => rejects.kinds.find((k) => keyOf(k) === state.kind) ?? rejects.kinds[0];

/** The record that is open. */
export const openRecord = () => state.reject ?? rejects.records[0]?.id;

function kindRow(k, i, chosen) {
  const on = keyOf(k) === keyOf(chosen),
    first = minute(Date.parse(k.first)),
    last = minute(Date.parse(k.last));
  return html`<div class="row" role="row" tabindex=${on ? 0 : -1} aria-rowindex=${i + 2} aria-selected=${on} @click=${() => pick(k)}>
    <span role="gridcell"><span class="t" title=${wrong(k)}>${wrong(k)}</span><span class="d"><bdi>${visible(k.dataset)}</bdi> · ${k.reason}${k.again ? ` · ${count(k.again)} again after a replay` : ''}</span></span>
    <span role="gridcell" class="num strong">${count(k.count)}</span><span role="gridcell" class="num m2">${!k.first ? '' : first === last ? last : first + ' – ' + last}</span></div>`;
}

const pick = (k) => set({ kind: keyOf(k), reject: undefined }, { replace: true });
const pickRecord = (r) => set({ reject: r.id }, { replace: true });

/** Moves within rows by the keys, and keeps the focus on the row that is chosen. */
function move(e, all, at, choose) {
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[e.key];
  if (to === undefined || !all.length) return;
  e.preventDefault();
  e.stopPropagation();
  const grid = e.currentTarget;
  choose(all[Math.max(0, Math.min(all.length - 1, to))]);
  requestAnimationFrame(() => grid.querySelector('[aria-selected="true"]')?.focus());
}

function recordRow(r, i, id) {
  const on = r.id === id;
  return html`<div class="row" role="row" tabindex=${on ? 0 : -1} aria-rowindex=${i + 1} aria-selected=${on} @click=${() => pickRecord(r)}>
    <span role="gridcell" class="m2">${r.receivedAt ? clock(Date.parse(r.receivedAt), true) : ''}</span>
    <span role="gridcell" class="mono"><bdi>${visible(r.component || r.shard || '')}</bdi></span>
    <span role="gridcell" class="num mono" title=${visible(r.detail ?? '')}><bdi>${visible(r.detail ?? '')}</bdi></span>
    <span role="gridcell" class="num m3"><bdi>${visible(r.sequence ?? '')}</bdi></span></div>`;
}

/** Steps through the records of the open kind. */
export function step(by) {
  const at = rejects.records.findIndex((r) => r.id === openRecord()),
    next = rejects.records[at + by];
  if (next) pickRecord(next);
  return Boolean(next);
}

function body() {
  if (rejects.allowed === false) {
    return html`<div class="nothing">You may read ${state.dataset ? html`<bdi>${visible(state.dataset)}</bdi>` : 'this twin'}, not its rejects. Ask for the scope of operators.</div>`;
  }
  if (rejects.error) return html`<div class="nothing">The rejects cannot be read: ${rejects.error}</div>`;
  const chosen = openKind();
  if (!chosen)
    return html`<div class="nothing">${rejects.allowed === null ? 'The rejects are being read.' : 'There are no rejects of the last 24 h. Everything that came in could be used.'}</div>`;
  readRecords(chosen);
  const id = openRecord(),
    records = rejects.records,
    kindAt = rejects.kinds.findIndex((k) => keyOf(k) === keyOf(chosen));
  return html`<div class="gridwrap" role="grid" aria-label="Kinds of rejects" aria-rowcount=${rejects.kinds.length + 1}>
      <div class="rgrid" role="rowgroup"><div class="row head" role="row"><span role="columnheader">What is wrong</span><span role="columnheader" class="num sorted" aria-sort="descending">Records ↓</span><span
        role="columnheader" class="num">First – last</span></div></div>
      <div class="grid rgrid" role="rowgroup" @keydown=${(e) => move(e, rejects.kinds, kindAt, pick)}>${rejects.kinds.map((k, i) => kindRow(k, i, chosen))}</div></div>
    <div class="bar"><b>Records of this kind</b><span class="m3">${records.length < chosen.count ? `1 to ${count(records.length)} of ${count(chosen.count)}` : count(chosen.count)}</span></div>
    <div class="grid recs" role="grid" aria-label="Records of this kind" aria-rowcount=${records.length} @keydown=${(
      e,
    ) =>
      move(
        e,
        records,
        records.findIndex((r) => r.id === id),
        pickRecord,
      )}>${records.map((r, i) => recordRow(r, i, id))}</div>`;
}

function late() {
  let sum = 0,
    most = null;
  for (const d of datasets.values()) {
    const n = hour(d, 'late');
    sum += n;
    if (n && (!most || n > hour(most, 'late'))) most = d;
  }
  return html`<div class="sect latenote"><h2>Late is not rejected</h2><p class="m2">A change that is older than what is kept is counted as late and not used${
    sum
      ? html`: ${count(sum)} in an hour, most of
    <bdi>${visible(most.dataset)}</bdi>`
      : ''
  }. There is nothing to repair.</p></div>`;
}

/** Draws the pane of the list. */
export function draw() {
  pane.setAttribute('aria-label', 'Rejects');
  render(
    html`<div class="bar"><h1>${rejects.complete ? '' : 'At least '}${counted(rejects.total, 'reject')}</h1><span class="m3">of ${counted(rejects.kinds.length, 'kind')}, last 24 h</span><span class="sp"></span>
    ${
      state.dataset
        ? html`<button class="chip" aria-pressed="true" @click=${() => set({ dataset: undefined, kind: undefined, reject: undefined })}><bdi>${visible(state.dataset)}</bdi></button>`
        : html`<button class="chip" disabled>All datasets</button>`
    }</div>${body()}${late()}`,
    pane,
  );
}
