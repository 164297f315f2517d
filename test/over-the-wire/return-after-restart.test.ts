import { afterEach, expect, it } from 'vitest';
import WebSocket from 'ws';
import { ResumableSession } from '../../src/client/signaling/resumable-session.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { mintToken } from '../../src/load/credentials.ts';
import { SECRET } from '../support/server/accounts.ts';
import { temporaryDatabase } from '../support/server/database.ts';
import { type ParleyProcess, startParley } from '../support/server/parley-process.ts';
import { freePort } from '../support/server/process.ts';
import { until } from '../support/until.ts';

const SESSIONS = 500;
/** How long the supervisor of this test takes to start the next process, the first time. */
const SLOW_MS = 4_000;

const sessions: ResumableSession[] = [];
let server: ParleyProcess | undefined;
afterEach(async () => {
  for (const session of sessions.splice(0)) session.close();
  await server?.stop('SIGKILL');
});

it('[SE8] nobody who waits as told finds no server after a restart, once the machine has seen one', async () => {
  const environment = {
    PORT: String(await freePort()),
    DATABASE_PATH: temporaryDatabase(),
    JWT_SECRET: SECRET,
  };
  server = await startParley(environment);
  const url = `${server.url.replace('http', 'ws')}/ws`;
  let refused = 0;
  let renewed = 0;
  class Wire extends WebSocket {
    constructor(to: string, protocols: string[]) {
      super(to, protocols, { perMessageDeflate: false });
      this.on('error', () => {
        refused += 1;
      });
    }
  }
  for (let n = 0; n < SESSIONS; n += 1) {
    const token = mintToken(SECRET, `user-${n}`, Date.now());
    const session = new ResumableSession({
      url,
      token,
      WebSocket: Wire,
      clock: systemClock,
      random: Math.random,
    });
    session.on('renewed', () => {
      renewed += 1;
    });
    sessions.push(session);
  }
  const areLive = () => sessions.every(({ state }) => state === 'live');
  await until(areLive);
  const peers = sessions.map(({ welcome }) => welcome?.peerId);

  await server.stop('SIGTERM');
  await new Promise((resolve) => systemClock.after(SLOW_MS, () => resolve(undefined)));
  server = await startParley(environment);
  await until(areLive);

  refused = 0;
  await server.stop('SIGTERM');
  server = await startParley(environment);
  await until(areLive);
  expect({ refused, renewed }).toEqual({ refused: 0, renewed: 0 });
  expect(sessions.map(({ welcome }) => welcome?.peerId)).toEqual(peers);
});
