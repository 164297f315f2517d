import { CONTENDERS, type Contender, type Flood } from './measure.ts';

/** Packets per second. */
export const DELAY_RATE = 20_000;
export const DELAY_PAYLOAD = 160;
/** Seconds of warm-up: a flood, then the rate, so that the kernel's queues empty. */
const WARM_SECONDS = 1;
const DRAIN_SECONDS = 0.5;
/** Seconds: 5,000 packets. */
const TURN_SECONDS = 0.25;

/** The hop shows how much of the delay is the machine's: how late it wakes a waiting thread, and how often it pauses. */
export const DELAYERS: readonly Contender[] = [...CONTENDERS, 'hop'];

/** Microseconds by server in one turn; a server that doesn't support the path has none. */
export type DelayTurn = ReadonlyMap<Contender, { readonly p50: number; readonly p99: number }>;

/**
 * Measures the delay from sender to receiver. All servers run at once and take turns of a quarter of a second, so that the pauses
 * of a shared machine affect all of them alike.
 * @param seconds per server
 */
export async function measureDelay(flood: Flood, seconds: number): Promise<DelayTurn[]> {
  const open = await Promise.all(
    DELAYERS.map(async (name) => ({ name, passage: await flood.open(name, 'channel up', DELAY_PAYLOAD) })),
  );
  try {
    const turns: DelayTurn[] = [];
    const ready = open.flatMap(({ name, passage }) => (passage ? [{ name, load: passage.load }] : []));
    for (const { load } of ready) {
      await flood.pour(load, DELAY_PAYLOAD, WARM_SECONDS, 0);
      await flood.pour(load, DELAY_PAYLOAD, DRAIN_SECONDS, DELAY_RATE);
    }
    for (let left = Math.ceil(seconds / TURN_SECONDS); left > 0; left -= 1) {
      const turn = new Map<Contender, { p50: number; p99: number }>();
      for (const { name, load } of ready) {
        const { p50Us, p99Us } = await flood.pour(load, DELAY_PAYLOAD, TURN_SECONDS, DELAY_RATE);
        turn.set(name, { p50: p50Us, p99: p99Us });
      }
      turns.push(turn);
    }
    return turns;
  } finally {
    for (const { passage } of open) await passage?.close();
  }
}
