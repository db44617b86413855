// The header: brand, search, views, connection, theme and help. The tabs at the bottom of a phone are the same views.
import { html, nothing, render, svg } from '../vendor/lit-html.js';
import { state, set, link } from './state.js';
import { config } from './api.js';
import { icon } from './icons.js';
import { connection, wake } from './live.js';
import { clock } from './clock.js';
import { recordsPerSecond } from './datasets.js';
import { components } from './model.js';
import { count } from './names.js';
import { isDark, toggle } from './theme.js';
import { needed, signedIn, signIn, signOut } from './auth.js';
import { restart } from './live.js';
import { rejects } from './rejects.js';
import { help } from './help.js';

const brand = html`<a class="brand" href="#/explore"><svg viewBox="0 0 18 18" aria-hidden="true">${svg`<circle cx="6.5"
  cy="9" r="4.5"/><circle class="twin" cx="11.5" cy="9" r="4.5"/>`}</svg>Digital Twin</a>`;

function search() {
  return html`<label class="search">${icon('search')}<span class="sr">Find a component</span><input id="search" type="search"
    placeholder="Find a component or a kind" autocomplete="off" spellcheck="false" aria-keyshortcuts="/" maxlength="1024"
    .value=${state.q ?? ''} @input=${(e) => set({ q: e.target.value, view: 'explore' }, { replace: true })}><kbd>/</kbd></label>`;
}

/** The number beside Rejects: in red where something is to be done. */
function rejectCount(short) {
  if (!rejects.total) return '';
  const text =
    short && rejects.total >= 1000
      ? (rejects.total / 1000).toFixed(rejects.total < 100_000 ? 1 : 0) + 'k'
      : count(rejects.total);
  return html`<span class="count ${rejects.total >= 100 ? 'bad' : ''}">${text}</span>`;
}

const current = (view) => (state.view === view ? 'page' : nothing);

function views() {
  const to = (view) => link({ view, reject: undefined, open: view === 'explore' ? state.open : undefined });
  return html`<nav aria-label="Views">
    <a href="${to('explore')}" aria-current=${current('explore')}>Explore</a>
    <a href="${to('datasets')}" aria-current=${current('datasets')}>Datasets</a>
    ${rejects.allowed === false ? '' : html`<a href="${to('rejects')}" aria-current=${current('rejects')}>Rejects${rejectCount(false)}</a>`}
    <a href="docs">API</a></nav>`;
}

/** How the page is connected, in words. */
function live() {
  const rate = recordsPerSecond();
  switch (connection.kind) {
    case 'starting':
      return html`<span class="live off">Connecting</span>`;
    case 'out':
      return html`<span class="live off">Signed out</span>`;
    case 'away':
      return html`<span class="live off">Reconnecting<span class="m3 phone-hide">${connection.since ? 'values of ' + clock(connection.since) : ''}</span></span>`;
  }
  if (!components.size) return html`<span class="live">Connected, nothing yet</span>`;
  return html`<span class="live">Live<span class="m3 phone-hide">${rate === null ? '' : count(Math.round(rate)) + ' records/s'}</span></span>`;
}

function leave() {
  signOut();
  restart();
  wake();
}

/** Draws the header and the tabs. */
export function draw() {
  const dark = isDark();
  render(
    html`<div class="h1">${brand}${config.environment ? html`<span class="env" title="Environment">${config.environment}</span>` : ''}${search()}</div>
    ${views()}
    <div class="h3"><span id="connection">${live()}</span>
    ${!needed() ? '' : signedIn() ? html`<button class="btn quiet phone-hide" @click=${leave}>Sign out</button>` : html`<button class="btn" @click=${signIn}>Sign in</button>`}
    <button class="btn quiet icon" id="theme" aria-label="${dark ? 'Light' : 'Dark'} theme" @click=${toggle}>${icon(dark ? 'sun' : 'moon')}</button>
    <button class="btn quiet icon helpbtn" aria-label="Keyboard and help" @click=${help}><kbd>?</kbd></button></div>`,
    document.getElementById('header'),
  );
  const tab = (name, text, to, on, extra = '') =>
    html`<a href="${to}" aria-current=${on ? 'page' : nothing}>${icon(name)}${text}${extra}</a>`;
  const map = document.body.classList.contains('mapover');
  render(
    html`${tab('list', 'List', link({ view: 'explore', open: undefined, pane: undefined }), state.view === 'explore' && !map)}
    ${tab('map', 'Map', link({ view: 'explore', pane: 'map' }), state.view === 'explore' && map)}
    ${tab('db', 'Datasets', link({ view: 'datasets', dataset: undefined, open: undefined, pane: undefined }), state.view === 'datasets')}
    ${rejects.allowed === false ? '' : tab('rej', 'Rejects', link({ view: 'rejects', reject: undefined, open: undefined, pane: undefined }), state.view === 'rejects', rejectCount(true))}`,
    document.getElementById('tabs'),
  );
}
