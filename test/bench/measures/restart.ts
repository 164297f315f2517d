import { untilReady } from '../parley.ts';
import { medians, rounded } from '../stats.ts';
import { alternating, type Measure, withScene } from './measure.ts';

const SESSIONS = 10_000;
const QUICK_SESSIONS = 200;
/** Seconds to wait for sessions to come back. */
const PATIENCE = 30;

/** SIGTERM right after every session has sent a message; a new process; all sessions resume, and nothing is lost. */
export const restart: Measure = async (context) => {
  const sessions = context.quick ? QUICK_SESSIONS : SESSIONS;
  const runs = await alternating({ ...context, subjects: ['parley-acked'] }, 'restart', (name) =>
    withScene(name, sessions, 2, async ({ server, flood }) => {
      const { failed } = await flood.connect(0, sessions, 64);
      if (failed > 0) throw new Error(`${failed} of ${sessions} connections failed`);
      let since = 0;
      let down: Promise<{ exitMs: number; readyMs: number; close: () => Promise<void> }> | undefined;
      const resumed = await flood.resume(PATIENCE, () => {
        since = performance.now();
        down = server.stop('SIGTERM').then(async (exitMs) => {
          const next = await server.again();
          return { exitMs, readyMs: await untilReady(next.port, since), close: next.close };
        });
      });
      const after = await down;
      if (after === undefined) throw new Error('the server was not stopped');
      await after.close();
      return {
        sessions,
        exitMs: after.exitMs,
        readyMs: after.readyMs,
        firstClosedMs: resumed.firstClosedNs / 1e6,
        lastClosedMs: resumed.lastClosedNs / 1e6,
        firstBackMs: resumed.firstResumedNs / 1e6,
        resumedMs: resumed.wallNs / 1e6,
        failedDials: resumed.failedDials,
        resumed: resumed.resumed,
        notResumed: resumed.notResumed + resumed.away,
        lost: resumed.lost,
        duplicated: resumed.duplicated,
      };
    }),
  );
  const middle = medians([...runs.values()].flat());
  return {
    title: `restart with ${sessions} sessions, seconds from SIGTERM`,
    head: [
      'first closed',
      'last closed',
      'exited',
      'ready again',
      'first resumed',
      'all resumed',
      'refused dials',
      'resumed',
      'not resumed',
      'lost',
      'duplicated',
    ],
    rows: [
      [
        ...[
          middle.firstClosedMs,
          middle.lastClosedMs,
          middle.exitMs,
          middle.readyMs,
          middle.firstBackMs,
          middle.resumedMs,
        ].map((ms) => rounded(ms / 1_000, 2)),
        middle.failedDials,
        middle.resumed,
        middle.notResumed,
        middle.lost,
        middle.duplicated,
      ],
    ],
    notes: ['clients come back as `reconnectAfterMs` asks them to, counted from the close'],
    figures: { median: middle, runs: [...runs.values()].flat() },
  };
};
