import { resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { CHANGES_PER_CHECKPOINT } from '../../../src/store/sqlite/checkpoints.ts';
import { createRoom, signIn } from '../../support/server/api.ts';
import { temporaryDatabase } from '../../support/server/database.ts';
import { startParley } from '../../support/server/parley-process.ts';
import { freePort, type Running, start } from '../../support/server/process.ts';
import { syncLog } from '../../support/server/sync-log.ts';
import { RawClient } from '../../support/server/ws-client.ts';
import { until } from '../../support/until.ts';

const PROGRAM = resolve(import.meta.dirname, '../../support/server/store-program.ts');
const FROM_SOURCE = ['--import', './test/support/typescript.mjs'];

let running: Pick<Running, 'stop'> | undefined;
afterEach(() => running?.stop('SIGKILL'));

describe('an acknowledged write', () => {
  it('is on the disk if it protects somebody (revocations, bans, keys); other writes do not wait for the disk', async () => {
    const { environment, syncs } = await syncLog();
    const path = temporaryDatabase();
    const program = start(process.execPath, [...FROM_SOURCE, PROGRAM, path], environment);
    running = program;
    const waited: Record<string, boolean> = {};
    let before = 0;
    for (const name of ['user', 'room', 'login', 'revocation', 'ban', 'key', 'secret']) {
      await program.says(new RegExp(`^${name}$`, 'm'));
      const now = syncs().filter(({ file }) => file === `${path}-wal`).length;
      // The first write starts the log, which always waits for the disk once.
      if (name !== 'user') waited[name] = now > before;
      before = now;
      program.write('next\n');
    }
    expect(waited).toEqual({
      room: false,
      login: false,
      revocation: true,
      ban: true,
      key: true,
      secret: true,
    });
  });
});

describe('an acknowledged chat message', () => {
  /** How often the write-ahead log was put on the disk by the thread that answers, after each of ten messages. */
  async function syncsPerMessage(CHAT_DURABILITY: string): Promise<number[]> {
    const { environment, syncs } = await syncLog();
    const path = temporaryDatabase();
    const server = await startParley({
      ...environment,
      CHAT_DURABILITY,
      PORT: String(await freePort()),
      DATABASE_PATH: path,
    });
    running = { stop: () => server.stop('SIGKILL') };
    const { accessToken: token } = await signIn(server.url);
    const { id: roomId } = await createRoom(server.url, token);
    const ann = new RawClient({ wsUrl: server.url.replace('http', 'ws'), token });
    await ann.request('room:join', { roomId });
    // The first one also stores up to when ids may go.
    await ann.request('chat', { message: 'first' });
    const count = () =>
      syncs().filter(({ file, thread }) => thread === 'main' && file === `${path}-wal`).length;
    const counts: number[] = [];
    for (let n = 0; n < 10; n += 1) {
      const before = count();
      expect((await ann.request('chat', { message: `${n}` })).event).toBe('chat');
      counts.push(count() - before);
    }
    return counts;
  }

  it('[CH1] is on the disk under CHAT_DURABILITY=power, by one wait for its batch', async () => {
    expect(await syncsPerMessage('power')).toEqual(Array.from({ length: 10 }, () => 1));
  });

  it('[CH1] waits for no disk under CHAT_DURABILITY=crash', async () => {
    expect(await syncsPerMessage('crash')).toEqual(Array.from({ length: 10 }, () => 0));
  });
});

describe('checkpoints', () => {
  it('do not block the thread that relays messages', async () => {
    const { environment, syncs } = await syncLog();
    const path = temporaryDatabase();
    const server = await startParley({
      ...environment,
      PORT: String(await freePort()),
      DATABASE_PATH: path,
      GUESTS_PER_MINUTE: '1000000',
    });
    running = { stop: () => server.stop('SIGKILL') };
    const begun = syncs().length;
    const folded = () =>
      syncs()
        .slice(begun)
        .filter(({ file }) => file === path);
    // A guest is a user, a login and a refresh token.
    for (let guests = 0; guests < CHANGES_PER_CHECKPOINT; guests += 20) {
      await Promise.all(Array.from({ length: 20 }, () => signIn(server.url)));
    }
    await until(() => folded().length > 0);
    expect(new Set(folded().map(({ thread }) => thread))).toEqual(new Set(['other']));
  });
});
