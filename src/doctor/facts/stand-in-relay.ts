import { randomBytes } from 'node:crypto';
import { messageOf } from '../../domain/errors.ts';
import { silentLog } from '../../lib/log.ts';
import { readPair } from '../../tls/pair-files.ts';
import { createRelay } from '../../turn/thread/relay.ts';
import type { Facts } from './facts.ts';

/**
 * Runs the relay as the server would, while no server runs, with a secret of its own.
 * @param closers gets what ends it
 * @returns its secret, or why it can't run
 */
export async function runRelay(
  { relay: { conf }, settings, clock }: Facts,
  closers: (() => void | Promise<void>)[],
): Promise<{ readonly secret: string } | string> {
  const secret = randomBytes(32).toString('base64url');
  const { port, tls } = settings.config;
  const files = tls?.source.kind === 'files' ? tls.source : undefined;
  const checked = files && readPair(files.cert, files.key, { name: tls?.name, now: undefined });
  const pair = checked !== undefined && 'certificate' in checked ? checked.certificate : undefined;
  const relay = createRelay({
    conf: { ...conf, staticAuthSecrets: [] },
    secret,
    clock,
    log: silentLog,
    ownPorts: [port],
    ...(pair === undefined ? {} : { serverPair: { current: () => pair, isTrusted: () => true } }),
  });
  closers.push(() => relay.close());
  try {
    await relay.listen();
    return { secret };
  } catch (thrown) {
    return messageOf(thrown);
  }
}
