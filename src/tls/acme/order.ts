import * as v from 'valibot';
import type { Clock } from '../../lib/clock.ts';
import type { Pair } from '../certificate.ts';
import { makeRequest } from '../x509.ts';
import type { Challenges } from './challenges.ts';
import type { AcmeClient } from './client.ts';
import { AcmeFault, AcmeProblem, wordsOf } from './faults.ts';

/** Milliseconds between two looks at something that the directory works on, if it doesn't say. */
const POLL_MS = 500;
const MAX_POLL_MS = 3_000;

/** Base64url (RFC 8555, 8.3): it goes into a URL and is looked up. */
const Token = v.pipe(v.string(), v.regex(/^[\w-]{1,256}$/, 'must be base64url'));
const Challenge = v.object({
  type: v.string(),
  url: v.string(),
  token: v.optional(v.string()),
  error: v.optional(AcmeProblem),
});
const Authorization = v.object({ status: v.string(), challenges: v.array(Challenge) });
const Order = v.object({
  status: v.string(),
  authorizations: v.pipe(v.array(v.string()), v.maxLength(8)),
  finalize: v.string(),
  certificate: v.optional(v.string()),
  error: v.optional(AcmeProblem),
});
type Order = v.InferOutput<typeof Order>;

export interface OrderDeps {
  readonly client: AcmeClient;
  readonly domain: string;
  readonly challenges: Challenges;
  readonly clock: Pick<Clock, 'after'>;
  readonly signal: AbortSignal;
  /** Told what the directory is being asked for, in words that follow "it still has". */
  readonly doing: (what: string) => void;
}

/**
 * Gets a certificate, for a new key, from a directory at which the client is registered (RFC 8555, 7.4).
 * @throws AcmeFault that says why not; the signal's reason
 */
export async function orderCertificate(deps: OrderDeps): Promise<Pair> {
  const { client, domain, doing } = deps;
  doing('to take the order');
  const url = await client.order(domain);
  const { authorizations } = (await client.read(url, Order)).resource;
  for (const authorization of authorizations) await authorize(authorization, deps);
  doing('to make the certificate');
  const { finalize, status } = await settled(url, ['pending'], deps);
  const { csr, key } = makeRequest(domain);
  if (status === 'ready') await client.send(finalize, { csr: csr.toString('base64url') });
  // A finalized order may still be `ready` for a moment.
  const done = await settled(url, ['ready', 'processing'], deps);
  if (done.status !== 'valid' || done.certificate === undefined) throw refused(done);
  return { cert: await client.chain(done.certificate), key };
}

/** Proves that the name leads here, unless the directory remembers it. */
async function authorize(url: string, deps: OrderDeps): Promise<void> {
  const { client, domain, challenges, doing } = deps;
  const { status, challenges: offered } = (await client.read(url, Authorization)).resource;
  if (status === 'valid') return;
  const challenge = offered.find(({ type }) => type === 'http-01');
  const { success, output: token } = v.safeParse(Token, challenge?.token);
  if (challenge === undefined || !success) {
    throw new AcmeFault(`The directory offers no HTTP-01 check for ${domain}.`);
  }
  doing(`to find this machine at http://${domain}/.well-known/acme-challenge/`);
  const forget = challenges.add(token, await client.keyAuthorization(token));
  try {
    await client.send(challenge.url, {});
    for (;;) {
      const { resource: now, retryMs } = await client.read(url, Authorization);
      if (now.status === 'valid') return;
      if (now.status !== 'pending') throw unverified(domain, now.challenges);
      await pause(retryMs, deps);
    }
  } finally {
    forget();
  }
}

/** Reads the order until it has none of these statuses. */
async function settled(url: string, unsettled: readonly string[], deps: OrderDeps): Promise<Order> {
  for (;;) {
    const { resource: order, retryMs } = await deps.client.read(url, Order);
    if (!unsettled.includes(order.status)) return order;
    await pause(retryMs, deps);
  }
}

function pause(ms: number | undefined, { clock, signal }: OrderDeps): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      cancel();
      reject(signal.reason);
    };
    const cancel = clock.after(Math.min(ms ?? POLL_MS, MAX_POLL_MS), () => {
      signal.removeEventListener('abort', abort);
      resolve();
    });
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}

function unverified(domain: string, challenges: readonly v.InferOutput<typeof Challenge>[]): AcmeFault {
  const error = challenges.find((challenge) => challenge.error !== undefined)?.error;
  const why = error === undefined ? 'no reason given' : wordsOf(error);
  return new AcmeFault(
    `The directory couldn't check that ${domain} is this machine: ${why}. ` +
      `Port 80 of ${domain} must lead to HTTP_PORT.`,
  );
}

function refused({ status, error }: Order): AcmeFault {
  return new AcmeFault(
    `The order came to nothing (${status}): ${error === undefined ? 'no reason given' : wordsOf(error)}.`,
  );
}
