import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../server/process.ts';
import { startServer } from '../server/server.ts';
import { type Authority, createAuthority } from './authority.ts';

/** The shared secret of the relay and of all servers of a clinic. */
export const TURN_SECRET = 'a secret that only the tests have';

/** A server, and the settings with which it was started: the doctor gets the same. */
export interface Patient {
  readonly port: number;
  readonly settings: Record<string, string>;
}

export type RelaySettings = Readonly<Record<'TURN' | 'TURN_CONFIG', string> & { port: number }>;

/** Servers and files for the doctor to examine. */
export interface Clinic {
  readonly folder: string;
  readonly authority: Authority;
  /** Writes a file of this clinic. @returns its path */
  write(name: string, text: string): string;
  /** Starts a server. By default its relay is off. */
  admit(settings: Readonly<Record<string, string | number>>): Promise<Patient>;
  /**
   * The settings of a relay of its own, on free ports.
   * @param conf lines of turnserver.conf besides ports and secret
   */
  relay(conf?: readonly string[]): Promise<RelaySettings>;
  /** Ends all servers. */
  discharge(): Promise<void>;
  close(): Promise<void>;
}

export async function openClinic(): Promise<Clinic> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-doctor-'));
  const authority = await createAuthority(folder);
  const closers: (() => Promise<void>)[] = [];
  const discharge = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  let count = 0;
  return {
    folder,
    authority,
    write(name, text) {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    },
    async admit(given) {
      count += 1;
      const settings: Record<string, string> = {
        HOST: '127.0.0.1',
        PORT: String(await freePort()),
        DATABASE_PATH: join(folder, `${count}.db`),
        NODE_EXTRA_CA_CERTS: authority.root,
        TURN: 'off',
        ...Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)])),
      };
      delete settings['port'];
      const server = await startServer(settings);
      closers.push(() => server.close());
      return { port: server.port, settings: { ...settings, PORT: String(server.port) } };
    },
    async relay(conf = []) {
      count += 1;
      const port = await freePort('0.0.0.0');
      const ports = [`listening-port=${port}`, `tls-listening-port=${await freePort('0.0.0.0')}`];
      const path = join(folder, `turnserver-${count}.conf`);
      writeFileSync(path, [...ports, `static-auth-secret=${TURN_SECRET}`, ...conf].join('\n'));
      return { TURN: 'on', TURN_CONFIG: path, port };
    },
    discharge,
    async close() {
      await discharge();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
