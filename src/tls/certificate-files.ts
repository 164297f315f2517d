import { messageOf, StartError } from '../domain/errors.ts';
import type { Clock } from '../lib/clock.ts';
import { fileStamp } from '../lib/file-stamp.ts';
import type { Log } from '../lib/log.ts';
import type { Certificate } from './certificate.ts';
import { readPair } from './pair-files.ts';

/** Milliseconds between looks whether the files have changed. They are read at the second look that finds the same change. */
export const LOOK_MS = 5_000;

interface FilesDeps {
  /** The paths in `TLS_CERT` and `TLS_KEY`. */
  readonly cert: string;
  readonly key: string;
  /** The host name that the certificate must be for; undefined: any. */
  readonly name: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Puts a new certificate in use. @throws if it can't */
  readonly use: (certificate: Certificate) => void;
}

/**
 * The certificate that `TLS_CERT` and `TLS_KEY` name, read again when the files change. certbot changes one file after the other,
 * so a pair counts once the files have stayed the same from one look to the next.
 */
export class CertificateFiles {
  readonly #deps: FilesDeps;
  /** Identifies the versions of the files that were last read, and those that were last seen. */
  #read: string;
  #seen: string;
  #current: Certificate;
  #lastError: string | undefined;
  #stop = () => {};

  /** Reads the files for the first time. @throws StartError that names the setting if they can't be used */
  constructor(deps: FilesDeps) {
    this.#deps = deps;
    this.#read = this.#seen = this.#stamp();
    const { cert, key, name, clock } = deps;
    const checked = readPair(cert, key, { name, now: clock.now() });
    if ('fault' in checked) throw new StartError(checked.fault);
    this.#current = checked.certificate;
  }

  /** The last good one. */
  get current(): Certificate {
    return this.#current;
  }

  /** Why the files can't be used as they are now, as a sentence; undefined if they can. */
  get lastError(): string | undefined {
    return this.#lastError;
  }

  /** Starts to look every `LOOK_MS`. */
  watch(): void {
    this.#stop = this.#deps.clock.every(LOOK_MS, () => this.#look());
  }

  /** Reads the files now. */
  reload(): void {
    this.#read = this.#seen = this.#stamp();
    const { cert, key, name, clock } = this.#deps;
    const checked = readPair(cert, key, { name, now: clock.now() });
    if ('fault' in checked) this.#keepOld(checked.fault);
    else if (isSame(checked.certificate, this.#current)) this.#lastError = undefined;
    else this.#takeUp(checked.certificate);
  }

  close(): void {
    this.#stop();
  }

  #look(): void {
    const stamp = this.#stamp();
    const isSettled = stamp === this.#seen;
    this.#seen = stamp;
    if (isSettled && stamp !== this.#read) this.reload();
  }

  #takeUp(certificate: Certificate): void {
    try {
      this.#deps.use(certificate);
    } catch (error) {
      this.#keepOld(`TLS_CERT could not be put in use: ${messageOf(error)}.`);
      return;
    }
    this.#current = certificate;
    this.#lastError = undefined;
    const expires = new Date(certificate.expiresAt).toISOString();
    this.#deps.log.info('the new certificate of TLS_CERT is in use', { names: certificate.names, expires });
  }

  #keepOld(fault: string): void {
    const message = 'the certificate of TLS_CERT stays the old one, because the new one is no good';
    this.#deps.log.error(message, { reason: fault });
    this.#lastError = fault;
  }

  #stamp(): string {
    return [this.#deps.cert, this.#deps.key].map(fileStamp).join(' ');
  }
}

function isSame(one: Certificate, other: Certificate): boolean {
  return one.cert === other.cert && one.key === other.key;
}
