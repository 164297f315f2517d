import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, type Environment, readConfig } from '../../../src/config/config.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { createServer, type Overrides } from '../../../src/server.ts';
import { cheapPasswords } from './accounts.ts';

export interface TestServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** `ws://127.0.0.1:<port>` */
  readonly wsUrl: string;
  readonly port: number;
  readonly config: Config;
  /** For the link by which the first admin is made. */
  readonly setupToken: string | undefined;
  /** As on SIGTERM: saves sessions for the next server on this database. */
  drain(): Promise<void>;
  /** Ends the server at once, and removes its database unless the caller passed one. */
  close(): Promise<void>;
}

/**
 * A whole server in this process: on a free port, with a database of its own, without the relay, silent, and with
 * room for many sign-ins from one address.
 * @param environment as a user would set it: `{ TURN: 'on', KEPT_MESSAGES: '8' }`
 */
export async function startServer(
  environment: Environment = {},
  overrides: Overrides = {},
): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-'));
  const config = readConfig({
    HOST: '127.0.0.1',
    PORT: '0',
    DATABASE_PATH: join(folder, 'parley.db'),
    TURN: 'off',
    GUESTS_PER_MINUTE: '1000000',
    SIGN_INS_PER_MINUTE: '1000000',
    ...environment,
  });
  const server = createServer(config, { log: silentLog, passwords: cheapPasswords(), ...overrides });
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  try {
    const { port, setupToken } = await server.listen();
    return {
      url: `http://127.0.0.1:${port}`,
      wsUrl: `ws://127.0.0.1:${port}`,
      port,
      config,
      setupToken,
      drain: () => server.drain(),
      async close() {
        await server.close();
        removeFolder();
      },
    };
  } catch (thrown) {
    removeFolder();
    throw thrown;
  }
}
