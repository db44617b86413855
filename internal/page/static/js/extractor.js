// The SQL of the datasets, where the twin shows it.
import { config, get } from './api.js';

const known = new Map(); // by dataset and hash: what the API says, or null

/** What the API says of the extractor of a dataset; undefined while it is asked for, null where it is not told. */
export function extractorOf(dataset, hash, then) {
  const key = dataset + '\n' + hash;
  if (known.has(key)) return known.get(key);
  known.set(key, config.inside ? undefined : null);
  if (!config.inside) return null;
  get('/v1/datasets/' + encodeURIComponent(dataset) + '/extractor')
    .then(({ body }) => {
      body.lines = body.sql.split('\n');
      known.set(key, body.extractor === hash ? body : null); // another version may have been deployed since
    })
    .catch(() => known.set(key, null))
    .finally(() => then?.());
  return undefined;
}

/** The line on which a metric is delivered, 0 where it is not known. */
export function lineOf(extractor, metric) {
  const exact = extractor.metrics.find((m) => m.metric === metric);
  if (exact) return exact.line;
  const pattern = (m) =>
    new RegExp(
      '^' +
        m
          .split('*')
          .map((p) => p.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
          .join('.*') +
        '$',
      's',
    );
  return extractor.metrics.find((m) => m.metric.includes('*') && pattern(m.metric).test(metric))?.line ?? 0;
}

/** Up to three lines from a line on: up to where the next branch of the SQL begins. */
export function statementAt(extractor, line) {
  const lines = [extractor.lines[line - 1]];
  for (let i = line; i < line + 3 && i < extractor.lines.length; i++) {
    if (/^\s*(UNION|SELECT|INSERT|;|--|$)/i.test(extractor.lines[i]) || lines.at(-1).trimEnd().endsWith(';')) break;
    lines.push(extractor.lines[i]);
  }
  return lines.map((l, i) => (i ? '  ' : '') + l.trim().replace(/ {2,}/g, ' ')).join('\n');
}
