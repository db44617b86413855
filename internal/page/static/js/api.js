// Requests to the API. Every answer teaches the server's clock; what is refused is a Refusal.
import { parse } from './exact.js';
import { learn } from './clock.js';

/** What config.json says, and the URL before /v1. */
export const config = { api: location.origin, environment: '', feed: false, inside: false, activity: 0, signIn: null };

/** Reads config.json, which is served beside this page. */
export async function configure() {
  const answer = await fetch('page/config.json');
  const c = await answer.json();
  Object.assign(config, c, { api: (c.api || location.origin).replace(/\/$/, '') });
}

/** An answer of the API that is no success: its status and its problem (RFC 9457). */
export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.title || 'HTTP ' + status);
    this.status = status;
    this.problem = problem;
  }
}

let authorization = async () => ({}); // the headers of a request
let refused = async () => false; // is told of a 401; true is to try again

/** Says how requests are authorized. */
export function authorizeBy(headers, onRefused) {
  authorization = headers;
  refused = onRefused;
}

/** Sends a request below the API's URL and returns the answer of fetch. */
export async function request(path, { method = 'GET', body, headers = {}, signal } = {}) {
  for (let tried = false; ; tried = true) {
    const sent = Date.now();
    const answer = await fetch(config.api + path, {
      method,
      signal,
      cache: 'no-store',
      credentials: 'omit',
      headers: { ...(await authorization()), ...(body ? { 'Content-Type': 'application/json' } : {}), ...headers },
      body: body && JSON.stringify(body),
    });
    learn(answer.headers.get('Date'), sent);
    if (answer.status === 401 && !tried && (await refused())) continue;
    if (answer.ok || answer.status === 304) return answer;
    let problem = {};
    try {
      problem = await answer.json();
    } catch {
      /* not from the API: a gateway on the way */
    }
    throw new Refusal(answer.status, problem);
  }
}

/** Gets JSON. With the ETag of the last answer it returns {unchanged: true} where that still holds. */
export async function get(path, { signal, tag } = {}) {
  const answer = await request(path, { signal, headers: tag ? { 'If-None-Match': tag } : {} });
  if (answer.status === 304) return { unchanged: true, tag };
  return { body: parse(await answer.text()), tag: answer.headers.get('ETag') };
}

/** Posts JSON and returns that of the answer. */
export async function post(path, body, { signal } = {}) {
  return parse(await (await request(path, { method: 'POST', body, signal })).text());
}

/** A query string of the parameters that have a value. */
export function query(parameters) {
  const parts = Object.entries(parameters)
    .filter(([, v]) => v !== undefined && v !== '' && v !== null)
    .map(([name, v]) => name + '=' + encodeURIComponent(v).replace(/%3A/g, ':').replace(/%2C/g, ','));
  return parts.length ? '?' + parts.join('&') : '';
}

/** The path of a component. */
export const componentPath = (name) => '/v1/components/' + encodeURIComponent(name).replace(/%3A/g, ':');
