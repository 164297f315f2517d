import { weightOf } from './accept.ts';
import { NO_STORE, type Reply, TEXT } from './reply.ts';
import type { RequestHead } from './request.ts';

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

/**
 * The path that was meant by one that people or programs bent on its way: without slashes at the end or doubled, with UUIDs
 * in lower case. It begins with exactly one slash, so that as a Location it stays on this server.
 */
export function straightened(path: string): string {
  const slashes = path.replace(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '');
  return slashes.replace(UUID, (id) => id.toLowerCase());
}

/** Leads to another path of this server, with the query that came. @param path beginning with exactly one slash */
export function movedPermanently(path: string, { query }: RequestHead): Reply {
  const location = headerText(query === '' ? path : `${path}?${query}`);
  return {
    status: 301,
    headers: [['Location', location], TEXT],
    cache: NO_STORE,
    body: `Go to ${location}\n`,
  };
}

/** Whether a browser asks: whatever else asks doesn't name text/html. */
export function isForBrowser({ headers }: RequestHead): boolean {
  const accept = headers.get('accept') ?? '';
  const html = weightOf(accept, 'text/html');
  return html > 0 && html >= weightOf(accept, 'application/json');
}

/** Whether the answer is for a program that asks for JSON by name: all others, link previewers too, get the page. */
export function isForProgram({ headers }: Pick<RequestHead, 'headers'>): boolean {
  const accept = headers.get('accept') ?? '';
  const json = weightOf(accept, 'application/json');
  return json > 0 && json > weightOf(accept, 'text/html');
}

/** What a header can't hold as it is, percent-encoded. */
function headerText(text: string): string {
  return text.replace(/[^\x21-\x7e]/gu, (character) => encodeURIComponent(character));
}
