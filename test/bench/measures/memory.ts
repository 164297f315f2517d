import { medians, rounded, slope } from '../stats.ts';
import type { SubjectName } from '../subjects.ts';
import { type Measure, withScene } from './measure.ts';

/** Stays below 20,000 descriptors, a common limit of a process. */
const STEPS = [1_000, 10_000, 19_000] as const;
const QUICK_STEPS = [100, 200, 400] as const;
/**
 * Milliseconds until the garbage of the joins is collected. V8's memory reducer checks every 8 s, and compacts the heap
 * once the process has been nearly idle since a collection, after 100 s at the latest.
 */
const SETTLE_MS = 110_000;
const ROOM_SIZE = 2;

interface MemoryRun {
  readonly emptyKb: number;
  /** Resident bytes more than the empty server's, per idle joined session, rooms included. */
  readonly kbAtFirst: number;
  readonly kbAtSecond: number;
  readonly kbAtThird: number;
  /** Cost of one more session, from step to step. */
  readonly slopeKb: number;
}

/** Fills all servers at once: memory doesn't depend on who shares the core, and most of the time is spent waiting. */
export const memory: Measure = async (context) => {
  const steps = context.quick ? QUICK_STEPS : STEPS;
  const subjects = context.subjects.filter((name) => name !== 'parley-acked');
  const settleMs = context.quick ? 200 : SETTLE_MS;
  const runs = new Map<SubjectName, MemoryRun[]>(subjects.map((name) => [name, []]));
  for (let run = 1; run <= context.runs; run += 1) {
    context.tell(`memory: run ${run} of ${context.runs}, all servers at once`);
    await Promise.all(
      subjects.map(async (name) => runs.get(name)?.push(await memoryOnce(name, steps, settleMs))),
    );
  }
  const middle = new Map([...runs].map(([name, list]) => [name, medians(list)]));
  return {
    title: 'resident memory per idle joined session, above the empty server, KB (1,024 bytes)',
    head: ['server', 'empty', ...steps.map((count) => `at ${count}`), 'slope'],
    rows: [...middle].map(([name, run]) => [
      name,
      Math.round(run.emptyKb),
      ...[run.kbAtFirst, run.kbAtSecond, run.kbAtThird, run.slopeKb].map((kb) => rounded(kb, 2)),
    ]),
    notes: [`rooms of ${ROOM_SIZE}: their memory is in the figure`],
    figures: { steps, medians: Object.fromEntries(middle), runs: Object.fromEntries(runs) },
  };
};

function memoryOnce(
  name: SubjectName,
  steps: readonly [number, number, number],
  settleMs: number,
): Promise<MemoryRun> {
  const [first, second, third] = steps;
  return withScene(
    name,
    third,
    ROOM_SIZE,
    async ({ server, flood }) => {
      await settled(settleMs);
      const empty = server.resident();
      const above = async (from: number, to: number): Promise<number> => {
        const { failed } = await flood.connect(from, to, 64);
        if (failed > 0) throw new Error(`${name}: ${failed} connections failed below ${to}`);
        await settled(settleMs);
        return server.resident() - empty;
      };
      const points = [
        [first, await above(0, first)],
        [second, await above(first, second)],
        [third, await above(second, third)],
      ] as const;
      const [atFirst, atSecond, atThird] = points;
      return {
        emptyKb: empty / 1_024,
        kbAtFirst: atFirst[1] / 1_024 / first,
        kbAtSecond: atSecond[1] / 1_024 / second,
        kbAtThird: atThird[1] / 1_024 / third,
        slopeKb: slope(points) / 1_024,
      };
    },
    { restarted: true },
  );
}

function settled(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
