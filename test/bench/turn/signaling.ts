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
/** Messages of 1 KB a second, far from what signaling can do. */
const RATE = 1000;
const PAYLOAD = 1200;
/** What the server's code is warm after, so that no figure is of its compiler. */
const WARM_SECONDS = 5;
const WARM_RATE = 10_000;
/**
 * Seconds, of 500 messages: quiet, flooded and beside a flood take turns with the same server. A machine that others
 * share stands still a few times a second; in a longer measurement that is all that a p99 shows.
 */
const TURN_SECONDS = 0.5;
/** Seconds that the flood runs before and after. */
const MARGIN = 0.25;

/** One turn of each; milliseconds from sender to receiver. */
export interface SignalingRun {
  readonly quietP99: number;
  readonly floodedP99: number;
  /** The same load on the client's core, but the packets go to nobody: what of the delay is the client's. */
  readonly besideP99: number;
  readonly lost: number;
  /** Packets a second that were sent to the relay, and that came through. */
  readonly sentPerSecond: number;
  readonly relayedPerSecond: number;
}

/**
 * Signaling's p99 in the whole built server, both threads on one core, while its relay gets all that a core can send.
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

/** Parley as it is built, with its relay on loopback. */
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
