// Names are hostile text. They go into the page as text nodes within <bdi>, and what cannot be seen is shown as a sign.
import { html } from '../vendor/lit-html.js';

// Control characters, bidi controls, invisible spaces and joiners, tags, and lone surrogates.
const invisible = new RegExp(
  '[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f' +
    '\\u200b-\\u200f\\u2028-\\u202f\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb]|' +
    '[\\u{e0000}-\\u{e0fff}]|\\p{Cs}',
  'gu',
);

const sign = (c) => {
  const code = c.codePointAt(0);
  return code < 0x20 ? String.fromCodePoint(0x2400 + code) : 'U+' + code.toString(16).toUpperCase().padStart(4, '0');
};

/** Cuts a text into pieces: {text} as it is, and {sign} for a character that cannot be seen. */
export function pieces(text) {
  const all = [];
  let at = 0;
  for (const m of text.matchAll(invisible)) {
    if (m.index > at) all.push({ text: text.slice(at, m.index) });
    all.push({ sign: sign(m[0]), code: 'U+' + m[0].codePointAt(0).toString(16).toUpperCase().padStart(4, '0') });
    at = m.index + m[0].length;
  }
  if (at < text.length || !all.length) all.push({ text: text.slice(at) });
  return all;
}

/** The text with signs, for places that hold text only. */
export const visible = (text) => text.replace(invisible, sign);

/** Where the id begins in kind:id. */
export const idAt = (name) => name.indexOf(':') + 1;

/** A name for lit-html. */
export const shown = (name) => html`<bdi>${pieces(name).map((p) => (p.sign ? signed(p) : p.text))}</bdi>`;

/** The name of a component for lit-html: its kind is grey. */
export function component(name) {
  const at = idAt(name);
  const part = (text) => pieces(text).map((p) => (p.sign ? signed(p) : p.text));
  return html`<bdi>${at ? html`<i class="kind">${part(name.slice(0, at))}</i>` : ''}${part(name.slice(at))}</bdi>`;
}

const signed = (p) => html`<b class="sign" title="invisible character ${p.code}">${p.sign}</b>`;

/** Fills an element with the name of a component, without lit-html: a list does it a thousand times a second. */
export function fill(element, name) {
  const at = idAt(name),
    bdi = document.createElement('bdi');
  if (at) {
    const kind = document.createElement('i');
    kind.className = 'kind';
    put(kind, name.slice(0, at));
    bdi.append(kind);
  }
  put(bdi, name.slice(at));
  element.replaceChildren(bdi);
}

function put(parent, text) {
  for (const p of pieces(text)) {
    if (!p.sign) {
      parent.append(p.text);
      continue;
    }
    const b = document.createElement('b');
    b.className = 'sign';
    b.title = 'invisible character ' + p.code;
    b.textContent = p.sign;
    parent.append(b);
  }
}

/** Cuts a text in its middle, so that its end stays. */
export function middle(text, most) {
  const all = [...text];
  if (all.length <= most) return text;
  return all.slice(0, Math.ceil(most / 2) - 1).join('') + '…' + all.slice(-Math.floor(most / 2)).join('');
}

/** A whole number with separators: 11,720. */
export const count = (n) => Number(n).toLocaleString('en');

/** "1 record", "2 records". */
export const counted = (n, noun) => count(n) + ' ' + noun + (Number(n) === 1 ? '' : 's');
