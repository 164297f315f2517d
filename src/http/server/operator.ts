import { ParleyError } from '../../domain/errors.ts';
import { networkSet } from '../../lib/addresses.ts';
import { isSameSecret } from '../../lib/secrets.ts';
import type { HttpDeps } from './deps.ts';
import type { RequestHead } from './request.ts';

export type OperatorDeps = Pick<
  HttpDeps,
  'metricsToken' | 'publicUrl' | 'trustedProxies' | 'tls' | 'ownPort' | 'log'
>;

const isLoopback = networkSet([
  { address: '127.0.0.0', prefix: 8 },
  { address: '0:0:0:0:0:0:0:1', prefix: 128 },
]);
/** Names by which programs on this machine reach it: browsers ask for no page of another site by them. */
const LOCAL_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::(\d+))?$/i;
/** Headers that show that a request came through a proxy, besides `X-Forwarded-…`. */
const PROXY_MARKS = [
  'forwarded',
  'via',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-original-forwarded-for',
  'true-client-ip',
  'cf-connecting-ip',
];

/** Tells whether requests come from the operator. */
export interface Operator {
  /** Looks whether a request came through a proxy on this machine. Call it with every request. */
  look(request: RequestHead): void;
  /**
   * Refuses whoever is neither on this machine nor sends `METRICS_TOKEN`.
   * @throws ParleyError `forbidden` if no token is set, `unauthorized` if another one is sent
   */
  require(request: RequestHead): void;
}

/**
 * A proxy on this machine makes everybody look like a program on this machine, and may leave no mark on a request. So being
 * on this machine opens nothing if there is likely to be one: `TRUSTED_PROXIES` is set; `PUBLIC_URL` is, and this server
 * doesn't speak HTTPS itself; or one was seen since the start.
 */
export function createOperator(deps: OperatorDeps): Operator {
  const { publicUrl, trustedProxies, tls, ownPort, metricsToken, log } = deps;
  const ownHttps = tls !== undefined;
  let mayBeProxied = trustedProxies.length > 0 || (publicUrl !== undefined && !ownHttps);

  /** Whether the Host header names this machine, by the port that it listens on. */
  function isForHere({ headers }: RequestHead): boolean {
    const [name, port = ownHttps ? '443' : '80'] = LOCAL_HOST.exec(headers.get('host') ?? '') ?? [];
    return name !== undefined && Number(port) === ownPort();
  }

  return {
    look(request) {
      if (mayBeProxied || !isLoopback(request.directPeer)) return;
      // With HTTPS of its own, this machine may reach the server by its public name.
      const isElsewhere = !ownHttps && !LOCAL_HOST.test(request.headers.get('host') ?? '');
      if (!isElsewhere && !isMarked(request)) return;
      mayBeProxied = true;
      if (metricsToken !== undefined) return;
      log.warn(
        'requests come through a proxy on this machine: /metrics is closed until METRICS_TOKEN is set',
        {
          hint: 'set TRUSTED_PROXIES and PUBLIC_URL too, see /docs/proxies',
        },
      );
    },
    require(request) {
      const isHere = isLoopback(request.directPeer) && isForHere(request) && !isMarked(request);
      if (mayBeProxied || !isHere) requireMetricsToken(request, metricsToken);
    },
  };
}

/** Whether a proxy has left a mark. nginx is often set to send `Connection: upgrade` with every request. */
function isMarked({ headers }: RequestHead): boolean {
  if (PROXY_MARKS.some((name) => headers.has(name))) return true;
  if (/\bupgrade\b/i.test(headers.get('connection') ?? '') && !headers.has('upgrade')) return true;
  return [...headers.keys()].some((name) => name.startsWith('x-forwarded'));
}

function requireMetricsToken({ headers }: RequestHead, expected: string | undefined): void {
  if (expected === undefined) {
    throw new ParleyError(
      'forbidden',
      'Metrics are for this machine only. Set METRICS_TOKEN to ask from elsewhere or behind a proxy.',
    );
  }
  const given = /^Bearer +(.+)$/i.exec(headers.get('authorization') ?? '')?.[1];
  if (given !== undefined && isSameSecret(given, expected)) return;
  throw new ParleyError('unauthorized', 'Send `Authorization: Bearer <METRICS_TOKEN>`.');
}
