// The replay of a kind of rejects: a dry run first, and then one question with the numbers of what will be sent.
import { html } from '../vendor/lit-html.js';
import { keyOf, refresh, clear } from './rejects.js';
import { run } from './runs.js';
import { dialog } from './dialog.js';
import { count, counted, visible } from './names.js';
import { age, minute } from './clock.js';
import { redraw } from './redraw.js';

const tests = new Map(); // by kind: {run, error, at}

const request = (kind, dryRun) => ({
  kind: 'replay',
  dryRun,
  dataset: kind.dataset,
  reason: kind.reason || undefined,
  column: kind.column || undefined,
  like: kind.like || undefined,
});

async function test(kind) {
  const t = { running: true };
  tests.set(keyOf(kind), t);
  redraw();
  try {
    t.run = await run(request(kind, true));
  } catch (e) {
    t.error = e.message;
  }
  t.running = false;
  redraw();
}

/** How many readings a replay changes: "40 readings change." */
function effect(c) {
  const n = c.readings ?? 0;
  if (!n) return c.atLeast ? 'It is not known how many readings change.' : 'No reading changes.';
  return `${c.atLeast ? 'At least ' : ''}${counted(n, 'reading')} ${n === 1 ? 'changes' : 'change'}.`;
}

/** Asks once, with what will change, and then replays. */
function ask(kind, t) {
  const n = t.run.counts.passed ?? 0;
  let going = null,
    failed = '';
  dialog('Replay', (close, again) => {
    const start = async () => {
      going = { state: 'running', counts: {} };
      again();
      try {
        await run(request(kind, false), (r) => {
          going = r;
          again();
        });
        tests.delete(keyOf(kind));
        clear();
        refresh(true);
      } catch (e) {
        failed = e.message;
      }
      again();
    };
    if (failed)
      return html`<h1>The replay has stopped</h1><p>${failed}</p><div class="acts"><button class="btn primary" @click=${close}>Close</button></div>`;
    if (going) {
      const done = going.state === 'done';
      return html`<h1>${done ? 'Replayed' : 'Replaying'}</h1><p role="status">${counted(going.counts.records ?? 0, 'record')} read, ${count(going.counts.changes ?? 0)} changes sent.
        ${done ? '' : 'It goes on if this page is closed.'}</p><div class="acts"><button class="btn primary" @click=${close}>Close</button></div>`;
    }
    return html`<h1>Replay ${counted(n, 'record')} of <bdi>${visible(kind.dataset)}</bdi>?</h1><p>${effect(t.run.counts)} ${counted(t.run.counts.changes ?? 0, 'change')} are sent${t.run.seconds ? `, within ${age(t.run.seconds * 1000)}` : ''}.
      It cannot put an old value over a newer one.</p><div class="acts"><button class="btn" @click=${close}>Cancel</button><button class="btn primary" @click=${start}>Replay</button></div>`;
  });
}

function numbers(kind, t) {
  const c = t.run.counts,
    records = c.records ?? 0,
    passed = c.passed ?? 0,
    still = Object.values(c.rejected ?? {}).reduce((n, x) => n + x, 0);
  return html`<dl class="funnel"><div><dt>Records of this kind</dt><dd>${count(records)}</dd><dd class="sub">${c.skipped ? count(c.skipped) + ' have no record' : 'of the last 30 days'}</dd></div>
      <div><dt>Can now be read</dt><dd>${count(passed)}</dd><dd class="sub">${still ? counted(still, 'record').replace('records', 'are').replace('record', 'is') + ' still rejected' : 'all of them'}</dd></div>
      <div class="here"><dt>Changes</dt><dd>${count(passed ? (c.changes ?? 0) : 0)}</dd><dd class="sub">${passed ? `${Number(((c.changes ?? 0) / Math.max(1, records)).toFixed(1))} from each record` : 'nothing to send'}</dd></div>
      <div><dt>Time</dt><dd>${age((t.run.seconds ?? 0) * 1000)}</dd><dd class="sub">at ${t.run.rate ?? 100} records/s</dd></div></dl>
    <div class="after"><button class="btn primary" id="replay" ?disabled=${!passed} @click=${() => ask(kind, t)}>Replay ${counted(passed, 'record')}…</button>
      <button class="btn" @click=${() => test(kind)}>Test again</button><span class="m2">${passed ? effect(c) : ''} It cannot put an old value over a newer one.</span></div>`;
}

/** The block of the replay in the pane of a reject. */
export function replay(kind) {
  const t = tests.get(keyOf(kind));
  if (!kind.dataset) return '';
  return html`<div class="sect"><div class="sh"><h2>Replay</h2><span class="m3">${
    !t
      ? 'A dry run tells what the deployed SQL makes of them now. Nothing is sent.'
      : t.running
        ? 'The dry run is under way.'
        : t.run
          ? `Dry run at ${minute(Date.parse(t.run.created))} with extractor ${t.run.extractor ?? ''}. Nothing has been sent.`
          : ''
  }</span></div>
    ${
      t?.run
        ? numbers(kind, t)
        : t?.error
          ? html`<p class="m2">${t.error}</p><div class="after"><button class="btn" @click=${() => test(kind)}>Test again</button></div>`
          : html`<div class="after"><button class="btn" id="testreplay" ?disabled=${t?.running} @click=${() => test(kind)}>Test the replay</button></div>`
    }</div>`;
}
