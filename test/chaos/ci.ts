import type { Outcome, Run, Scenario } from './chaos.ts';

/** Milliseconds for a scenario on a busy machine. */
export const CI_MS = 600_000;

/** Runs a scenario in its short form and prints its seed; `CHAOS_SEED` in the environment replays one. */
export async function boundedly(name: string, scenario: Scenario): Promise<Outcome> {
  const seed = Number(process.env['CHAOS_SEED'] ?? Math.floor(Math.random() * 2 ** 32));
  console.log(`${name}: seed ${seed}`);
  const run: Run = { seed, minutes: 0, strict: false, tell: () => {} };
  const outcome = await scenario(run);
  console.log(`${name}: ${JSON.stringify(outcome.figures)}`);
  return outcome;
}
