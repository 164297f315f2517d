import { symlinkSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createServer as createNetServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Environment } from '../src/config/config.ts';
import { StartError } from '../src/domain/errors.ts';
import { Database } from '../src/store/sqlite/driver.ts';
import { signIn } from './support/server/api.ts';
import { temporaryDatabase, temporaryFolder } from './support/server/database.ts';
import { startServer, type TestServer } from './support/server/server.ts';
import { connectRaw } from './support/server/ws-client.ts';

const running = new Set<{ close(): unknown }>();
afterEach(async () => {
  for (const each of running) await each.close();
  running.clear();
});

async function start(environment: Environment): Promise<TestServer> {
  const server = await startServer(environment);
  running.add(server);
  return server;
}

async function takenPort(): Promise<string> {
  const server = createNetServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  running.add(server);
  const address = server.address();
  return String(typeof address === 'object' ? address?.port : undefined);
}

function confFile(text: string): string {
  const path = join(temporaryFolder(), 'turnserver.conf');
  writeFileSync(path, text);
  return path;
}

describe('a start that fails', () => {
  it('[SE8] leaves the sessions of the process before it to the next start', async () => {
    const path = temporaryDatabase();
    const before = await start({ DATABASE_PATH: path });
    const { accessToken: token } = await signIn(before.url);
    const ann = connectRaw({ wsUrl: before.wsUrl, token });
    const { payload: welcome } = await ann.welcome;
    await before.drain();

    const port = await takenPort();
    const failing: Environment[] = [
      { PORT: port },
      { TURN: 'on', TURN_CONFIG: confFile('listening-port=no-number\n') },
      { TURN: 'on', TURN_CONFIG: confFile(`listening-ip=127.0.0.1\nlistening-port=${port}\n`) },
    ];
    for (const environment of failing) {
      await expect(startServer({ DATABASE_PATH: path, ...environment })).rejects.toThrow(StartError);
    }

    const after = await start({ DATABASE_PATH: path });
    const resume = { token: welcome.resumeToken, lastSeq: ann.lastSeq };
    const back = connectRaw({ wsUrl: after.wsUrl, token, resume });
    expect((await back.welcome).payload).toMatchObject({ resumed: true, peerId: welcome.peerId });
  });

  it('says that another server has the same database, by whatever path', async () => {
    const path = temporaryDatabase();
    const first = await start({ DATABASE_PATH: path });
    const link = join(temporaryFolder(), 'linked.db');
    symlinkSync(path, link);
    for (const name of [path, link]) {
      await expect(startServer({ DATABASE_PATH: name })).rejects.toThrow(
        `Another Parley is running on the database ${name}. Stop that one first`,
      );
    }
    expect((await fetch(`${first.url}/health`)).status).toBe(200);
    await first.close();
    await start({ DATABASE_PATH: path });
  });

  it.each(['in its pages', 'in its schema', 'cut short'])(
    'is told that the database is damaged (%s), in a sentence',
    async (where) => {
      const path = temporaryDatabase();
      const server = await start({ DATABASE_PATH: path });
      for (let i = 0; i < 20; i++) await signIn(server.url);
      await server.drain();
      await damage(path, where);
      const failed = startServer({ DATABASE_PATH: path });
      await expect(failed).rejects.toThrow(StartError);
      await expect(failed).rejects.toThrow(`The database ${path} is damaged`);
    },
  );
});

/** Overwrites or cuts off what follows the file's header. */
async function damage(path: string, where: string): Promise<void> {
  const database = new Database(path);
  const pages = Number(database.pragma('page_count', { simple: true }));
  const bytes = Number(database.pragma('page_size', { simple: true }));
  database.close();
  const file: FileHandle = await open(path, 'r+');
  const noise = Buffer.alloc(bytes, 0xa5);
  if (where === 'cut short') await file.truncate(2 * bytes);
  else if (where === 'in its schema') await file.write(noise, 0, bytes - 200, 200);
  else for (let page = 1; page < pages; page++) await file.write(noise, 0, bytes, page * bytes);
  await file.close();
}
