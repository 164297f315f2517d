import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clinic, openClinic } from '../support/doctor/clinic.ts';
import { runDoctor } from '../support/doctor/run-doctor.ts';
import { takesConnections } from '../support/doctor/sites.ts';
import { freePort, type Running, start } from '../support/server/process.ts';

let clinic: Clinic;
beforeAll(async () => {
  clinic = await openClinic();
});
afterAll(() => clinic?.close());

type Start = (port: number, to: number) => Promise<Running>;

const PROXIES: Readonly<Record<string, Start>> = {
  async Caddy(port, to) {
    const { cert, pkey } = await clinic.authority.issue('caddy');
    const text = `{
      admin off
      auto_https disable_redirects
      skip_install_trust
    }
    https://localhost:${port} {
      bind 127.0.0.1
      tls ${cert} ${pkey}
      reverse_proxy 127.0.0.1:${to}
    }`;
    const path = clinic.write('Caddyfile', text);
    return start('caddy', ['run', '--adapter', 'caddyfile', '--config', path], { HOME: clinic.folder });
  },
  async HAProxy(port, to) {
    const { cert, pkey } = await clinic.authority.issue('haproxy');
    const pem = clinic.write('haproxy.pem', `${readFileSync(cert)}\n${readFileSync(pkey)}`);
    const text = `
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout tunnel 1h
  option forwardfor
frontend calls
  bind 127.0.0.1:${port} ssl crt ${pem}
  default_backend parley
backend parley
  server parley 127.0.0.1:${to}
`;
    return start('/usr/sbin/haproxy', ['-db', '-f', clinic.write('haproxy.cfg', text)]);
  },
};

/** A proxy whose clock is wrong; it changes Date in what passes, and adds X-Forwarded-For. */
async function wrongClock(to: number, date: string): Promise<{ port: number; close(): void }> {
  const { cert, pkey } = await clinic.authority.issue('wrong-clock');
  const server = createServer({ cert: readFileSync(cert), key: readFileSync(pkey) }, (client) => {
    const upstream = connect(to, '127.0.0.1');
    for (const socket of [client, upstream]) socket.on('error', () => client.destroy());
    client.once('data', (head: Buffer) => {
      upstream.write(head.toString('latin1').replace('\r\n', '\r\nX-Forwarded-For: 127.0.0.1\r\n'), 'latin1');
    });
    upstream.on('data', (chunk: Buffer) => {
      client.write(chunk.toString('latin1').replace(/^date: .*$/im, `Date: ${date}`), 'latin1');
    });
    upstream.on('end', () => client.end());
    client.on('close', () => upstream.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}

describe('the doctor, at a proxy whose clock is another', () => {
  it.each(['Wed, 01 Jan 2020 00:00:00 GMT', 'Sat, 01 Jan 2050 00:00:00 GMT'])(
    'names the clock and nothing else: %s',
    async (date) => {
      const settings = { ...(await clinic.relay()), TRUSTED_PROXIES: '127.0.0.1' };
      const PORT = await freePort();
      const proxy = await wrongClock(PORT, date);
      try {
        const patient = await clinic.admit({
          ...settings,
          PORT,
          PUBLIC_URL: `https://localhost:${proxy.port}`,
        });
        const { troubles, line } = await runDoctor(patient.settings);
        expect(troubles).toEqual(['clock: fail']);
        expect(line('clock').result).toContain('PUBLIC_URL');
      } finally {
        proxy.close();
        await clinic.discharge();
      }
    },
  );
});

describe('the doctor, at other reverse proxies', () => {
  it.each(Object.entries(PROXIES))(
    'finds nothing wrong with %s, with and without the server',
    async (_, open) => {
      const port = await freePort();
      const patient = await clinic.admit({
        ...(await clinic.relay()),
        PUBLIC_URL: `https://localhost:${port}`,
        TRUSTED_PROXIES: '127.0.0.1',
      });
      const proxy = await open(port, patient.port);
      try {
        const isUp = () => (proxy.alive() ? takesConnections(port) : proxy.output());
        await expect.poll(isUp, { timeout: 20_000 }).toBe(true);
        const running = await runDoctor(patient.settings);
        expect([running.troubles, running.line('websocket').status]).toEqual([[], 'ok']);
        const untrusting = await runDoctor({ ...patient.settings, TRUSTED_PROXIES: '' });
        expect(untrusting.troubles).toEqual(['server: fail']);
        await clinic.discharge();
        const before = await runDoctor(patient.settings);
        expect([before.troubles, before.line('websocket').status]).toEqual([[], 'ok']);
        const untrusted = await runDoctor({ ...patient.settings, TRUSTED_PROXIES: '' });
        expect(untrusted.troubles).toEqual(['forwarded: fail']);
      } finally {
        await proxy.stop('SIGTERM');
      }
    },
  );
});
