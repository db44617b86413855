// A record laid out for reading, with a caret below the byte at which something is wrong.
import { html } from '../vendor/lit-html.js';
import { visible } from './names.js';

const longest = 20_000; // characters that are shown
const wide = 96; // of a line, before it is broken at the next comma

/** The index in a text of a byte of its UTF-8 form. */
export function charAt(text, byte) {
  let n = 0,
    i = 0;
  for (const c of text) {
    if (n >= byte) return i;
    const code = c.codePointAt(0);
    n += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    i += c.length;
  }
  return text.length;
}

/** Where a token that begins at i ends. */
export function tokenEnd(text, i) {
  if (i >= text.length) return i;
  if (text[i] === '"') {
    for (let j = i + 1; j < text.length; j++) {
      if (text[j] === '\\') j++;
      else if (text[j] === '"') return j + 1;
    }
    return text.length;
  }
  const rest = text.slice(i),
    m = /^[^\s,\]}:]+/.exec(rest);
  return i + Math.max(1, m ? m[0].length : 1);
}

/** Cuts JSON into lines after commas, at the outer levels first; other text at its own line breaks. */
export function lines(text) {
  const json = /^\s*[[{]/.test(text),
    all = [];
  let start = 0,
    depth = 0,
    string = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (string) {
      if (c === '\\') i++;
      else if (c === '"') string = false;
    } else if (c === '"' && json) string = true;
    else if ('[{'.includes(c)) depth++;
    else if (']}'.includes(c)) depth--;
    else if (c === '\n' || (json && c === ',' && (depth <= 1 || i - start > wide))) {
      all.push([start, c === '\n' ? i : i + 1]);
      start = i + 1;
    }
  }
  if (start < text.length) all.push([start, text.length]);
  return all;
}

/** The record for lit-html. offset is in bytes; undefined where it is not known. */
export function record(payload, offset) {
  const known = offset !== undefined,
    at = known ? charAt(payload, offset) : -1,
    end = known ? tokenEnd(payload, at) : -1;
  const from = known && at > longest / 2 ? at - longest / 2 : 0,
    text = payload.slice(from, from + longest);
  const out = [];
  for (const [a, b] of lines(text)) {
    const indent = out.length ? ' ' : '',
      line = text.slice(a, b),
      x = at - from - a,
      y = Math.min(end - from - a, line.length);
    if (!known || x < 0 || x >= Math.max(1, line.length)) {
      out.push(html`${indent}${visible(line)}\n`);
      continue;
    }
    const head = indent + visible(line.slice(0, x)),
      token = visible(line.slice(x, y));
    out.push(
      html`${head}<u>${token}</u>${visible(line.slice(y))}\n${' '.repeat([...head].length)}<span class="caret">${'^'.repeat(Math.max(1, [...token].length))}  byte ${offset}</span>\n`,
    );
  }
  if (known && at >= payload.length)
    out.push(html`<span class="caret">the record ends here, at byte ${offset}</span>`);
  return html`<pre class="code" tabindex="0" aria-label="The record">${from ? '…\n' : ''}${out}${text.length + from < payload.length ? '…' : ''}</pre>`;
}
