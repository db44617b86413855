// What to do first: nothing has been sent yet.
import { html } from '../vendor/lit-html.js';
import { config } from './api.js';
import { link } from './state.js';
import { visible } from './names.js';
import { age, now } from './clock.js';
import { copy } from './copy.js';
import { rejects } from './rejects.js';
import { count } from './names.js';

const command = (text) =>
  html`<div class="cmd"><code>${visible(text)}</code><button class="linkbtn" @click=${(e) => copy(text, e.currentTarget)}>Copy</button></div>`;

/** The records, changes and readings of a dataset that waits: the step that it waits at is tinted. */
function funnel(d) {
  const a = d.activity,
    records = a?.records ?? 0,
    changes = a?.changes ?? 0,
    here = !records ? 1 : 2;
  const n = (v, word) => html`<dd class=${v ? '' : word}>${count(v)}</dd>`;
  return html`<dl class="funnel"><div><dt>SQL</dt><dd class="word">accepted</dd><dd class="sub mono">${d.extractor ?? ''}</dd></div>
    <div class=${here === 1 ? 'here' : ''}><dt>Records</dt>${n(records, '')}<dd class="sub">${here === 1 ? 'it waits here' : count(a?.rejected ?? 0) + ' rejected'}</dd></div>
    <div class=${here === 2 ? 'here' : ''}><dt>Changes</dt>${n(changes, 'zero')}<dd class="sub">${d.metrics.length} metrics declared</dd></div>
    <div><dt>Readings</dt>${n(a?.applied ?? 0, 'zero')}<dd class="sub">${count(a?.late ?? 0)} late, ${count(a?.rejected ?? 0)} rejected</dd></div></dl>`;
}

/** The pane of a dataset without a record. */
export function empty(d) {
  const name = visible(d.dataset),
    rejected = d.activity?.rejected ?? 0,
    local = config.environment === 'local';
  const send = `curl --data-binary @record.json '${config.api}/dev/records/${encodeURIComponent(d.dataset)}'`;
  return html`<div class="firststeps"><h1>${rejected ? 'The first record could not be read' : html`<bdi>${name}</bdi> waits for its first record`}</h1>
    <p class="m2 gap">${rejected ? html`<a href=${link({ view: 'rejects', dataset: d.dataset })}>See what is wrong.</a>` : html`The SQL is good. Nothing has been sent to it${d.activity ? (local ? ` in the ${age(now() - d.activity.started)} since twin up` : ' in the last hour') : ' yet'}.`}</p>
    ${funnel(d)}
    <h2>Next</h2><ol class="steps wide">
      <li><b>Try the SQL on a record you have.</b> It prints the readings, and a mistake where it stands.${command(`twin check extractors/${d.dataset}.sql sample.ndjson`)}</li>
      ${
        local
          ? html`<li><b>Send a record to this twin.</b> What it becomes is shown here within a second.${command(send)}</li>
      <li><b>Have a file replayed,</b> with a record on each line.${command(`twin up --feed ${d.dataset}=sample.ndjson`)}</li>`
          : html`<li><b>Put a record into its source stream.</b> What it becomes is shown here within seconds.</li>`
      }</ol>
    <div class="two-up"><div><h2>Sent data, and still nothing?</h2><p class="m2">${rejects.allowed === false ? 'Ask an operator for its rejects. That' : html`Look under <a href=${link({ view: 'rejects' })}>Rejects</a>: it`} shows the record, what could not be read, and where.</p></div>
      ${local ? html`<div><h2>Only looking around?</h2><p class="m2"><span class="mono">twin up</span> without <span class="mono">--extractors</span> brings 40 wagons and 10 recorded feeds.</p></div>` : ''}</div></div>`;
}
