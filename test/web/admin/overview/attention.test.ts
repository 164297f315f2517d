import { describe, expect, it } from 'vitest';
import type { ServerStatus } from '../../../../src/client/admin.ts';
import { concernsOf } from '../../../../src/web/admin/overview/attention.ts';
import { admin as t } from '../../../../src/web/i18n/en-admin.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const inDays = (days: number) => new Date(NOW + days * 86_400_000).toISOString();

const FINE: ServerStatus = {
  version: '1.0.0',
  commit: 'e1db31f',
  versions: { node: '20.20.2', uWebSockets: '20.51.4', sqlite: '3.50.0', koffi: '3.3.4' },
  startedAt: inDays(-3),
  sessions: { live: 2, suspended: 0 },
  rooms: 1,
  certificate: { kind: 'acme', names: ['calls.example.org'], expiresAt: inDays(60), lastError: null },
  backup: { lastAt: inDays(-1), file: 'parley-1.db', bytes: 4_096, nextAt: inDays(1), lastError: null },
  relay: { status: 'ready', problems: [] },
  doctor: { at: inDays(-1), status: 'ok', lines: [] },
};

const titles = (status: Partial<ServerStatus>) =>
  concernsOf({ ...FINE, ...status }, NOW, t).map(({ tone, title }) => `${tone}: ${title}`);

const { certificate, backup } = FINE;
const line = { id: 'clock', tried: 'The clock', result: 'It is 40 s off.', todo: 'Install chrony.' } as const;

describe('what needs attention', () => {
  it('is nothing on a server that is well', () => {
    expect(titles({})).toEqual([]);
    expect(titles({ certificate: { ...certificate, kind: 'none', names: [], expiresAt: null } })).toEqual([]);
    expect(titles({ doctor: null, relay: { status: 'off', problems: [] } })).toEqual([]);
  });

  it.each([
    [{ ...certificate, expiresAt: inDays(7.5) }, []],
    [{ ...certificate, expiresAt: inDays(6.5) }, [`warn: ${t.overview.expiring(6)}`]],
    [{ ...certificate, expiresAt: inDays(-0.1) }, [`danger: ${t.overview.expired}`]],
    [{ ...certificate, lastError: 'refused' }, [`warn: ${t.overview.certificateFailed}`]],
    [{ ...certificate, kind: 'self_signed' as const }, [`danger: ${t.overview.selfSigned}`]],
  ])('of a certificate: %j', (changed, concerns) => {
    expect(titles({ certificate: changed })).toEqual(concerns);
  });

  it('is a backup that failed, or that nobody makes', () => {
    expect(titles({ backup: { ...backup, lastError: 'The disk is full.' } })).toEqual([
      `danger: ${t.overview.backupFailed}`,
    ]);
    expect(titles({ backup: { ...backup, lastAt: null, file: null, nextAt: null } })).toEqual([
      `warn: ${t.overview.noBackups}`,
    ]);
    expect(titles({ backup: { ...backup, lastAt: null, file: null } })).toEqual([]);
  });

  it('comes with what the doctor says to do, the worst first', () => {
    const doctor = {
      at: inDays(0),
      status: 'warn' as const,
      lines: [
        { ...line, status: 'warn' as const },
        { ...line, id: 'disk', status: 'ok' as const, todo: '' },
      ],
    };
    const relay = {
      status: 'degraded' as const,
      problems: [{ code: 'port', message: 'The port is taken.' }],
    };
    const concerns = concernsOf({ ...FINE, doctor, relay }, NOW, t);
    expect(concerns.map(({ id, text }) => [id, text])).toEqual([
      ['relay', 'The port is taken.'],
      ['doctor', 'Install chrony.'],
    ]);
  });
});
