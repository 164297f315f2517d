import { restarting } from '../../domain/refusals.ts';
import { ENDPOINTS } from '../../protocol/endpoints.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { HttpDeps } from '../server/deps.ts';
import { createAnswerDoctor } from '../server/doctor.ts';
import { NO_STORE } from '../server/reply.ts';
import type { Handlers } from '../server/request-context.ts';

type OperationDeps = Pick<
  HttpDeps,
  'relayProblems' | 'certificate' | 'isDraining' | 'doctor' | 'clock' | 'trustedProxies'
> & {
  readonly metrics: Metrics;
};

/** Health, readiness and metrics for operators. */
export function operationRoutes({
  relayProblems = () => [],
  certificate,
  isDraining,
  metrics,
  ...doctorDeps
}: OperationDeps) {
  const answerDoctor = createAnswerDoctor(doctorDeps);
  return {
    getHealth: (context) => context.reply({ status: 'ok' }, answerDoctor(context)),
    getReadiness(context) {
      if (isDraining()) {
        throw restarting();
      }
      const problems = [...relayProblems()];
      const { kind } = certificate();
      if (problems.length === 0) return context.reply({ status: 'ready', certificate: kind });
      // Not 503: that would also take signaling and the calls that need no relay out of service.
      return context.reply({
        status: 'degraded',
        certificate: kind,
        turn: { status: 'degraded', problems },
      });
    },
    getMetrics: () => ({
      status: 200,
      headers: [['Content-Type', ENDPOINTS.getMetrics.reply.type]],
      cache: NO_STORE,
      body: metrics.text(),
    }),
  } satisfies Partial<Handlers>;
}
