// Runs of operations: they are asked for, and looked at until they have ended.
import { get, post } from './api.js';

/** Asks for a run and waits until it has ended; seen(run) is called whenever it has got on. */
export async function run(request, seen = () => {}, signal) {
  let r = await post('/v1/operations', request, { signal });
  seen(r);
  for (let pause = 150; r.state === 'running' || r.state === 'cancelling'; pause = Math.min(2000, pause * 1.5)) {
    await new Promise((done) => setTimeout(done, pause));
    r = (await get('/v1/operations/' + r.id, { signal })).body;
    seen(r);
  }
  if (r.state !== 'done') throw new Error(r.error || 'The run was ' + r.state + '.');
  return r;
}
