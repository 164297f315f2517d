import { afterEach, beforeEach } from 'vitest';
import type { Environment } from '../../../src/config/config.ts';
import { SECRET } from '../../support/server/accounts.ts';
import { temporaryDatabase } from '../../support/server/database.ts';
import { freePort } from '../../support/server/process.ts';
import { startServer, type TestServer } from '../../support/server/server.ts';

/** A server for each test, on a port and a database that outlive it. */
export interface LastingServer {
  readonly url: string;
  drain(): Promise<void>;
  close(): Promise<void>;
  /** Starts another server on the same port and database. */
  startAgain(): Promise<void>;
}

export function lastingServer(): LastingServer {
  let server: TestServer;
  let place: Environment;
  beforeEach(async () => {
    place = { DATABASE_PATH: temporaryDatabase(), PORT: String(await freePort()), JWT_SECRET: SECRET };
    server = await startServer(place);
  });
  afterEach(() => server.close());
  return {
    get url() {
      return server.url;
    },
    drain: () => server.drain(),
    close: () => server.close(),
    async startAgain() {
      server = await startServer(place);
    },
  };
}
