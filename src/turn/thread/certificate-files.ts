import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { messageOf, StartError } from '../../domain/errors.ts';
import { fileStamp } from '../../lib/file-stamp.ts';
import { type Log, silentLog } from '../../lib/log.ts';
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

interface ReadCertificate {
  readonly pair: Certificate;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/**
 * The relay's certificate and key, read again when their files change. certbot switches one symlink after the other, so a read in
 * between finds a certificate and key that don't match; the last valid pair then stays in use until the files match again.
 */
export class CertificateFiles {
  readonly #deps: CertificateFilesDeps;
  /** Identifies the versions of the files that were last read. */
  #stamp = '';
  #current: Certificate | undefined;
  /** When the current certificate expires, in milliseconds since 1970. */
  #expiresAt = Number.POSITIVE_INFINITY;
  #fault: string | undefined;

  constructor(deps: CertificateFilesDeps) {
    this.#deps = deps;
  }

  /** The last valid pair. */
  get current(): Certificate | undefined {
    return this.#current;
  }

  /** What is wrong with the files or the certificate, as sentences without paths; undefined if nothing is. */
  get problem(): string | undefined {
    if (this.#fault !== undefined) {
      return `The relay can't use the renewed certificate and keeps the old one: ${this.#fault}`;
    }
    if (this.#expiresAt > this.#deps.now()) return undefined;
    return `The relay's certificate expired on ${new Date(this.#expiresAt).toISOString()}: renew it.`;
  }

  /** Reads the files for the first time. @throws StartError if the pair can't be read or used */
  open(): Certificate {
    this.#stamp = this.#stampNow();
    try {
      return this.#use(this.#read());
    } catch (error) {
      throw new StartError(
        `the relay can't use its certificate: ${messageOf(error)}. Check cert and pkey in turnserver.conf`,
      );
    }
  }

  /**
   * Reads the files if they have changed.
   * @param force reads them in any case
   * @returns a new valid pair; undefined to keep the current one
   */
  check(force = false): Certificate | undefined {
    const stamp = this.#stampNow();
    if (stamp === this.#stamp && !force) return undefined;
    const { log, cert, pkey } = this.#deps;
    try {
      const found = this.#read();
      // They changed during the read; the next check finds them complete.
      if (this.#stampNow() !== stamp) return undefined;
      this.#stamp = stamp;
      const isNew = found.pair.cert !== this.#current?.cert || found.pair.key !== this.#current.key;
      if (this.#fault !== undefined) log.info("the relay's certificate is valid again", { cert, pkey });
      this.#fault = undefined;
      if (!isNew) return undefined;
      this.#use(found);
      log.info('the relay uses a new certificate', {
        cert,
        expires: new Date(this.#expiresAt).toISOString(),
      });
      return found.pair;
    } catch (error) {
      this.#stamp = stamp;
      this.#reportFault(error);
      return undefined;
    }
  }

  #reportFault(error: unknown): void {
    const { log, cert, pkey } = this.#deps;
    const fault = faultOf(error);
    if (fault === this.#fault) return;
    this.#fault = fault;
    log.error("the relay can't use the renewed certificate and keeps the old one", {
      cert,
      pkey,
      reason: messageOf(error),
    });
  }

  #use({ pair, expiresAt }: ReadCertificate): Certificate {
    this.#current = pair;
    this.#expiresAt = expiresAt;
    return pair;
  }

  /** @throws the error of reading the files, or of checking the pair */
  #read(): ReadCertificate {
    const { cert, pkey, password } = this.#deps;
    const pem = readFileSync(pkey, 'utf8');
    const pair = {
      cert: readFileSync(cert, 'utf8'),
      key: password === undefined ? pem : decrypted(pem, password),
    };
    return { pair, expiresAt: checkCertificate(pair) };
  }

  #stampNow(): string {
    return [this.#deps.cert, this.#deps.pkey].map(fileStamp).join(' ');
  }
}

/** Returns undefined if TLS is off. */
export function certificateFiles(
  { tls, cert, pkey, pkeyPassword }: RelayConf,
  deps: Pick<CertificateFilesDeps, 'now' | 'log'>,
): CertificateFiles | undefined {
  if (!tls || cert === undefined || pkey === undefined) return undefined;
  return new CertificateFiles({ ...deps, cert, pkey, password: pkeyPassword });
}

/**
 * Returns why the relay couldn't start with its certificate, undefined if it could.
 * @param now milliseconds since 1970
 */
export function certificateFault(conf: RelayConf, now: () => number): string | undefined {
  try {
    certificateFiles(conf, { now, log: silentLog })?.open();
    return undefined;
  } catch (thrown) {
    return messageOf(thrown);
  }
}

function decrypted(pem: string, passphrase: string): string {
  return createPrivateKey({ key: pem, passphrase }).export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** The system's error code, because its message has the path in it; else the message. */
function faultOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : messageOf(error);
}
