import { describe, expect, it } from 'vitest';
import type { ConnectionCheck, ConnectionCheckName } from '../../../src/client/check/check-types.ts';
import { verdictOf } from '../../../src/client/check/verdict.ts';

type Part = Partial<ConnectionCheck>;
const LOOP = { transport: 'udp', kbitPerSecond: 640, lossPercent: 0, history: [] } as const;
const failed = { status: 'failed', reason: 'timeout' } as const;
const skipped = { status: 'skipped', reason: 'not_offered' } as const;
const busy = { status: 'skipped', reason: 'busy' } as const;
const full = { status: 'failed', reason: 'busy' } as const;

/** All checks ok, but for some. */
function checks(changes: Partial<Record<ConnectionCheckName, Part>>): ConnectionCheck[] {
  const names = ['http', 'webSocket', 'stun', 'turnUdp', 'turnTcp', 'turnTls', 'loopback'] as const;
  return names.map((name) => ({ name, status: 'ok', reason: null, ms: 10, loop: null, ...changes[name] }));
}

describe('the verdict', () => {
  it.each<[string, Parameters<typeof checks>[0]]>([
    ['good', {}],
    ['good', { turnTls: skipped }],
    ['good', { turnTls: failed }],
    ['good', { stun: skipped }],
    ['no_server', { http: failed, webSocket: failed, stun: failed, turnUdp: failed }],
    ['no_web_socket', { webSocket: { status: 'failed', reason: 'refused' } }],
    ['no_path', { stun: failed, turnUdp: failed, turnTcp: failed, turnTls: skipped }],
    ['no_path', { stun: failed, turnUdp: skipped, turnTcp: skipped, turnTls: skipped }],
    ['relay_down', { turnUdp: failed, turnTcp: failed, turnTls: failed }],
    ['relay_down', { loopback: failed }],
    ['tcp_only', { stun: failed, turnUdp: failed }],
    ['tcp_only', { turnUdp: failed, loopback: { status: 'poor', loop: { ...LOOP, lossPercent: 9 } } }],
    ['lossy', { loopback: { status: 'poor', loop: { ...LOOP, lossPercent: 3.1 } } }],
    ['slow', { loopback: { status: 'poor', loop: LOOP } }],
    ['slow', { http: { status: 'poor', ms: 500 } }],
    ['no_relay', { turnUdp: skipped, turnTcp: skipped, turnTls: skipped, loopback: skipped }],
    ['unknown', { stun: busy, turnUdp: busy, turnTcp: busy, turnTls: busy, loopback: skipped }],
    ['unknown', { turnUdp: full, turnTcp: full, turnTls: skipped }],
    ['unknown', { loopback: full }],
  ])('is %s with %o', (verdict, changes) => {
    expect(verdictOf(checks(changes))).toBe(verdict);
  });

  it('counts what was not asked for neither for nor against', () => {
    const only = (...names: ConnectionCheckName[]) => checks({}).filter(({ name }) => names.includes(name));
    expect(verdictOf(only('http'))).toBe('good');
    expect(verdictOf(only('http', 'stun', 'turnUdp'))).toBe('good');
    expect(verdictOf([])).toBe('good');
  });
});
