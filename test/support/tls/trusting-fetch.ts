import { request } from 'node:https';
import { Readable } from 'node:stream';

/**
 * Returns a `fetch` that trusts this CA. Node's own learns of one only when its process starts (`NODE_EXTRA_CA_CERTS`).
 * @param ca in PEM; undefined: it believes every certificate
 * @param servername the host to ask for, if it isn't the URL's
 */
export function trustingFetch(ca: string | undefined, servername?: string): typeof fetch {
  const trust = ca === undefined ? { rejectUnauthorized: false } : { ca };
  const name = servername === undefined ? {} : { servername };
  return (input, { method = 'GET', headers, body, signal } = {}) =>
    new Promise((resolve, reject) => {
      const asked = request(
        String(input),
        {
          method,
          ...trust,
          ...name,
          headers: Object.fromEntries(new Headers(headers)),
          ...(signal ? { signal } : {}),
        },
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
