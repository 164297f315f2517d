import { CONTENDERS, type Contender, type Flood } from './measure.ts';

/** Packets a second. */
export const DELAY_RATE = 20_000;
export const DELAY_PAYLOAD = 160;
/** Of all that the server takes, then of the rate, so that what waits in the kernel's queues leaves. */
const WARM_SECONDS = 1;
const DRAIN_SECONDS = 0.5;
/** Seconds: 5,000 packets. */
const TURN_SECONDS = 0.25;

/** The hop tells what of the delay is the machine's: how late it wakes who waits on the servers' core, and how often it stops. */
export const DELAYERS: readonly Contender[] = [...CONTENDERS, 'hop'];

/** Microseconds in one turn; a server that can't go this way has none. */
export type DelayTurn = ReadonlyMap<Contender, { readonly p50: number; readonly p99: number }>;

/**
 * Delay from sender to receiver. All servers run at once and take turns of a quarter of a second: a machine that others
 * share stands still a few times each second, for longer than any server needs, and this meets all of them.
 * @param seconds of each server
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
