import { weightOf } from './accept.ts';
import { NO_STORE, type Reply, TEXT } from './reply.ts';
import type { RequestHead } from './request.ts';

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

/**
 * Returns a path without trailing or doubled slashes and with lower-case UUIDs. People and programs add or change these when
 * they copy a link. It begins with exactly one slash, so that a Location header with it stays on this server.
 */
export function straightened(path: string): string {
  const slashes = path.replace(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '');
  return slashes.replace(UUID, (id) => id.toLowerCase());
}

/** Redirects to another path of this server, keeping the query. @param path begins with exactly one slash */
export function movedPermanently(path: string, { query }: RequestHead): Reply {
  const location = headerText(query === '' ? path : `${path}?${query}`);
  return {
    status: 301,
    headers: [['Location', location], TEXT],
    cache: NO_STORE,
    body: `Go to ${location}\n`,
  };
}

/** Returns whether a browser asks: other clients don't accept text/html by name. */
export function isForBrowser({ headers }: Pick<RequestHead, 'headers'>): boolean {
  const accept = headers.get('accept') ?? '';
  const html = weightOf(accept, 'text/html');
  return html > 0 && html >= weightOf(accept, 'application/json');
}

/** Returns whether a program asks for JSON by name; all other clients, link previewers too, get the page. */
export function isForProgram({ headers }: Pick<RequestHead, 'headers'>): boolean {
  const accept = headers.get('accept') ?? '';
  const json = weightOf(accept, 'application/json');
  return json > 0 && json > weightOf(accept, 'text/html');
}

/** Percent-encodes what a header can't hold. */
function headerText(text: string): string {
  return text.replace(/[^\x21-\x7e]/gu, (character) => encodeURIComponent(character));
}
