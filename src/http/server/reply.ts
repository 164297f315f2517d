export type Header = readonly [name: string, value: string];

/** A handler's reply. The exchange writes it unless the client has left. */
export interface Reply {
  readonly status: number;
  /** Headers besides those of every response (see `exchange.ts`). */
  readonly headers: readonly Header[];
  /** The Cache-Control header [HT7]. */
  readonly cache: string;
  /**
   * The content, not empty; undefined for a response without content, such as 204. HEAD and 304 send only its length.
   */
  readonly body: string | Uint8Array | undefined;
}

/** Cache-Control of replies that must never be cached: those of the API. */
export const NO_STORE = 'no-store';

/** The Content-Type of plain text. */
export const TEXT: Header = ['Content-Type', 'text/plain; charset=utf-8'];

/** The Content-Type of a page. */
export const HTML: Header = ['Content-Type', 'text/html; charset=utf-8'];

/** [HT1] */
export function json(status: number, value: unknown, headers: readonly Header[] = []): Reply {
  return {
    status,
    headers: [['Content-Type', 'application/json; charset=utf-8'], ...headers],
    cache: NO_STORE,
    body: JSON.stringify(value),
  };
}

export function noContent(headers: readonly Header[] = []): Reply {
  return { status: 204, headers, cache: NO_STORE, body: undefined };
}

/** Redirects (302). @param path of this server, or a URL elsewhere; whatever a client sent is escaped in it */
export function redirectTo(path: string): Reply {
  return {
    status: 302,
    headers: [['Location', path], TEXT],
    cache: NO_STORE,
    body: `Go to ${path}\n`,
  };
}
