// Values as people read them: numbers as the API gives them, texts without quotes.
import { isNumber, Exact } from './exact.js';
import { positionOf } from './model.js';
import { visible } from './names.js';

/** A value as text. A position is cut to so many decimals, where a number of them is given. */
export function textOf(value, decimals) {
  if (value === undefined) return '';
  if (value === null) return 'null';
  if (typeof value === 'string') return visible(value);
  if (isNumber(value) || typeof value === 'boolean') return String(value);
  const position = positionOf(value);
  if (position && Object.keys(value).length === 2) {
    const part = (v, n) => (decimals === undefined ? String(v) : n.toFixed(decimals));
    return part(value.lat, position.lat) + ', ' + part(value.lon ?? value.lng, position.lon);
  }
  return visible(json(value));
}

/** A value as JSON, with numbers as they came. */
export function json(value, indent = '') {
  if (value instanceof Exact) return value.text;
  if (Array.isArray(value)) {
    if (!indent) return '[' + value.map((v) => json(v)).join(',') + ']';
    return value.length
      ? '[\n' + value.map((v) => indent + json(v, indent + '  ')).join(',\n') + '\n' + indent.slice(2) + ']'
      : '[]';
  }
  if (value !== null && typeof value === 'object') {
    const members = Object.entries(value).map(
      ([name, v]) => JSON.stringify(name) + (indent ? ': ' : ':') + json(v, indent && indent + '  '),
    );
    if (!indent) return '{' + members.join(',') + '}';
    return members.length ? '{\n' + members.map((m) => indent + m).join(',\n') + '\n' + indent.slice(2) + '}' : '{}';
  }
  return JSON.stringify(value);
}

/** A unit as people read it: that of a plain number is left out. */
export const unitOf = (unit) => (unit && unit !== '1' ? unit : '');

/** Compares two values: numbers before texts, what is missing last. */
export function compare(a, b) {
  const rank = (v) => (v === undefined ? 3 : isNumber(v) ? 0 : v === null ? 2 : 1);
  const x = rank(a),
    y = rank(b);
  if (x !== y) return x - y;
  if (x === 0) return Number(a) - Number(b);
  return textOf(a) < textOf(b) ? -1 : textOf(a) > textOf(b) ? 1 : 0;
}
