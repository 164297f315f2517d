import { Buffer } from 'node:buffer';
import type { HttpRequest, HttpResponse } from '../../uws/types.ts';

/** A request as a handler sees it: copied out of uWS, whose own dies at the first await. */
export interface RequestHead {
  /** Upper case. */
  readonly method: string;
  /** As it was sent, undecoded, without the query. */
  readonly path: string;
  /** As it was sent, undecoded, without `?`; '' if there is none. It may hold tokens: never logged. */
  readonly query: string;
  /** Names in lower case; of repeated ones the values joined by `, ` (RFC 9110, 5.3). */
  readonly headers: ReadonlyMap<string, string>;
  /** Who opened the connection: the client, or a proxy. */
  readonly directPeer: string;
}

/** Must be called in the tick in which the request came. uWS takes at most `HEAD_BYTES` of them. */
export function copyHead(response: HttpResponse, request: HttpRequest): RequestHead {
  const headers = new Map<string, string>();
  request.forEach((name, value) => {
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  });
  return {
    method: request.getMethod().toUpperCase(),
    path: request.getUrl(),
    query: request.getQuery() ?? '',
    headers,
    directPeer: Buffer.from(response.getRemoteAddressAsText()).toString('latin1'),
  };
}
