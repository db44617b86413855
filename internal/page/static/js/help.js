// The help dialog: the keyboard shortcuts, and notes about this page.
import { html } from '../vendor/lit-html.js';
import { dialog } from './dialog.js';
import { differs } from './clock.js';
import { single, setSingle } from './keys.js';

const keys = [
  [['/'], 'find'],
  [['↑', '↓', 'PgUp', 'PgDn', 'Home', 'End'], 'move'],
  [['Enter'], 'open'],
  [['Esc'], 'back, clear'],
  [['←', '→'], 'cells'],
  [['Tab'], 'list, detail, map'],
  [['m'], 'map: arrows move it, + and - zoom, 0 shows all'],
  [['c'], 'columns'],
  [['s'], 'stale only'],
  [['d'], 'datasets'],
  [['r'], 'rejects'],
  [['j', 'k'], 'next, previous reject'],
  [['y'], 'copy link'],
  [['u'], 'copy curl'],
  [['t'], 'theme'],
  [['?'], 'this'],
];

/** Opens the dialog. */
export function help() {
  dialog(
    'Keyboard and help',
    (close, redraw) => html`<h1>Keyboard</h1>
    <dl class="keytable">${keys.map(([k, what]) => html`<dt>${k.map((one) => html`<kbd>${one}</kbd>`)}</dt><dd>${what}</dd>`)}</dl>
    <hr><label><input type="checkbox" .checked=${single()} @change=${(e) => {
      setSingle(e.target.checked);
      redraw();
    }}>Single letters are keys</label>
    ${Math.abs(differs()) > 2000 ? html`<p>The clock of this machine differs from that of the twin by ${Math.round(Math.abs(differs()) / 1000)} s. Ages are counted with that of the twin.</p>` : ''}
    <p>Map: borders Natural Earth (public domain), lakes and Switzerland swisstopo and BFS by swiss-maps.</p>
    <div class="acts"><button class="btn primary" @click=${close}>Close</button></div>`,
  );
}
