// Follows /v1/changes as Server-Sent Events, by fetch: EventSource cannot send a token.
import { request, query } from './api.js';
import { parse } from './exact.js';

/** The fields of a stream of events as they come: {event, data, id, comment}. */
export async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '',
    event = { event: '', data: [], id: undefined };
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const lines = (rest + value).split('\n');
      rest = lines.pop();
      for (let line of lines) {
        if (line.endsWith('\r')) line = line.slice(0, -1);
        if (line === '') {
          if (event.data.length || event.event || event.id !== undefined)
            yield { event: event.event, data: event.data.join('\n'), id: event.id };
          event = { event: '', data: [], id: event.id };
          continue;
        }
        if (line[0] === ':') {
          yield { comment: true };
          continue;
        }
        const at = line.indexOf(':'),
          name = at < 0 ? line : line.slice(0, at);
        const text = at < 0 ? '' : line.slice(at + 1).replace(/^ /, '');
        if (name === 'data') event.data.push(text);
        else if (name === 'event') event.event = text;
        else if (name === 'id') event.id = text;
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/**
 * Follows the changes of some metrics until the signal or the stream ends, and returns the last id. on has the functions
 * changes(readings), forgotten(what), gap(what), live(), alive(). A twin without a feed is a Refusal with the status 404.
 */
export async function follow(filter, after, on, signal) {
  const answer = await request('/v1/changes' + query(filter), {
    signal,
    headers: { Accept: 'text/event-stream', ...(after ? { 'Last-Event-ID': after } : {}) },
  });
  on.alive();
  let id = after;
  for await (const e of events(answer.body)) {
    on.alive();
    if (e.id !== undefined) id = e.id;
    on.at?.(id);
    switch (e.event) {
      case 'change':
      case 'changes': {
        const data = parse(e.data);
        on.changes(Array.isArray(data) ? data : [data]);
        break;
      }
      case 'forgotten':
        on.forgotten(parse(e.data));
        break;
      case 'gap':
        on.gap(parse(e.data));
        break;
      case 'live':
        on.live();
        break;
      case 'reconnect':
        return id;
    }
  }
  return id;
}
