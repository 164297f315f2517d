import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AppDescriptor, Routes, TemplatedApp, Uws } from '../uws/types.ts';
import type { Pair } from './certificate.ts';

/** Where files may be written for a moment, the best first. */
const SCRATCH = ['/dev/shm', '/tmp'];

interface SecureAppDeps {
  readonly uws: Pick<Uws, 'SSLApp'>;
  readonly pair: Pair;
  /** Folder of this server's own state, for keys if there is no better one. */
  readonly folder: string;
}

/** An app for HTTPS whose certificate can be replaced. */
export interface SecureApp {
  /** Takes the routes, before the first `use`. */
  readonly routes: Routes;
  /** What listens. */
  readonly door: Pick<TemplatedApp, 'listen'>;
  /**
   * Uses this certificate for new connections, with or without a server name (SNI).
   * @throws Error if uWebSockets.js can't use the pair; then nothing has changed
   */
  use(pair: Pair): void;
  /** Ends every connection. */
  close(): void;
}

/**
 * An SSLApp keeps the certificate it was made with, and its server names can't be replaced either: `removeServerName` frees the
 * routes under connections that are still open, and `addServerName` writes to stdout. So each certificate has an app of its own,
 * with the same routes. One more app, the door, listens, and hands what it accepts over to the app of the newest certificate.
 * Apps of older certificates keep their connections, and about 0.1 MB each.
 * @throws Error if uWebSockets.js can't use the first pair
 */
export function createSecureApp({ uws, pair, folder }: SecureAppDeps): SecureApp {
  const registrations: ((app: TemplatedApp) => void)[] = [];
  const apps: TemplatedApp[] = [];
  const appWith = (one: Pair): TemplatedApp => {
    const app = withFiles(one, [...SCRATCH, folder], (cert, key) =>
      uws.SSLApp({ cert_file_name: cert, key_file_name: key }),
    );
    apps.push(app);
    return app;
  };
  const door = appWith(pair);
  let newest: AppDescriptor | undefined;
  return {
    routes: recorder(registrations),
    door,
    use(next) {
      const app = appWith(next);
      for (const register of registrations) register(app);
      const descriptor = app.getDescriptor();
      door.addChildAppDescriptor(descriptor);
      if (newest !== undefined) door.removeChildAppDescriptor(newest);
      newest = descriptor;
    },
    close() {
      for (const app of apps) app.close();
    },
  };
}

/** Records each route instead of adding it. */
function recorder(registrations: ((app: TemplatedApp) => void)[]): Routes {
  return {
    any: (pattern, handler) => registrations.push((app) => app.any(pattern, handler)),
    ws: (pattern, behavior) => registrations.push((app) => app.ws(pattern, behavior)),
  };
}

/** Writes the pair to files that only this user can read, for as long as `use` runs: uWebSockets.js takes nothing but paths. */
function withFiles<T>(pair: Pair, folders: readonly string[], use: (cert: string, key: string) => T): T {
  const folder = scratchFolder(folders);
  try {
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    writeFileSync(cert, pair.cert, { mode: 0o600 });
    writeFileSync(key, pair.key, { mode: 0o600 });
    return use(cert, key);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @throws the error of the last folder if none can be written to */
function scratchFolder(folders: readonly string[]): string {
  for (const [index, folder] of folders.entries()) {
    try {
      return mkdtempSync(join(folder, 'parley-tls-'));
    } catch (error) {
      if (index === folders.length - 1) throw error;
    }
  }
  throw new RangeError('no folder given');
}
