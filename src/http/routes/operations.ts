import { createHash, timingSafeEqual } from 'node:crypto';
import type * as v from 'valibot';
import { ParleyError } from '../../domain/errors.ts';
import { networkSet } from '../../lib/addresses.ts';
import { isoTimeOrLast } from '../../lib/iso-time.ts';
import type { IceServersReply } from '../../protocol/bodies.ts';
import type { Metrics } from '../metrics.ts';
import type { HttpDeps } from '../server/deps.ts';
import { json, NO_STORE } from '../server/reply.ts';
import type { Call, Route } from '../server/route.ts';

type OperationDeps = Pick<
  HttpDeps,
  'iceServers' | 'relayProblems' | 'isDraining' | 'metricsToken' | 'publicUrl' | 'trustedProxies'
> & {
  readonly metrics: Metrics;
};

const isLoopback = networkSet([
  { address: '127.0.0.0', prefix: 8 },
  { address: '0:0:0:0:0:0:0:1', prefix: 128 },
]);

/** For whoever runs the server, and the way through NATs. */
export function operationRoutes(deps: OperationDeps): Route[] {
  const { iceServers, relayProblems = () => [], isDraining, metricsToken, metrics } = deps;
  const isFromHere = createIsFromHere(deps);
  return [
    {
      method: 'GET',
      path: '/ice-servers',
      who: 'bearer',
      handle: async (call) => {
        const grant = iceServers(await call.identity(), call.request.headers.get('host') ?? '');
        const body = { iceServers: [...grant.iceServers], expiresAt: isoTimeOrLast(grant.expiresAt) };
        return json(200, body satisfies v.InferOutput<typeof IceServersReply>);
      },
    },
    { method: 'GET', path: '/health', handle: () => json(200, { status: 'ok' }) },
    {
      method: 'GET',
      path: '/ready',
      handle: () => {
        if (isDraining())
          throw new ParleyError('unavailable', 'The server is being stopped; use another one.');
        const problems = relayProblems();
        if (problems.length === 0) return json(200, { status: 'ready' });
        // Still 200: a 503 would take signaling and every call that needs no relay out of service as well.
        return json(200, { status: 'degraded', turn: { status: 'degraded', problems } });
      },
    },
    {
      method: 'GET',
      path: '/metrics',
      handle: (call) => {
        if (!isFromHere(call)) requireToken(call, metricsToken);
        return {
          status: 200,
          headers: [['Content-Type', 'text/plain; version=0.0.4; charset=utf-8']],
          cache: NO_STORE,
          body: metrics.text(),
        };
      },
    },
  ];
}

/** Names under which programs on this machine reach it: no page of another site is asked for under them. */
const LOCAL_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;
/** Headers by which proxies show that a request came through them, beside `X-Forwarded-…`. */
const PROXY_MARKS = ['forwarded', 'via', 'x-real-ip', 'x-client-ip', 'true-client-ip', 'cf-connecting-ip'];

/**
 * Returns a check of whether a request comes from this machine itself. A proxy on it may leave no mark, so that where one is
 * to be expected (`PUBLIC_URL`, or `TRUSTED_PROXIES` with this machine) nobody is believed.
 */
function createIsFromHere({ publicUrl, trustedProxies }: Pick<HttpDeps, 'publicUrl' | 'trustedProxies'>) {
  const isProxy = networkSet(trustedProxies);
  return ({ request }: Call): boolean => {
    const { directPeer, headers } = request;
    if (publicUrl !== undefined || isProxy(directPeer) || !isLoopback(directPeer)) return false;
    if (PROXY_MARKS.some((name) => headers.has(name))) return false;
    if ([...headers.keys()].some((name) => name.startsWith('x-forwarded'))) return false;
    return LOCAL_HOST.test(headers.get('host') ?? '');
  };
}

function requireToken({ request }: Call, expected: string | undefined): void {
  if (expected === undefined) {
    throw new ParleyError(
      'forbidden',
      'Metrics are for this machine only. Set METRICS_TOKEN to ask from elsewhere or behind a proxy.',
    );
  }
  const given = /^Bearer +(.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  if (given !== undefined && isEqual(given, expected)) return;
  throw new ParleyError('unauthorized', 'Send `Authorization: Bearer <METRICS_TOKEN>`.');
}

/** In a time that tells nothing about where they differ, nor how long the expected one is. */
function isEqual(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
