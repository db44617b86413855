// Signing in: authorization code with PKCE (RFC 7636). The tokens are in memory only: a reload asks the issuer again.
import { config, authorizeBy } from './api.js';

const kept = 'twin.signin'; // what must outlive the way to the issuer and back, in this tab only

let oauth = null; // as GET /v1 says it; null where calls need no token
let tokens = null; // {access, refresh}

/** Whether calls need a token, and whether there is one. */
export const needed = () => oauth !== null;
export const signedIn = () => tokens !== null;

const url64 = (bytes) =>
  btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');
const random = () => url64(crypto.getRandomValues(new Uint8Array(32)));
const here = () => location.origin + location.pathname;

/** Asks the twin how to sign in, and takes the code that the issuer has sent back. Returns why that failed, or "". */
export async function begin() {
  const service = await (await fetch(config.api + '/v1', { cache: 'no-store', credentials: 'omit' })).json();
  config.environment = service.environment ?? config.environment;
  oauth = service.oauth ?? null;
  if (oauth && config.signIn) oauth.signIn = config.signIn;
  authorizeBy(async () => (tokens ? { Authorization: 'Bearer ' + tokens.access } : {}), renew);
  return returned();
}

/** Goes to the issuer. It comes back to this page, in the state that it has now. */
export async function signIn() {
  const verifier = random(),
    nonce = random();
  sessionStorage.setItem(kept, JSON.stringify({ verifier, nonce, hash: location.hash }));
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  const to = new URL(oauth.signIn.url);
  to.search = new URLSearchParams({
    response_type: 'code',
    client_id: oauth.signIn.clientId,
    redirect_uri: here(),
    state: nonce,
    scope: oauth.signIn.scopes.join(' '),
    code_challenge: url64(new Uint8Array(digest)),
    code_challenge_method: 'S256',
  });
  location.assign(to);
}

/** The header Authorization of a request, "" without a token. */
export const header = () => (tokens ? 'Bearer ' + tokens.access : '');

/** Forgets the tokens of this page. */
export function signOut() {
  tokens = null;
}

async function returned() {
  const answer = new URLSearchParams(location.search);
  if (!answer.has('code') && !answer.has('error')) return '';
  let asked = {};
  try {
    asked = JSON.parse(sessionStorage.getItem(kept)) ?? {};
  } catch {
    /* as if nothing had been asked */
  }
  sessionStorage.removeItem(kept);
  history.replaceState(null, '', here() + (asked.hash ?? ''));
  dispatchEvent(new HashChangeEvent('hashchange'));
  if (!asked.nonce || answer.get('state') !== asked.nonce)
    return 'The answer of the issuer is not to a question of this page. Sign in again.';
  if (answer.has('error'))
    return 'The issuer refused: ' + (answer.get('error_description') ?? answer.get('error')) + '.';
  return exchange({
    grant_type: 'authorization_code',
    code: answer.get('code'),
    redirect_uri: here(),
    code_verifier: asked.verifier,
  });
}

async function exchange(form) {
  const answer = await fetch(oauth.tokenUrl, {
    method: 'POST',
    credentials: 'omit',
    body: new URLSearchParams({ ...form, client_id: oauth.signIn.clientId }),
  });
  const t = await answer.json().catch(() => ({}));
  if (!answer.ok || !t.access_token)
    return 'The issuer gave no token: ' + (t.error_description ?? t.error ?? answer.status) + '.';
  tokens = { access: t.access_token, refresh: t.refresh_token ?? tokens?.refresh };
  return '';
}

let renewing = null;

/** Renews the token after a 401; true where the call may be tried again. */
async function renew() {
  if (!tokens?.refresh) {
    tokens = null;
    return false;
  }
  renewing ??= exchange({ grant_type: 'refresh_token', refresh_token: tokens.refresh })
    .catch(() => 'unreachable')
    .finally(() => {
      renewing = null;
    });
  if ((await renewing) === '') return true;
  tokens = null;
  return false;
}
