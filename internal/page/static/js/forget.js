// Forgetting a component: how many readings go is counted first, and the name is typed before anything is done.
import { html } from '../vendor/lit-html.js';
import { dialog } from './dialog.js';
import { run } from './runs.js';
import { component as shownName, visible, counted } from './names.js';
import { clock } from './clock.js';
import { wake } from './live.js';

/** Opens the dialog for a component. */
export function forget(name) {
  let count = null,
    typed = '',
    going = null,
    failed = '',
    draw = () => {};
  run({ kind: 'forget', component: name, dryRun: true })
    .then(
      (r) => {
        count = r.counts.readings ?? 0;
      },
      (e) => {
        failed = e.message;
      },
    )
    .finally(() => draw());
  dialog('Forget ' + visible(name), (close, redraw) => {
    draw = redraw;
    const start = async () => {
      going = { state: 'running', counts: {} };
      redraw();
      try {
        await run({ kind: 'forget', component: name, dryRun: false }, (r) => {
          going = r;
          redraw();
        });
      } catch (e) {
        failed = e.message;
      }
      wake();
      redraw();
    };
    if (failed)
      return html`<h1>Not forgotten</h1><p>${failed}</p><div class="acts"><button class="btn primary" @click=${close}>Close</button></div>`;
    if (going) {
      const done = going.state === 'done',
        until = going.notBefore ? Date.parse(going.notBefore) : 0;
      return html`<h1>${done ? html`${shownName(name)} is forgotten` : html`Forgetting ${shownName(name)}`}</h1><p role="status">${
        done
          ? 'It comes back with its next record.'
          : `No writer may still use an older list: it waits${until ? ' until ' + clock(until) : ''}. It goes on if this page is closed.`
      }</p>
        <div class="acts"><button class="btn primary" @click=${close}>Close</button></div>`;
    }
    return html`<h1>Forget ${shownName(name)}?</h1><p>${count === null ? 'Its readings are being counted.' : `${counted(count, 'reading')} ${count === 1 ? 'goes' : 'go'}. It comes back with its next record.`} Type the name to go on.</p>
      <input type="text" aria-label="The name of the component" autocomplete="off" spellcheck="false" .value=${typed} @input=${(
        e,
      ) => {
        typed = e.target.value;
        redraw();
      }}>
      <div class="acts"><button class="btn" @click=${close}>Cancel</button><button class="btn danger" id="doforget" ?disabled=${typed !== name || count === null} @click=${start}>Forget</button></div>`;
  });
}
