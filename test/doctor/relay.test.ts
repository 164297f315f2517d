import { createSocket, type Socket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Clinic, openClinic } from '../support/doctor/clinic.ts';
import { runDoctor } from '../support/doctor/run-doctor.ts';
import { freePort } from '../support/server/process.ts';

let clinic: Clinic;
beforeAll(async () => {
  clinic = await openClinic();
});
afterEach(() => clinic.discharge());
afterAll(() => clinic?.close());

/** A server whose relay has these lines in its settings, as the doctor finds it. */
async function examine(conf: readonly string[], settings: Readonly<Record<string, string>> = {}) {
  const relay = await clinic.relay(conf);
  const patient = await clinic.admit({ ...relay, ...settings });
  return { patient, relay, diagnosis: await runDoctor(patient.settings) };
}

describe('the doctor, at the relay', () => {
  it('sends packets through one that works, without PUBLIC_URL too', async () => {
    const { diagnosis } = await examine([]);
    expect(diagnosis.troubles).toEqual([]);
    expect(diagnosis.line('turn_udp').status).toBe('ok');
    expect(diagnosis.line('turn_tcp').status).toBe('ok');
    expect(diagnosis.line('turn_tls').result).toContain('no certificate');
    expect(diagnosis.code).toBe(0);
  });

  it('names another secret than the running relay has', async () => {
    const { patient, relay } = await examine([]);
    const text = readFileSync(relay.TURN_CONFIG, 'utf8').replace(/^static-auth-secret=.*$/m, '');
    const path = clinic.write('another.conf', `${text}\nstatic-auth-secret=another one\n`);
    const { troubles, line, code } = await runDoctor({ ...patient.settings, TURN_CONFIG: path });
    expect([troubles, code]).toEqual([['turn_secret: fail'], 2]);
    expect(line('turn_secret').todo).toMatch(/static-auth-secret/);
    expect(JSON.stringify(line('turn_secret'))).not.toContain('another one');
  });

  it('names another secret than that of the relay of TURN_URLS', async () => {
    const { relay } = await examine([]);
    const patient = await clinic.admit({
      TURN_URLS: `turn:127.0.0.1:${relay.port}`,
      TURN_CONFIG: clinic.write('third.conf', 'static-auth-secret=a third one\n'),
    });
    const { troubles, line } = await runDoctor(patient.settings);
    expect(troubles).toEqual(['turn_secret: fail']);
    expect(line('turn_secret').todo).toMatch(/static-auth-secret.*TURN_URLS/);
  });

  it('names a relay of TURN_URLS that is not there', async () => {
    const patient = await clinic.admit({
      TURN_URLS: `turn:127.0.0.1:${await freePort()}?transport=tcp`,
      TURN_CONFIG: clinic.write('fourth.conf', 'static-auth-secret=x\n'),
    });
    const { troubles, line } = await runDoctor(patient.settings);
    expect(troubles).toEqual(['turn_tcp: fail']);
    expect(line('turn_tcp').todo).toContain('TURN_URLS');
  });

  it('names a private external-ip', async () => {
    const { diagnosis } = await examine(['external-ip=10.1.2.3']);
    expect(diagnosis.troubles).toEqual(['external_ip: fail']);
    expect(diagnosis.line('external_ip').todo).toMatch(/Set external-ip in turnserver\.conf/);
  });

  it('names the external-ip of another machine', async () => {
    const { diagnosis } = await examine(['external-ip=198.51.100.77']);
    expect(diagnosis.troubles).toEqual(['external_ip: fail']);
    expect(diagnosis.line('turn_udp')).toMatchObject({ status: 'skip' });
  });

  it('names an external-ip whose host name has no address', async () => {
    const { diagnosis } = await examine(['external-ip=home.invalid']);
    expect(diagnosis.troubles).toContain('external_ip: fail');
    expect(diagnosis.line('external_ip').todo).toContain('Correct external-ip');
  });

  it('names a wrong address behind the slash of external-ip', async () => {
    const [own = '127.0.0.1'] = addresses();
    const { diagnosis } = await examine([`external-ip=${own}/10.9.9.9`]);
    expect(diagnosis.troubles).toContain('external_ip: fail');
    expect(diagnosis.line('external_ip').result).toContain(isPublicName(own) ? '10.9.9.9' : own);
  });

  it.each([
    ['has expired', { days: -1 }, 'turn_tls: fail', /expired/],
    ['is for another name', { names: ['another.example'] }, 'turn_tls: fail', /another\.example/],
    ['is incomplete', { isIncomplete: true }, 'turn_tls: fail', /incomplete/],
    ['expires within days', { days: 2 }, 'turn_tls: warn', /2 days/],
  ] as const)("names the relay's certificate if it %s", async (name, wanted, trouble, result) => {
    const { cert, pkey } = await clinic.authority.issue(`turn ${name}`.replaceAll(' ', '-'), wanted);
    const { diagnosis } = await examine([`cert=${cert}`, `pkey=${pkey}`]);
    expect(diagnosis.troubles).toEqual([trouble]);
    expect(diagnosis.line('turn_tls').result).toMatch(result);
    expect(diagnosis.line('turn_tls').todo).toMatch(/cert and pkey in turnserver\.conf/);
  });

  it('warns of fewer than 100 ports', async () => {
    const { diagnosis } = await examine(['min-port=50000', 'max-port=50009']);
    expect([diagnosis.troubles, diagnosis.code]).toEqual([['port_range: warn'], 1]);
    expect(diagnosis.line('port_range').todo).toMatch(/min-port and max-port/);
  });

  it('names a range of ports that another program has', async () => {
    const port = await freePort('0.0.0.0');
    const taken = await Promise.all(addresses().map((address) => bind(port, address)));
    try {
      const { diagnosis } = await examine([`min-port=${port}`, `max-port=${port}`]);
      expect(diagnosis.troubles).toContain('port_range: fail');
      expect(diagnosis.line('port_range').todo).toMatch(/min-port and max-port/);
    } finally {
      for (const socket of taken) socket.close();
    }
  });

  it('warns if TURN is off', async () => {
    const patient = await clinic.admit({ TURN: 'off' });
    const { troubles, line, code } = await runDoctor(patient.settings);
    expect([troubles, code]).toEqual([['turn: warn'], 1]);
    expect(line('turn').todo).toContain('TURN=on');
  });

  it('finds that the relay may not reach itself', async () => {
    const { diagnosis } = await examine(['denied-peer-ip=0.0.0.0-255.255.255.255']);
    expect(diagnosis.troubles).toEqual(['turn_udp: fail', 'turn_tcp: fail']);
    expect(diagnosis.line('turn_udp').todo).toContain('denied-peer-ip');
  });
});

function addresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  return all.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address);
}

function isPublicName(address: string): boolean {
  return !/^(10|127|172|192\.168|100)\./.test(address);
}

function bind(port: number, address: string): Promise<Socket> {
  const socket = createSocket('udp4');
  return new Promise((resolve, reject) => {
    socket.once('error', reject).bind({ port, address, exclusive: true }, () => resolve(socket));
  });
}
