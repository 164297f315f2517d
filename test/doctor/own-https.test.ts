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

/** Settings of a server that speaks HTTPS itself, with this certificate. */
async function own(wanted: Parameters<Clinic['authority']['issue']>[1] = {}) {
  const PORT = await freePort();
  const { cert, pkey } = await clinic.authority.issue(`own-${PORT}`, wanted);
  return { PORT, PUBLIC_URL: `https://localhost:${PORT}`, TLS_CERT: cert, TLS_KEY: pkey };
}

describe('the doctor, at a server that speaks HTTPS itself', () => {
  it('finds nothing wrong, and tries TURN over TLS with the same certificate', async () => {
    const { settings } = await clinic.admit({ ...(await own()), ...(await clinic.relay()) });
    const { lines, code } = await runDoctor(settings);
    expect(lines.filter(({ status, id }) => status !== 'ok' && id !== 'relay_settings')).toEqual([]);
    expect(code).toBe(0);
  });

  it('names a chain that is incomplete', async () => {
    const { settings } = await clinic.admit({
      ...(await own({ isIncomplete: true })),
      ...(await clinic.relay()),
    });
    const { troubles, line } = await runDoctor(settings);
    expect(troubles).toEqual(['certificate: fail', 'turn_tls: fail']);
    expect(line('certificate').todo).toMatch(/TLS_CERT.*fullchain\.pem/);
  });

  it('answers in place of a server that does not run, by HTTPS and with a relay', async () => {
    const settings = {
      ...(await own()),
      ...(await clinic.relay()),
      HOST: '127.0.0.1',
      DATABASE_PATH: `${clinic.folder}/none.db`,
      NODE_EXTRA_CA_CERTS: clinic.authority.root,
    };
    const { troubles, lines, code } = await runDoctor(
      Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)])),
    );
    expect([troubles, code]).toEqual([[], 0]);
    const skipped = lines.filter(({ status }) => status === 'skip').map(({ id }) => id);
    expect(skipped).toEqual(['database', 'server']);
  });

  it.each([
    ['has expired', { days: -3 }, /expired/],
    ['is for another name', { names: ['another.example'] }, /another\.example/],
  ] as const)('names TLS_CERT before the start if it %s', async (_, wanted, result) => {
    const given = {
      ...(await own(wanted)),
      HOST: '127.0.0.1',
      TURN: 'off',
      DATABASE_PATH: `${clinic.folder}/none.db`,
    };
    const { troubles, line } = await runDoctor({ ...given, PORT: String(given.PORT) });
    expect(troubles).toEqual(['certificate: fail', 'turn: warn']);
    expect(line('certificate').result).toMatch(/TLS_CERT/);
    expect(line('certificate').result).toMatch(result);
  });
});
