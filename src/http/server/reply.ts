export type Header = readonly [name: string, value: string];

/** What a handler answers; the exchange writes it, if the client is still there. */
export interface Reply {
  readonly status: number;
  /** Beside those that every response has (see `exchange.ts`). */
  readonly headers: readonly Header[];
  /** The Cache-Control header [HT7]. */
  readonly cache: string;
  /**
   * undefined: a response without content, such as 204. Not empty. Of HEAD and 304 the length is told and the content
   * left out.
   */
  readonly body: string | Uint8Array | undefined;
}

/** For what may never be kept: answers of the API. */
export const NO_STORE = 'no-store';

/** The Content-Type of plain text. */
export const TEXT: Header = ['Content-Type', 'text/plain; charset=utf-8'];

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

/** @param path of this server; never built from what a client sent without escaping it */
export function redirectTo(path: string): Reply {
  return {
    status: 302,
    headers: [['Location', path], TEXT],
    cache: NO_STORE,
    body: `Go to ${path}\n`,
  };
}
