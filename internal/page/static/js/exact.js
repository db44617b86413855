// JSON with numbers as they were written: 22.0 stays "22.0", and an integer of 20 digits keeps them all.

/** A number whose text says more than a double does. */
export class Exact {
  constructor(number, text) {
    this.number = number;
    this.text = text;
  }
  valueOf() {
    return this.number;
  }
  toString() {
    return this.text;
  }
  toJSON() {
    return JSON.rawJSON ? JSON.rawJSON(this.text) : this.number;
  }
}

function exact(key, value, context) {
  if (typeof value !== 'number' || !context?.source || String(value) === context.source) return value;
  return new Exact(value, context.source);
}

/** Reads JSON text. Browsers without the source of a value give numbers as doubles. */
export const parse = (text) => JSON.parse(text, exact);

/** Tells whether a value of parse is a number. */
export const isNumber = (value) => typeof value === 'number' || value instanceof Exact;
