// The pane of the list: its head, what it says about the whole list, and the rows.
import { html, render } from '../vendor/lit-html.js';
import { state, set, link } from './state.js';
import { icon } from './icons.js';
import { List } from './list.js';
import { columns, heads, unitOfColumn } from './columns.js';
import { shown, update, count as countStale, sortAgain, kinds } from './filter.js';
import { dirty } from './model.js';
import { datasets } from './datasets.js';
import { connection } from './live.js';
import { loaded } from './load.js';
import { clock, now, mark } from './clock.js';
import { count, counted, visible } from './names.js';
import { choose } from './choose.js';

const pane = document.getElementById('listpane');
let list = null;

/** Makes the pane for the view of components. */
export function mount() {
  if (list) return;
  pane.setAttribute('aria-label', 'Components');
  const part = (name, role) => {
    const e = document.createElement('div');
    e.className = name;
    if (role) e.setAttribute('role', role);
    return e;
  };
  const bar = part('bar'),
    notes = part('notes'),
    wrap = part('gridwrap', 'grid');
  const head = part('list', 'rowgroup'),
    rows = part('grid list', 'rowgroup'),
    nothing = part('nothing');
  rows.tabIndex = -1;
  wrap.append(head, rows);
  wrap.setAttribute('aria-label', 'Components');
  pane.replaceChildren(bar, notes, wrap, nothing);
  list = new List(rows, head);
  Object.assign(list, { bar, notes, wrap, head, nothing });
}

/** Forgets the pane, before another view takes its place. */
export function unmount() {
  list = null;
}

export const theList = () => list;

function drawBar() {
  const filtered = shown.matching !== shown.all;
  render(
    html`<h1>${shown.all ? counted(shown.matching, 'component') : 'No components yet'}</h1>
    ${filtered ? html`<span class="m3 phone-hide">of ${count(shown.all)}</span>` : ''}<span class="sp"></span>
    ${
      shown.all
        ? html`<button class="chip" id="staleonly" aria-pressed="${state.stale === '1'}" aria-keyshortcuts="s"
      @click=${() => set({ stale: state.stale ? undefined : '1' })}>${icon('clock', true)}Stale only <span class="m3">${count(shown.stale)}</span></button>
    <button class="chip phone-hide" id="columns" aria-keyshortcuts="c" @click=${choose}>${icon('cols')}Columns</button>`
        : ''
    }`,
    list.bar,
  );
}

/** What is true of the whole list is said once. */
function drawNotes() {
  const d = datasets.get(state.dataset),
    all = [];
  list.onlyMarks = false;
  if (connection.kind === 'away' && connection.since) {
    all.push(html`<div class="listnote">${mark('stale', 'No answer since ' + clock(connection.since) + '.')}<span>Values are of that
      time. Trying again in ${Math.max(0, Math.ceil((connection.retry - now()) / 1000))} s.</span></div>`);
  }
  if (d && (d.state === 'silent' || d.state === 'stale') && shown.matching > 1 && shown.stale === shown.matching) {
    list.onlyMarks = true;
    all.push(html`<div class="listnote">${mark('stale', 'All ' + count(shown.matching) + ' are stale:')}<span><bdi>${visible(d.dataset)}</bdi>
      is ${d.state === 'silent' ? 'silent since ' + clock(d.silentSince) : 'stale'}</span></div>`);
  }
  if (connection.gap) {
    const g = connection.gap;
    all.push(html`<div class="listnote calm"><span>Some changes were missed${g.from && g.to ? ` between ${clock(Date.parse(g.from))} and ${clock(Date.parse(g.to))}` : ''};
      everything was read again.</span><button class="linkbtn" @click=${() => {
        connection.gap = null;
      }}>Close</button></div>`);
  }
  if (shown.moved) {
    all.push(
      html`<div class="listnote calm"><span>${count(shown.moved)} changed,</span><button class="linkbtn" @click=${sortAgain}>sort again</button></div>`,
    );
  }
  if (loaded.partial)
    all.push(
      html`<div class="listnote calm">The first ${count(shown.all)} components. More are found by the beginning of their names.</div>`,
    );
  render(all, list.notes);
}

function drawHead() {
  const by = state.sort ?? 'name',
    metrics = columns(),
    names = heads(metrics);
  const head = (key, text, kind, title) => {
    const sorted = by === key ? 'ascending' : by === '-' + key ? 'descending' : 'none';
    return html`<span role="columnheader" aria-sort=${sorted} class="${kind} ${sorted === 'none' ? '' : 'sorted'}" title="${title ?? ''}"><button
      @click=${() => {
        set({ sort: sorted === 'ascending' ? '-' + key : key === 'name' ? undefined : key });
        sortAgain();
      }}>${text}${sorted === 'ascending' ? ' ↑' : sorted === 'descending' ? ' ↓' : ''}</button></span>`;
  };
  render(
    html`<div class="row head" role="row">${head('name', 'Component', '')}${metrics.map((m, i) => {
      const unit = unitOfColumn(m),
        numeric = quantity(m);
      return head(
        m,
        html`<bdi>${visible(names[i])}</bdi>${unit ? ' ' + unit : ''}`,
        (numeric ? 'num' : '') + (i ? '' : ' drop'),
        visible(m),
      );
    })}${head('age', 'Age', 'num agehead')}</div>`,
    list.head,
  );
  const n = 'list n' + metrics.length;
  if (list.head.className !== n) {
    list.head.className = n;
    list.element.className = 'grid ' + n;
  }
}

/** Whether a column holds quantities: it declares a unit. */
function quantity(metric) {
  for (const d of datasets.values()) {
    for (const m of d.metrics) if (m.metric === metric && m.units.some((u) => u !== null)) return true;
  }
  return false;
}

function drawNothing() {
  let text = '';
  if (shown.rows.length) text = '';
  else if (!shown.all) {
    text =
      connection.kind === 'live'
        ? 'A component is listed here as soon as its first reading is kept. This page is connected and will show it by itself.'
        : '';
  } else if (state.q) {
    text = html`No component is called "<bdi>${visible(state.q)}</bdi>". Names begin with: ${kinds()
      .slice(0, 4)
      .map(
        (k, i) => html`${i ? ', ' : ''}<a href="${link({ q: k + ':' })}"><bdi>${visible(k)}</bdi></a>`,
      )}${kinds().length > 4 ? '…' : ''}`;
  } else if (state.stale) text = 'Nothing is stale.';
  else text = 'This dataset has no components yet.';
  render(text, list.nothing);
  list.nothing.hidden = !text;
  list.element.hidden = !shown.rows.length;
}

/** Draws the pane: all of it once a second and when something else is shown, else the rows that have changed. */
export function draw(all) {
  const before = list.onlyMarks;
  if (update(list.held()) || list.rows !== shown.rows) {
    list.show(shown.rows);
    list.wrap.setAttribute('aria-rowcount', shown.rows.length + 1);
    all = true;
  }
  if (all) {
    countStale();
    drawBar();
    drawNotes();
    drawHead();
    drawNothing();
  }
  list.draw(dirty.components, all || before !== list.onlyMarks);
}
