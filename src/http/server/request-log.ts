import { networkSet } from '../../lib/addresses.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { HttpDeps } from './deps.ts';
import type { RequestHead } from './request.ts';

/** What a trusted proxy may call a request: anything else could fill the log, or forge a line of it. */
const REQUEST_ID = /^[\w.-]{1,64}$/;
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Returns what gives each request its id: the trusted proxy's `X-Request-Id`, else one of our own. */
export function createRequestIds({
  uniqueId,
  trustedProxies,
}: Pick<HttpDeps, 'uniqueId' | 'trustedProxies'>) {
  const isProxy = networkSet(trustedProxies);
  return ({ directPeer, headers }: Omit<RequestHead, 'id'>): string => {
    const given = headers.get('x-request-id') ?? '';
    return REQUEST_ID.test(given) && isProxy(directPeer) ? given : uniqueId();
  };
}

/** The log's line of one request, at level `debug`. It has no path and no query: either could hold a secret. */
export class RequestLine {
  readonly #log: Pick<Log, 'debug'>;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #request: RequestHead;
  readonly #since: number;
  #isWritten = false;
  /** Pattern of the endpoint's path, such as `/rooms/:roomId`; null if there is no endpoint at that path. */
  route: string | null = null;

  constructor(
    { log, clock }: { readonly log: Pick<Log, 'debug'>; readonly clock: Pick<Clock, 'monotonic'> },
    request: RequestHead,
  ) {
    this.#log = log;
    this.#clock = clock;
    this.#request = request;
    this.#since = clock.monotonic();
  }

  /** Writes the line, once. @param status null if the client left before the reply */
  write(status: number | null): void {
    if (this.#isWritten) return;
    this.#isWritten = true;
    const { id, method } = this.#request;
    this.#log.debug('request', {
      requestId: id,
      method: METHODS.has(method) ? method : 'other',
      route: this.route,
      status,
      ms: Math.round((this.#clock.monotonic() - this.#since) * 10) / 10,
    });
  }
}
