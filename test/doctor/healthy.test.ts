import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHECKS } from '../../src/doctor/doctor.ts';
import { DOCTOR_SECRET } from '../../src/lib/doctor-proof.ts';
import { peekSetting } from '../../src/store/sqlite/inspect.ts';
import { type Clinic, openClinic, type Patient, TURN_SECRET } from '../support/doctor/clinic.ts';
import { runDoctor, runText } from '../support/doctor/run-doctor.ts';
import { holdPorts, startSites } from '../support/doctor/sites.ts';

const JWT_SECRET = 'a secret of at least 32 bytes, for tokens';

let clinic: Clinic;
let patient: Patient;
let stopSites: () => Promise<void>;
beforeAll(async () => {
  clinic = await openClinic();
  const pair = await clinic.authority.issue('good');
  const ports = await holdPorts(['good']);
  const relay = await clinic.relay([`cert=${pair.cert}`, `pkey=${pair.pkey}`]);
  patient = await clinic.admit({
    ...relay,
    PUBLIC_URL: `https://localhost:${ports.of.good}`,
    TRUSTED_PROXIES: '127.0.0.1',
    JWT_SECRET,
  });
  await ports.release();
  stopSites = await startSites(clinic.folder, new Map([[ports.of.good, { pair, to: patient.port }]]));
});
afterAll(async () => {
  await stopSites?.();
  await clinic?.close();
});

describe('the doctor, if nothing is wrong', () => {
  it('says so in every line, and exits with 0', async () => {
    const { code, status, lines } = await runDoctor(patient.settings);
    expect(lines.filter((line) => line.status !== 'ok')).toEqual([]);
    expect([code, status]).toEqual([0, 'ok']);
    expect(lines.map(({ id }) => id)).toEqual(CHECKS.map(({ id }) => id));
    const stored = JSON.parse(peekSetting(patient.settings['DATABASE_PATH'] ?? '', 'doctor') ?? '');
    expect(stored).toEqual({ at: expect.stringMatching(/^\d{4}-.*Z$/), status, lines });
  });

  it('tells people the same, without a secret', async () => {
    const { code, out, err } = await runText(patient.settings);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^✓ settings +all are valid\n/);
    expect(out).toMatch(/\n✓ turn_tls +turns:\S+ relays \(from \S+\)\n\nAll is well\.\n$/);
    expect(out).not.toContain('do:');
    const secret = peekSetting(patient.settings['DATABASE_PATH'] ?? '', DOCTOR_SECRET) ?? 'none';
    for (const hidden of [TURN_SECRET, JWT_SECRET, secret]) expect(out).not.toContain(hidden);
  });

  it('refuses options that it does not know with exit code 2', async () => {
    expect((await runText({}, ['--jsn'])).code).toBe(2);
    expect((await runText({}, ['everything'])).code).toBe(2);
  });
});
