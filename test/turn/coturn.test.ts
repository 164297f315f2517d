import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseTurnserverConf } from '../../src/turn/conf/turnserver-conf.ts';
import { makeCredentials } from '../../src/turn/ice/credentials.ts';
import { freePort, type Running, start } from '../support/server/process.ts';
import { startRelay, type TestRelay } from '../support/turn/relay.ts';
import { TurnClient } from '../support/turn/turn-client.ts';
import type { Transport } from '../support/turn/turn-wire.ts';

const SECRET = 'shared with coturn';

/** The project's turnserver.conf, with a few more lines, starts both our relay and coturn. */
describe('the same turnserver.conf', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-coturn-'));
  const file = join(folder, 'turnserver.conf');
  let coturn: Running;
  let coturnPort: number;
  let ours: TestRelay;

  beforeAll(async () => {
    coturnPort = await freePort();
    const lines = [
      readFileSync(new URL('../../turnserver.conf', import.meta.url), 'utf8'),
      `listening-port=${coturnPort}`,
      'listening-ip=127.0.0.1',
      `static-auth-secret=${SECRET}`,
      'allow-loopback-peers',
      'simple-log',
      'log-file=stdout',
      `pidfile=${join(folder, 'pid')}`,
    ];
    writeFileSync(file, lines.join('\n'));
    const { conf, warnings } = parseTurnserverConf(readFileSync(file, 'utf8'), file);
    expect(warnings).toEqual([]);
    coturn = start('turnserver', ['-c', file]);
    await coturn.says(/Total auth threads|IO method \(admin thread\)/);
    ours = await startRelay({ ...conf, listeningPort: 0 });
  });

  afterAll(async () => {
    await coturn.stop();
    await ours.close();
    rmSync(folder, { recursive: true });
  });

  it('is accepted by coturn in every line', () => {
    expect(coturn.output()).toContain('Default realm: parley');
    expect(coturn.output()).not.toMatch(
      /bad configuration|unknown (?:argument|option)|CONFIG ERROR|unrecognized/i,
    );
  });

  const servers = { coturn: () => coturnPort, ours: () => ours.endpoint.port };

  async function client(port: number, name: string, transport: Transport): Promise<TurnClient> {
    const credentials = makeCredentials(SECRET, Date.now() / 1000 + 600, name);
    return TurnClient.connect({ host: '127.0.0.1', port, transport, credentials });
  }

  for (const transport of ['udp', 'tcp'] as const) {
    it.each(['coturn', 'ours'] as const)(
      `opens to our credentials and relays over ${transport}: %s`,
      async (server) => {
        const port = servers[server]();
        const one = await client(port, 'one', transport);
        const other = await client(port, 'other', transport);
        const oneAt = await one.allocate();
        const otherAt = await other.allocate();
        expect(oneAt.address).toBe('127.0.0.1');
        await other.permit(oneAt);
        await one.bind(0x4000, otherAt);
        one.sendChannel(0x4000, Buffer.from('by channel'));
        expect(await other.next()).toEqual({ from: oneAt, data: Buffer.from('by channel') });
        other.sendTo(oneAt, Buffer.from('by indication'));
        expect(await one.next()).toEqual({ from: 0x4000, data: Buffer.from('by indication') });
        expect(await one.refresh()).toBe(600);
        expect(await one.refresh(0)).toBe(0);
        one.close();
        other.close();
      },
    );
  }

  it.each(['coturn', 'ours'] as const)(
    'is closed to a wrong password and to an expired user name: %s',
    async (server) => {
      const port = servers[server]();
      const expired = makeCredentials(SECRET, Date.now() / 1000 - 60, 'late');
      const forged = { ...makeCredentials(SECRET, Date.now() / 1000 + 600, 'me'), credential: 'wrong' };
      for (const credentials of [expired, forged]) {
        const stranger = await TurnClient.connect({ host: '127.0.0.1', port, credentials });
        await expect(stranger.allocate()).rejects.toMatchObject({ code: 401 });
        stranger.close();
      }
    },
  );
});
