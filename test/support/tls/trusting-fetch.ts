import { request } from 'node:https';
import { Readable } from 'node:stream';

/** Returns a `fetch` that trusts one more CA. Node's own learns of it only when its process starts (`NODE_EXTRA_CA_CERTS`). */
export function trustingFetch(ca: string): typeof fetch {
  return (input, { method = 'GET', headers, body, signal } = {}) =>
    new Promise((resolve, reject) => {
      const asked = request(
        String(input),
        { method, ca, headers: Object.fromEntries(new Headers(headers)), ...(signal ? { signal } : {}) },
        (reply) => {
          const status = reply.statusCode ?? 0;
          const content = method === 'HEAD' || status === 204 ? null : Readable.toWeb(reply);
          if (content === null) reply.resume();
          const pairs = Object.entries(reply.headers).map(([name, value]): [string, string] => [
            name,
            String(value),
          ]);
          resolve(new Response(content as BodyInit | null, { status, headers: pairs }));
        },
      );
      asked.on('error', (cause) => reject(new TypeError('fetch failed', { cause })));
      asked.end(body === undefined ? undefined : String(body));
    });
}
