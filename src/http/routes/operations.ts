import { ParleyError } from '../../domain/errors.ts';
import { isoTimeOrLast } from '../../lib/iso-time.ts';
import { ENDPOINTS } from '../../protocol/endpoints.ts';
import type { Metrics } from '../metrics.ts';
import type { HttpDeps } from '../server/deps.ts';
import { NO_STORE } from '../server/reply.ts';
import type { Handlers } from '../server/request-context.ts';

type OperationDeps = Pick<HttpDeps, 'iceServers' | 'relayProblems' | 'isDraining'> & {
  readonly metrics: Metrics;
};

/** For whoever runs the server, and the way through NATs. */
export function operationRoutes({
  iceServers,
  relayProblems = () => [],
  isDraining,
  metrics,
}: OperationDeps) {
  return {
    async getIceServers(context) {
      const grant = iceServers(await context.identity(), context.request.headers.get('host') ?? '');
      return context.reply({
        iceServers: [...grant.iceServers],
        expiresAt: isoTimeOrLast(grant.expiresAt),
      });
    },
    getHealth: (context) => context.reply({ status: 'ok' }),
    getReadiness(context) {
      if (isDraining()) {
        throw new ParleyError('unavailable', 'The server is being stopped; use another one.');
      }
      const problems = [...relayProblems()];
      if (problems.length === 0) return context.reply({ status: 'ready' });
      // Still 200: a 503 would take signaling and every call that needs no relay out of service as well.
      return context.reply({ status: 'degraded', turn: { status: 'degraded', problems } });
    },
    getMetrics: () => ({
      status: 200,
      headers: [['Content-Type', ENDPOINTS.getMetrics.reply.type]],
      cache: NO_STORE,
      body: metrics.text(),
    }),
  } satisfies Partial<Handlers>;
}
