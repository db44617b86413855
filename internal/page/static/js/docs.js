// Shows the OpenAPI document for people, by swagger-ui, which is a script of its own.
import { configure, get } from './api.js';
import * as auth from './auth.js';

const wait = document.getElementById('wait');

async function token(r) {
  const t = auth.header();
  if (t) r.headers.Authorization = t;
  return r;
}

async function show() {
  await configure();
  const problem = await auth.begin();
  if (auth.needed() && !auth.signedIn()) {
    wait.textContent = problem || 'This document is read with an account.';
    const button = document.getElementById('signin');
    button.hidden = false;
    button.addEventListener('click', auth.signIn);
    return;
  }
  const { body: spec } = await get('/v1/openapi.json');
  wait.remove();
  window.SwaggerUIBundle({
    spec: JSON.parse(JSON.stringify(spec)),
    dom_id: '#document',
    deepLinking: true,
    docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    validatorUrl: null,
    requestInterceptor: token,
  });
}

show().catch((e) => {
  wait.textContent = 'The document cannot be read: ' + e.message;
});
