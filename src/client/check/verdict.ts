import type { ConnectionCheck, ConnectionCheckName, ConnectionVerdict } from './check-types.ts';

/** Milliseconds of a round trip above which people talk over each other. */
export const SLOW_MS = 400;
/** Percent of packets above which sound breaks up. */
export const LOSSY_PERCENT = 3;
/** kbit/s, of 640 that are sent, under which a picture of a call doesn't come through. */
export const THIN_KBITS = 450;

const TURN = ['turnUdp', 'turnTcp', 'turnTls'] as const satisfies readonly ConnectionCheckName[];

/** The checks in a word. Those that were not asked for count neither for nor against. */
export function verdictOf(checks: readonly ConnectionCheck[]): ConnectionVerdict {
  const status = (name: ConnectionCheckName) => checks.find((check) => check.name === name)?.status;
  const failed = (name: ConnectionCheckName) => status(name) === 'failed';
  const offered = TURN.filter((name) => status(name) === 'ok' || failed(name));
  const working = offered.filter((name) => !failed(name));
  const loop = checks.find(({ name }) => name === 'loopback');
  if (failed('http')) return 'no_server';
  if (failed('webSocket')) return 'no_web_socket';
  if (working.length === 0 && (offered.length > 0 || failed('stun'))) {
    return isBusy(checks) ? 'unknown' : failed('stun') ? 'no_path' : 'relay_down';
  }
  if (loop?.status === 'failed' && loop.reason !== 'busy') return 'relay_down';
  if (offered.includes('turnUdp') && !working.includes('turnUdp')) return 'tcp_only';
  if (loop?.loop != null && loop.loop.lossPercent > LOSSY_PERCENT) return 'lossy';
  if (loop?.status === 'poor' || status('http') === 'poor') return 'slow';
  if (checks.some(({ reason }) => reason === 'busy' || reason === 'unsupported')) return 'unknown';
  return TURN.some((name) => status(name) !== undefined) && offered.length === 0 ? 'no_relay' : 'good';
}

/** Whether the relay had no place for a test, which says nothing of calls. */
function isBusy(checks: readonly ConnectionCheck[]): boolean {
  return checks.some(({ reason }) => reason === 'busy');
}
