// The call of the API that gives what a view shows, as curl.
import { config, query, componentPath } from './api.js';
import { state } from './state.js';
import { signedIn } from './auth.js';

/** The path of the call behind the present view. */
export function path() {
  if (state.view === 'rejects') {
    return state.reject
      ? '/v1/operations/rejects/' + encodeURIComponent(state.reject).replace(/%3A/g, ':')
      : '/v1/operations/rejects' + query({ dataset: state.dataset });
  }
  if (state.view === 'datasets')
    return state.dataset ? '/v1/datasets/' + encodeURIComponent(state.dataset) : '/v1/datasets';
  if (state.open) return componentPath(state.open);
  if (state.q && !/[^ -~]/.test(state.q))
    return '/v1/components' + query({ dataset: state.dataset, prefix: state.q });
  return state.dataset ? '/v1/datasets/' + encodeURIComponent(state.dataset) : '/v1/datasets';
}

const quoted = (text) => "'" + text.replaceAll("'", "'\\''") + "'";

/** The same as a command. The token is the caller's own: it is not shown. */
export const command = () =>
  'curl ' + (signedIn() ? '-H "Authorization: Bearer $TOKEN" ' : '') + quoted(config.api + path());
