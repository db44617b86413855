// The pane of one reject: what is wrong, the record, the SQL that reads it, and the replay of its kind.
import { html, nothing } from '../vendor/lit-html.js';
import { rejects, readOne } from './rejects.js';
import { openKind, openRecord, step } from './rejectsview.js';
import { visible, counted, shown } from './names.js';
import { clock, mark } from './clock.js';
import { record } from './record.js';
import { extractorOf } from './extractor.js';
import { datasets } from './datasets.js';
import { redraw } from './redraw.js';
import { replay } from './replay.js';
import { copy } from './copy.js';
import { link } from './state.js';
import { icon } from './icons.js';

/** Saves the record as a file. */
function download(r) {
  const bytes = r.payloadBase64 ? Uint8Array.from(atob(r.payloadBase64), (c) => c.charCodeAt(0)) : r.payload;
  const a = document.createElement('a');
  a.href = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
  a.download = r.id.replace(/[^\w.-]+/g, '-') + (r.payloadBase64 ? '.bin' : '.json');
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 10_000);
}

function head(r, p, kind) {
  const at = rejects.records.findIndex((x) => x.id === r.id),
    where = p?.offset === undefined ? '' : ` at byte ${p.offset}`;
  return html`<div class="dh"><h1><bdi>${visible(p?.detail ?? 'Nothing is known of what is wrong')}</bdi></h1><span class="acts keep">
      <button class="btn" ?disabled=${at <= 0} @click=${() => step(-1)} aria-keyshortcuts="k">Previous</button><button class="btn" ?disabled=${at < 0 || at >= rejects.records.length - 1} @click=${() => step(1)}
        aria-keyshortcuts="j">Next</button><button class="btn" @click=${(e) => copy(location.href, e.currentTarget)}>Copy link</button>${
          r.payload || r.payloadBase64
            ? html`<button class="btn" @click=${() => download(r)}>Download record</button>`
            : ''
        }</span>
    <p>${p?.column ? html`<b><bdi>${visible(p.column)}</bdi></b>` : ''}${where}${p?.column || where ? ' · ' : ''}${r.dataset ? shown(r.dataset) : 'no dataset'}${r.component ? html` · <bdi>${visible(r.component)}</bdi>` : ''} · ${mark('rej', p?.reason ?? r.kind)}${at >= 0 && kind ? ` · record ${at + 1} of ${kind.count}` : ''}</p></div>`;
}

function theRecord(r, p) {
  const place = [
    r.stream && 'stream ' + r.stream,
    r.shard && 'shard ' + r.shard,
    r.sequence && 'sequence ' + r.sequence,
  ]
    .filter(Boolean)
    .join(', ');
  const text =
    r.payload ??
    (r.payloadBase64
      ? 'It is no text: ' + counted(r.size, 'byte') + '. Download it.'
      : 'The record itself is not kept: its position says where it is.');
  return html`<div class="sect"><div class="sh"><h2>The record</h2><span class="m3 small"><bdi>${visible(place)}</bdi>${r.receivedAt ? ` · received ${clock(Date.parse(r.receivedAt), true)}` : ''} · laid out for reading</span></div>
    ${record(text, r.payload ? p?.offset : undefined)}
    ${
      r.problems.length > 1
        ? html`<p class="m2 gap2">${counted(r.problems.length + (r.moreProblems ?? 0), 'problem')} in this record: ${r.problems
            .slice(1, 6)
            .map(
              (q, i) =>
                html`${i ? '; ' : ''}${q.column ? html`<span class="strong"><bdi>${visible(q.column)}</bdi></span>: ` : ''}<bdi>${visible(q.detail)}</bdi>`,
            )}${r.problems.length > 6 ? '…' : '.'}</p>`
        : ''
    }
    ${r.replayed ? html`<p class="m2 gap2">The run ${r.replayed} has replayed it.</p>` : ''}</div>`;
}

/** The line of SQL that declares the column, with its neighbours where the twin shows the SQL. */
function theSQL(r, p) {
  if (!p?.line) return nothing;
  const d = datasets.get(r.dataset),
    x = d?.extractor ? extractorOf(r.dataset, d.extractor, redraw) : null;
  // While the SQL is asked for, its lines have their room: nothing moves when they come.
  const around =
    x === undefined
      ? Array(p.line)
          .fill('')
          .with(p.line - 1, p.sql)
          .concat('')
      : x?.lines[p.line - 1] === p.sql
        ? x.lines
        : null;
  const lines = around ? around.slice(Math.max(0, p.line - 2), p.line + 1) : [p.sql],
    first = around ? Math.max(1, p.line - 1) : p.line;
  const name =
    p.column
      .split(/[.[]/)
      .filter((s) => !/^\d*\]?$/.test(s))
      .at(-1) ?? '';
  const m = new RegExp(
      '`?\\b' + name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') + '`?\\s+[A-Z_]+(\\(\\d+\\))?',
      'u',
    ).exec(p.sql),
    at = m?.index ?? -1;
  const column = at < 0 ? '' : ', column ' + (at + 1);
  return html`<div class="sect"><div class="sh"><h2>The SQL that reads it</h2><span class="m3 small"><bdi>${visible(r.dataset)}</bdi>.sql, line ${p.line}${column}${d?.extractor ? ` · extractor ${d.extractor}` : ''}</span></div>
    <pre class="code" tabindex="0" aria-label="The SQL that reads it">${lines.map((text, i) => {
      const n = first + i,
        number = html`<span class="m3">${String(n).padEnd(5)}</span>`;
      if (n !== p.line || at < 0) return html`${number}${text}\n`;
      return html`${number}${text.slice(0, at)}<u>${m[0]}</u>${text.slice(at + m[0].length)}\n${' '.repeat(5 + at)}<span class="caret">${'^'.repeat(m[0].length)}</span>\n`;
    })}</pre></div>`;
}

/** The pane of the reject that is open. */
export function rejectDetail() {
  const kind = openKind(),
    id = openRecord(),
    home = link({ view: 'explore', reject: undefined, kind: undefined });
  const back = html`<div class="dback phone-only"><a class="btn quiet" href=${home}>${icon('back')}Components</a></div>`;
  if (!id)
    return html`${back}<p class="hint">${rejects.allowed === false ? 'You may read this twin, not its rejects. Ask for the scope of operators.' : 'Choose a kind of rejects. Its records, and what is wrong with them, are shown here.'}</p>`;
  readOne(id);
  const r = rejects.shown;
  if (r.loading) return html`${back}<p class="hint">The reject is being read.</p>`;
  if (r.error) return html`${back}<p class="hint">${r.error}</p>`;
  const p = r.problems[0];
  return html`${back}${head(r, p, kind)}${theRecord(r, p)}${theSQL(r, p)}${kind ? replay(kind) : ''}`;
}
