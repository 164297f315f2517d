import { createPrivateKey } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { messageOf, StartError } from '../../domain/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { RelayConf } from '../conf/relay-conf.ts';
import { checkCertificate } from '../io/check-certificate.ts';
import type { Certificate } from '../io/stream.ts';

interface CertificateFilesDeps {
  /** Paths of PEM files. */
  readonly cert: string;
  readonly pkey: string;
  readonly password: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Log;
}

interface Found {
  readonly pair: Certificate;
  /** Milliseconds since 1970. */
  readonly endsAt: number;
}

/**
 * The relay's certificate and key, read again when their files change. certbot renews them by turning one symlink after
 * the other, so a look in between finds two halves that don't fit: such a pair is never used, and the last good one
 * stays until the files fit again.
 */
export class CertificateFiles {
  readonly #deps: CertificateFilesDeps;
  /** What the files were when they were last read. */
  #stamp = '';
  #current: Certificate | undefined;
  /** When the current certificate ends, in milliseconds since 1970. */
  #endsAt = Number.POSITIVE_INFINITY;
  #fault: string | undefined;

  constructor(deps: CertificateFilesDeps) {
    this.#deps = deps;
  }

  /** The last pair that was good. */
  get current(): Certificate | undefined {
    return this.#current;
  }

  /** What is wrong with the files or with the certificate, without paths; undefined: nothing. */
  get problem(): string | undefined {
    if (this.#fault !== undefined) {
      return `The renewed certificate can't be used, so the relay serves the old one: ${this.#fault}`;
    }
    if (this.#endsAt > this.#deps.now()) return undefined;
    return `The relay's certificate expired on ${new Date(this.#endsAt).toISOString()}: renew it.`;
  }

  /** @throws StartError if the pair can't be read or used */
  open(): Certificate {
    this.#stamp = this.#stampNow();
    try {
      return this.#take(this.#read());
    } catch (error) {
      throw new StartError(`the relay's certificate can't be read: ${messageOf(error)}. Set cert and pkey`);
    }
  }

  /**
   * Looks at the files, and reads them if they changed.
   * @param always reads them also if they look the same
   * @returns a new good pair; undefined: the current one is to be served on
   */
  look(always = false): Certificate | undefined {
    const stamp = this.#stampNow();
    if (stamp === this.#stamp && !always) return undefined;
    const { log, cert, pkey } = this.#deps;
    try {
      const found = this.#read();
      // They changed while they were read: the next look finds them at rest.
      if (this.#stampNow() !== stamp) return undefined;
      this.#stamp = stamp;
      const isNew = found.pair.cert !== this.#current?.cert || found.pair.key !== this.#current.key;
      if (this.#fault !== undefined) log.info("the relay's certificate can be read again", { cert, pkey });
      this.#fault = undefined;
      if (!isNew) return undefined;
      this.#take(found);
      log.info('the relay serves a new certificate', { cert, until: new Date(this.#endsAt).toISOString() });
      return found.pair;
    } catch (error) {
      this.#stamp = stamp;
      this.#complain(error);
      return undefined;
    }
  }

  #complain(error: unknown): void {
    const { log, cert, pkey } = this.#deps;
    const fault = faultOf(error);
    if (fault === this.#fault) return;
    this.#fault = fault;
    log.error("the relay's renewed certificate can't be used: the old one is served on", {
      cert,
      pkey,
      why: messageOf(error),
    });
  }

  #take({ pair, endsAt }: Found): Certificate {
    this.#current = pair;
    this.#endsAt = endsAt;
    return pair;
  }

  /** @throws whatever is wrong with the files or with the pair */
  #read(): Found {
    const { cert, pkey, password } = this.#deps;
    const pem = readFileSync(pkey, 'utf8');
    const pair = {
      cert: readFileSync(cert, 'utf8'),
      key: password === undefined ? pem : opened(pem, password),
    };
    return { pair, endsAt: checkCertificate(pair) };
  }

  /** Symlinks are followed: what they lead to counts. */
  #stampNow(): string {
    return [this.#deps.cert, this.#deps.pkey].map(stampOf).join(' ');
  }
}

/** undefined: no TLS is wanted. */
export function certificateFiles(
  { tls, cert, pkey, pkeyPassword }: RelayConf,
  deps: Pick<CertificateFilesDeps, 'now' | 'log'>,
): CertificateFiles | undefined {
  if (!tls || cert === undefined || pkey === undefined) return undefined;
  return new CertificateFiles({ ...deps, cert, pkey, password: pkeyPassword });
}

function opened(pem: string, passphrase: string): string {
  return createPrivateKey({ key: pem, passphrase }).export({ type: 'pkcs8', format: 'pem' }).toString();
}

function stampOf(path: string): string {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(':');
  } catch (error) {
    return faultOf(error);
  }
}

/** Without the path, which the system's own message names. */
function faultOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : messageOf(error);
}
