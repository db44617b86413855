// The dialog that chooses the columns of the list.
import { html } from '../vendor/lit-html.js';
import { set } from './state.js';
import { columns, choices } from './columns.js';
import { dialog } from './dialog.js';
import { visible } from './names.js';

const most = 6;

/** Opens the dialog. What is chosen is shown at once. */
export function choose() {
  dialog('Columns', (close, redraw) => {
    const chosen = columns();
    const toggle = (metric, on) => {
      const next = on ? [...chosen, metric] : chosen.filter((m) => m !== metric);
      set({ cols: next.length ? next.join(',') : '-' }, { replace: true });
      redraw();
    };
    return html`<h1>Columns</h1><p>At most ${most}, in the order in which they are chosen. The rest is in the detail.</p>
      <div class="choices">${choices().map(
        ([metric, n]) => html`<label><input type="checkbox" .checked=${chosen.includes(metric)}
        ?disabled=${!chosen.includes(metric) && chosen.length >= most} @change=${(e) => toggle(metric, e.target.checked)}><bdi>${visible(metric)}</bdi><span
        class="m3 small">${n > 1 ? n + ' datasets' : ''}</span></label>`,
      )}</div>
      <div class="acts"><button class="btn" @click=${() => {
        set({ cols: undefined }, { replace: true });
        redraw();
      }}>As usual</button>
      <button class="btn primary" @click=${close}>Done</button></div>`;
  });
}
