import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { messageOf } from '../../domain/errors.ts';
import type { Awaitable } from '../../lib/awaitable.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { CertificateStore } from '../../store/contract.ts';
import type { Certificate } from '../certificate.ts';
import { checkPair } from '../pair-files.ts';
import type { Challenges } from './challenges.ts';
import { AcmeClient } from './client.ts';
import { AcmeFault } from './faults.ts';
import { orderCertificate } from './order.ts';

/** Max milliseconds of one try. */
export const TRY_MS = 20_000;
/** Milliseconds from a failed try to the next; the last one repeats. */
export const RETRY_MS = [5_000, 15_000, 60_000, 300_000, 3_600_000] as const;
/** A certificate is renewed at this part of its life. */
const RENEWED_AT = 2 / 3;
/** Max milliseconds between looks at the clock: it may be set meanwhile, and timers can't wait for months. */
const LOOK_MS = 3_600_000;
/** By so much a clock may be wrong before it is named. As the doctor's. */
export const CLOCK_MS = 30_000;

interface RenewalDeps {
  readonly domain: string;
  /** URL of the directory. */
  readonly directory: string;
  readonly challenges: Challenges;
  readonly store: CertificateStore;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly log: Log;
  /** Puts a new certificate in use. */
  readonly use: (certificate: Certificate) => void;
}

/** Keeps a domain's certificate from a directory: gets the first one, and a new one before it expires. One order at a time. */
export class Renewal {
  readonly #deps: RenewalDeps;
  readonly #closed = new AbortController();
  #failures = 0;
  #lastError: string | undefined;
  #isTrying = false;
  #cancel = () => {};

  constructor(deps: RenewalDeps) {
    this.#deps = deps;
  }

  /** Why the last try failed, as a sentence; undefined if it didn't. */
  get lastError(): string | undefined {
    return this.#lastError;
  }

  /** Returns the certificate of the process before, undefined if there is none that holds. */
  async stored(): Promise<Certificate | undefined> {
    const { domain, store, clock } = this.#deps;
    const row = await store.find(domain);
    if (row === undefined) return undefined;
    const checked = checkPair({ cert: row.chain, key: row.key }, { name: domain, now: clock.now() });
    return 'certificate' in checked ? checked.certificate : undefined;
  }

  /**
   * Starts renewing. Never waits, never throws.
   * @param current the certificate in use, if it is from a directory
   */
  async start(current: Certificate | undefined): Promise<void> {
    if (current === undefined || !(await this.#isOfDirectory())) this.#wait(0);
    else this.#waitUntil(dueAt(current));
  }

  /** Tries again now if the last try failed. */
  retry(): void {
    if (this.#lastError !== undefined && !this.#isTrying) this.#wait(0);
  }

  close(): void {
    this.#cancel();
    this.#closed.abort(new AcmeFault('The server ends.'));
  }

  /** Whether the stored certificate is from this directory. */
  async #isOfDirectory(): Promise<boolean> {
    const { domain, directory, store, log } = this.#deps;
    try {
      return (await store.find(domain))?.directory === directory;
    } catch (error) {
      log.error('the stored certificate could not be read: another one is ordered', { error });
      return false;
    }
  }

  #wait(ms: number): void {
    if (this.#closed.signal.aborted) return;
    this.#cancel();
    this.#cancel = this.#deps.clock.after(ms, () => void this.#try());
  }

  /** @param at milliseconds since 1970 */
  #waitUntil(at: number): void {
    const left = at - this.#deps.clock.now();
    if (left <= LOOK_MS) this.#wait(Math.max(0, left));
    else this.#cancel = this.#deps.clock.after(LOOK_MS, () => this.#waitUntil(at));
  }

  async #try(): Promise<void> {
    const { domain, directory, log, clock } = this.#deps;
    this.#isTrying = true;
    try {
      const certificate = await this.#order();
      this.#failures = 0;
      const { expiresAt } = certificate;
      this.#lastError = clockFault(certificate, clock.now());
      log.info('got a certificate', { domain, directory, expires: new Date(expiresAt).toISOString() });
      if (this.#lastError !== undefined) log.error(this.#lastError, { domain });
      this.#waitUntil(clock.now() + waitAfter(certificate, clock.now(), this.#lastError !== undefined));
    } catch (error) {
      if (this.#closed.signal.aborted) return;
      const ms = RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)] ?? LOOK_MS;
      this.#failures += 1;
      this.#lastError = messageOf(error);
      log.error('no certificate', { domain, directory, reason: this.#lastError, againInSeconds: ms / 1_000 });
      this.#wait(ms);
    } finally {
      this.#isTrying = false;
    }
  }

  /** Gets a certificate, stores it and puts it in use. */
  async #order(): Promise<Certificate> {
    const { domain, directory, challenges, store, fetch, clock, log } = this.#deps;
    const deadline = new AbortController();
    let doing = 'to answer its first requests';
    const cancel = clock.after(TRY_MS, () =>
      deadline.abort(new AcmeFault(`The directory had ${TRY_MS / 1_000} s, and still has ${doing}.`)),
    );
    const signal = AbortSignal.any([deadline.signal, this.#closed.signal]);
    const clientWith = (key: KeyObject) =>
      new AcmeClient({ directory, key, fetch, signal, now: () => clock.now() });
    let client: AcmeClient | undefined;
    try {
      client = await this.#registered(clientWith);
      const note = (what: string): void => {
        doing = what;
      };
      const pair = await orderCertificate({ client, domain, challenges, clock, signal, doing: note });
      const checked = checkPair(pair, { name: domain, now: undefined });
      if ('fault' in checked)
        throw new AcmeFault(`The directory gave a useless certificate. ${checked.fault}`);
      this.#deps.use(checked.certificate);
      await this.#keep('certificate', () =>
        store.save({ domain, directory, chain: pair.cert, key: pair.key }),
      );
      if (Math.abs(client.clockAheadMs) > CLOCK_MS) log.warn(skew(client.clockAheadMs));
      return checked.certificate;
    } catch (error) {
      const ahead = client?.clockAheadMs ?? 0;
      if (Math.abs(ahead) <= CLOCK_MS || !(error instanceof AcmeFault)) throw error;
      throw new AcmeFault(`${error.message} ${skew(ahead)}`, error.type);
    } finally {
      cancel();
    }
  }

  /** Registers with the stored key, or with a new one if there is none, or the directory has closed its account. */
  async #registered(clientWith: (key: KeyObject) => AcmeClient): Promise<AcmeClient> {
    const { directory, store, log } = this.#deps;
    const stored = await store.accountKey(directory);
    if (stored !== undefined) {
      const client = clientWith(createPrivateKey(stored));
      try {
        if (await client.register())
          log.info('the directory had forgotten the account: registered anew', { directory });
        return client;
      } catch (error) {
        if (!(error instanceof AcmeFault) || error.type !== 'unauthorized') throw error;
        log.warn('the directory has closed the account: a new one is registered', { directory });
      }
    }
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const client = clientWith(privateKey);
    await client.register();
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await this.#keep('account', () => store.saveAccountKey(directory, pem));
    return client;
  }

  /** Stores something. A full disk must not keep people from HTTPS, and the next try would use up the directory's limits. */
  async #keep(what: string, write: () => Awaitable<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      this.#deps.log.error(`the new ${what} could not be stored: the next start will need another one`, {
        error,
      });
    }
  }
}

/** When to renew, in milliseconds since 1970. */
function dueAt(certificate: Certificate): number {
  return certificate.notBefore + RENEWED_AT * lifeOf(certificate);
}

/** Milliseconds: the last second belongs to it (RFC 5280, 4.1.2.5). */
function lifeOf({ notBefore, expiresAt }: Certificate): number {
  return expiresAt - notBefore + 1_000;
}

/** Milliseconds from getting a certificate to its renewal. A clock that is wrong makes it neither never nor at once. */
function waitAfter(certificate: Certificate, now: number, isClockWrong: boolean): number {
  const life = lifeOf(certificate);
  if (isClockWrong) return RENEWED_AT * life;
  return Math.min(RENEWED_AT * life, Math.max(life / 3, dueAt(certificate) - now));
}

function clockFault({ notBefore, expiresAt }: Certificate, now: number): string | undefined {
  if (notBefore <= now + CLOCK_MS && now < expiresAt) return undefined;
  const validity = `${new Date(notBefore).toISOString()} to ${new Date(expiresAt).toISOString()}`;
  return `The new certificate is valid from ${validity}, but this machine's clock says ${new Date(now).toISOString()}: set the clock.`;
}

function skew(aheadMs: number): string {
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  return `This machine's clock is ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} the directory's: set the clock.`;
}
