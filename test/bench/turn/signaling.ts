import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCredentials } from '../../../src/turn/ice/credentials.ts';
import { freePort } from '../../support/server/process.ts';
import { stoodBack } from '../cores.ts';
import { startFlood } from '../flood.ts';
import { startServer } from '../process.ts';
import { type Subject, subjects } from '../subjects.ts';
import type { Flood, Flooded } from './measure.ts';
import { type Load, prepare } from './paths.ts';

const SECRET = 'a secret of the bench';
const SESSIONS = 200;
/** Messages of 1 KB per second, far below what signaling can do. */
const RATE = 1000;
const PAYLOAD = 1200;
/** Messages after which the server's code is compiled, so that no result is of the JIT compiler. */
const WARM_SECONDS = 5;
const WARM_RATE = 10_000;
/**
 * Seconds of one turn, or 500 messages; quiet, flooded and beside a flood take turns with the same server. In a longer one, the
 * p99 would only show the pauses of a shared machine.
 */
const TURN_SECONDS = 0.5;
/** Seconds of flood before and after each turn. */
const MARGIN = 0.25;

/** One turn of each, in milliseconds from sender to receiver. */
export interface SignalingRun {
  readonly quietP99: number;
  readonly floodedP99: number;
  /** The same load on the client's core, but with no receiver: the client's share of the delay. */
  readonly besideP99: number;
  readonly lost: number;
  /** Packets per second that were sent to the relay, and that came through. */
  readonly sentPerSecond: number;
  readonly relayedPerSecond: number;
}

/**
 * Measures signaling's p99 in the built server, with both threads on one core, while its relay gets all that a core can send.
 * @param seconds of each, in turns
 */
export async function measureSignaling(flood: Flood, seconds: number): Promise<SignalingRun[]> {
  const port = await freePort();
  const subject = withRelay(port);
  const server = await startServer(subject);
  try {
    const client = startFlood(subject, server, await subject.plan(server.port, SESSIONS, 2));
    try {
      const { failed } = await client.connect(0, SESSIONS, 16);
      if (failed > 0) throw new Error(`${failed} of ${SESSIONS} sessions failed`);
      const rate = async () => client.rate(MARGIN, TURN_SECONDS, RATE);
      const during = async (load: Load) => {
        const pouring = flood.pour(load, PAYLOAD, TURN_SECONDS + 2 * MARGIN, 0, true);
        const heard = await rate();
        return { heard, poured: await pouring };
      };
      await client.rate(0, WARM_SECONDS, WARM_RATE);
      const load = await prepare('channel up', { port, credentials: credentials() }, PAYLOAD);
      if (load === undefined) throw new Error('the relay gave no allocation');
      const toNobody = { ...load, to: await freePort(), counted: await freePort() };
      return await stoodBack(async () => {
        const runs: SignalingRun[] = [];
        for (let left = Math.ceil(seconds / TURN_SECONDS); left > 0; left -= 1) {
          const quiet = await rate();
          const { heard: flooded, poured } = await during(load);
          const { heard: beside } = await during(toNobody);
          runs.push({
            quietP99: quiet.p99Ns / 1e6,
            floodedP99: flooded.p99Ns / 1e6,
            besideP99: beside.p99Ns / 1e6,
            lost: quiet.lost + flooded.lost + beside.lost,
            sentPerSecond: perSecond(poured),
            relayedPerSecond: poured.perSecond,
          });
        }
        return runs;
      });
    } finally {
      await client.close();
    }
  } finally {
    await server.close();
  }
}

function perSecond({ sent, received, perSecond: rate }: Flooded): number {
  return (sent / Math.max(1, received)) * rate;
}

function credentials() {
  return makeCredentials(SECRET, Date.now() / 1000 + 3600, 'bench');
}

/** Starts the built server with its relay on loopback. */
function withRelay(turnPort: number): Subject {
  const { parley } = subjects;
  return {
    ...parley,
    command(port) {
      const { args, env, remove } = parley.command(port);
      const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'));
      const file = join(folder, 'turnserver.conf');
      const lines = [
        `listening-port=${turnPort}`,
        'listening-ip=127.0.0.1',
        `static-auth-secret=${SECRET}`,
        'allow-loopback-peers',
      ];
      writeFileSync(file, lines.join('\n'));
      return {
        args,
        env: { ...env, TURN: 'on', TURN_CONFIG: file },
        remove() {
          remove();
          rmSync(folder, { recursive: true });
        },
      };
    },
  };
}
