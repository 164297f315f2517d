import { ParleyError } from '../../domain/errors.ts';
import { networkSet } from '../../lib/addresses.ts';
import { isSameSecret } from '../../lib/secrets.ts';
import type { HttpDeps } from './deps.ts';
import type { RequestHead } from './request.ts';

type OperatorDeps = Pick<HttpDeps, 'metricsToken' | 'publicUrl' | 'trustedProxies'>;

const isLoopback = networkSet([
  { address: '127.0.0.0', prefix: 8 },
  { address: '0:0:0:0:0:0:0:1', prefix: 128 },
]);
/** Names by which programs on this machine reach it: browsers ask for no page of another site by them. */
const LOCAL_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;
/** Headers that show that a request came through a proxy, besides `X-Forwarded-…`. */
const PROXY_MARKS = ['forwarded', 'via', 'x-real-ip', 'x-client-ip', 'true-client-ip', 'cf-connecting-ip'];

/**
 * Returns a check that a request comes from the operator: from this machine, or with `METRICS_TOKEN`. It throws
 * ParleyError `forbidden` if no token is set, `unauthorized` if another one is sent.
 */
export function createRequireOperator(deps: OperatorDeps): (request: RequestHead) => void {
  const isFromHere = createIsFromHere(deps);
  return (request) => {
    if (!isFromHere(request)) requireMetricsToken(request, deps.metricsToken);
  };
}

/**
 * Returns a check that a request comes from this machine itself. A proxy on it may leave no mark. If there is likely to be
 * one (`PUBLIC_URL` is set, or `TRUSTED_PROXIES` has this machine), the check always fails.
 */
function createIsFromHere({ publicUrl, trustedProxies }: OperatorDeps): (request: RequestHead) => boolean {
  const isProxy = networkSet(trustedProxies);
  return ({ directPeer, headers }) => {
    if (publicUrl !== undefined || isProxy(directPeer) || !isLoopback(directPeer)) return false;
    if (PROXY_MARKS.some((name) => headers.has(name))) return false;
    if ([...headers.keys()].some((name) => name.startsWith('x-forwarded'))) return false;
    return LOCAL_HOST.test(headers.get('host') ?? '');
  };
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
