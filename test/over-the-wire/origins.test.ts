import { describe, expect, it } from 'vitest';
import type { Environment } from '../../src/config/config.ts';
import { createLog } from '../../src/lib/log.ts';
import type { Overrides } from '../../src/server.ts';
import { raw } from '../http/server/raw.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { startStage } from './stage.ts';

const PUBLIC_URL = 'https://calls.example.org';
const APPS = ['capacitor://localhost', 'tauri://localhost', 'null'] as const;

/** A server, and how it answers pages of an origin that reach it under a name. Default: by its address. */
async function start(environment: Environment = {}, overrides: Overrides = {}) {
  const { server, guest } = await startStage(environment, overrides);
  const { token } = await guest();
  const own = `127.0.0.1:${server.port}`;
  const head = async (lines: readonly string[]): Promise<string> => {
    const client = await raw(server.port, `${lines.join('\r\n')}\r\n\r\n`);
    const received = await client.until(/\r\n\r\n/);
    client.destroy();
    return received;
  };
  return {
    own,
    /** @returns the status of an upgrade */
    async upgrade(origin: string | undefined, host = own): Promise<number> {
      const received = await head([
        'GET /ws HTTP/1.1',
        `Host: ${host}`,
        ...(origin === undefined ? [] : [`Origin: ${origin}`]),
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        `Sec-WebSocket-Protocol: parley.v1, token.${token}`,
      ]);
      return Number(received.slice(9, 12));
    },
    /** @returns the value of Access-Control-Allow-Origin */
    async allowed(origin: string, host = own): Promise<string | undefined> {
      const authorization = `Authorization: Bearer ${token}`;
      const received = await head([
        'GET /auth/me HTTP/1.1',
        `Host: ${host}`,
        `Origin: ${origin}`,
        authorization,
      ]);
      expect(received).toMatch(/^HTTP\/1\.1 200 /);
      return /\r\nAccess-Control-Allow-Origin: (.*)\r\n/i.exec(received)?.[1];
    },
  };
}

describe('pages of other origins', () => {
  it('[HT6] are those on the list and no others, apps and `null` too, over HTTP and WebSocket', async () => {
    const { upgrade, allowed } = await start({ CORS_ORIGINS: ['https://a.example', ...APPS].join(',') });
    for (const origin of ['https://a.example', ...APPS]) {
      expect([origin, await upgrade(origin), await allowed(origin)]).toEqual([origin, 101, origin]);
    }
    for (const origin of [
      'http://a.example',
      'https://a.example:8443',
      'https://b.a.example',
      'tauri://other',
    ]) {
      expect([origin, await upgrade(origin), await allowed(origin)]).toEqual([origin, 403, undefined]);
    }
    expect(await upgrade(undefined)).toBe(101);
  });

  it('[HT6] are none by default, and any with `*`', async () => {
    const closed = await start();
    const open = await start({ CORS_ORIGINS: '*' });
    for (const origin of ['https://a.example', ...APPS]) {
      expect([origin, await closed.upgrade(origin), await closed.allowed(origin)]).toEqual([
        origin,
        403,
        undefined,
      ]);
      expect([origin, await open.upgrade(origin)]).toEqual([origin, 101]);
      expect(['*', origin]).toContain(await open.allowed(origin));
    }
    expect(await closed.upgrade(`http://${closed.own}`)).toBe(101);
  });

  it('[HT6] with PUBLIC_URL, are not made the server’s own by the Host header', async () => {
    const { own, upgrade, allowed } = await start({ PUBLIC_URL });
    for (const host of [own, 'calls.example.org', 'evil.example']) {
      expect([host, await upgrade(PUBLIC_URL, host), await allowed(PUBLIC_URL, host)]).toEqual([
        host,
        101,
        PUBLIC_URL,
      ]);
    }
    for (const [origin, host] of [
      ['http://evil.example', 'evil.example'],
      ['https://evil.example', 'evil.example'],
      [`http://${own}`, own],
      ['http://calls.example.org', 'calls.example.org'],
      ['https://calls.example.org:8443', 'calls.example.org:8443'],
    ] as const) {
      expect([origin, await upgrade(origin, host), await allowed(origin, host)]).toEqual([
        origin,
        403,
        undefined,
      ]);
    }
  });

  it('[HT6] are logged when an upgrade is refused, once a minute per origin', async () => {
    const clock = new FakeClock(Date.now());
    const lines: string[] = [];
    const log = createLog({ level: 'warn', now: () => clock.now(), write: (line) => void lines.push(line) });
    const { upgrade } = await start({}, { clock, log });
    const origins = () => lines.flatMap((line) => JSON.parse(line).origin ?? []);
    for (const origin of ['https://a.example', 'https://b.example', 'https://a.example', 'null']) {
      expect(await upgrade(origin)).toBe(403);
    }
    expect(origins()).toEqual(['https://a.example', 'https://b.example', 'null']);
    clock.advance(60_000);
    await upgrade('https://a.example');
    await upgrade('https://a.example');
    expect(origins().slice(3)).toEqual(['https://a.example']);
  });
});
