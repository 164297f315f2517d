import { Buffer } from 'node:buffer';
import type { HttpRequest, HttpResponse } from '../../uws/types.ts';

/** A copy of a request's head, because uWS frees its own object at the first await. */
export interface RequestHead {
  /** In the log, and in the reply's `X-Request-Id`. */
  readonly id: string;
  /** Upper case. */
  readonly method: string;
  /** As it was sent, undecoded, without the query. */
  readonly path: string;
  /** As it was sent, undecoded, without `?`; '' if there is none. May hold tokens: never log it. */
  readonly query: string;
  /** By lower-case name; the values of repeated headers are joined by `, ` (RFC 9110, 5.3). */
  readonly headers: ReadonlyMap<string, string>;
  /** Address of the TCP connection's other end: the client or a proxy. */
  readonly directPeer: string;
}

/** Copies a request's head; must be called in the tick in which the request came. uWS bounds it by `HEAD_BYTES`. */
export function copyHead(response: HttpResponse, request: HttpRequest): Omit<RequestHead, 'id'> {
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
