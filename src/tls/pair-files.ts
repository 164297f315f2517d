import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { messageOf } from '../domain/errors.ts';
import type { Certificate, Pair } from './certificate.ts';

const BEGIN_CERTIFICATE = '-----BEGIN CERTIFICATE-----';
/** Keys that both uWebSockets.js and browsers take. */
const CURVES: ReadonlySet<unknown> = new Set(['prime256v1', 'secp384r1', 'secp521r1']);
const CERTIFICATES = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;
/** What the system's error codes mean to whoever set the path. */
const UNREADABLE: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['EISDIR', 'it is a folder; expected a file'],
  [
    'EACCES',
    "Parley's user may not read it. Copy certificate and key to where it may, such as from a deploy hook of certbot, or give its group access",
  ],
]);

interface PairOptions {
  /** Host name that the certificate must be for; undefined: any. */
  readonly name: string | undefined;
  /** Milliseconds since 1970; undefined: the dates aren't checked. */
  readonly now: number | undefined;
}

/** A usable certificate, or what is wrong with it: the file concerned, and a sentence that names the setting. */
export type Checked =
  | { readonly certificate: Certificate }
  | { readonly fault: string; readonly at: 'TLS_CERT' | 'TLS_KEY' };

/** Reads and checks the files that `TLS_CERT` and `TLS_KEY` name: each by itself, then that they fit, for the name, and today. */
export function readPair(cert: string, key: string, options: PairOptions): Checked {
  return refusable(() => {
    const pair = { cert: readText('TLS_CERT', cert), key: readText('TLS_KEY', key) };
    return checkedPair(pair, options, {
      cert: `TLS_CERT is ${JSON.stringify(cert)}`,
      key: `TLS_KEY is ${JSON.stringify(key)}`,
    });
  });
}

/** Checks a pair that comes from elsewhere. */
export function checkPair(pair: Pair, options: PairOptions): Checked {
  return refusable(() => checkedPair(pair, options, { cert: 'The certificate', key: 'Its key' }));
}

/** What the sentences begin with. */
interface Subjects {
  readonly cert: string;
  readonly key: string;
}

class Fault extends Error {
  readonly at: 'TLS_CERT' | 'TLS_KEY';

  constructor(at: 'TLS_CERT' | 'TLS_KEY', message: string) {
    super(message);
    this.at = at;
  }
}

function refusable(check: () => Certificate): Checked {
  try {
    return { certificate: check() };
  } catch (thrown) {
    if (thrown instanceof Fault) return { fault: thrown.message, at: thrown.at };
    throw thrown;
  }
}

function readText(setting: 'TLS_CERT' | 'TLS_KEY', path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : messageOf(error);
    const why = UNREADABLE.get(code) ?? "it can't be read";
    throw new Fault(setting, `${setting} is ${JSON.stringify(path)}: ${why} (${code}).`);
  }
}

function checkedPair(pair: Pair, { name, now }: PairOptions, subjects: Subjects): Certificate {
  const own = ownCertificate(pair.cert, subjects.cert);
  const key = privateKey(pair.key, subjects.key);
  if (!own.checkPrivateKey(key)) throw mismatch(pair.cert, key, subjects);
  try {
    createSecureContext(pair);
  } catch (error) {
    throw new Fault('TLS_CERT', `${subjects.cert}: TLS can't use it (${messageOf(error)}).`);
  }
  const names = namesOf(own);
  if (name !== undefined && own.checkHost(name, { subject: 'never' }) === undefined) {
    const found = names.length === 0 ? 'no host name' : names.join(', ');
    throw new Fault('TLS_CERT', `${subjects.cert}: it is for ${found}; expected a certificate for ${name}.`);
  }
  const [notBefore, expiresAt] = [Date.parse(own.validFrom), Date.parse(own.validTo)];
  if (now !== undefined) checkDates(notBefore, expiresAt, now, subjects.cert);
  return { ...pair, names, notBefore, expiresAt };
}

function checkDates(notBefore: number, expiresAt: number, now: number, subject: string): void {
  if (expiresAt <= now) throw new Fault('TLS_CERT', `${subject}: it expired on ${iso(expiresAt)}. Renew it.`);
  if (notBefore <= now) return;
  const clock = `this machine's clock says ${iso(now)}`;
  throw new Fault('TLS_CERT', `${subject}: it is valid only from ${iso(notBefore)} on, and ${clock}.`);
}

/** Returns the first certificate of a chain, which must be the server's own. */
function ownCertificate(pem: string, subject: string): X509Certificate {
  if (!pem.includes(BEGIN_CERTIFICATE)) {
    const isKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem);
    const found = isKey ? 'it holds a private key (is it the file for TLS_KEY?); ' : '';
    throw new Fault(
      'TLS_CERT',
      `${subject}: ${found}expected a certificate chain in PEM (${BEGIN_CERTIFICATE}).`,
    );
  }
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw new Fault('TLS_CERT', `${subject}: its first certificate is damaged (${messageOf(error)}).`);
  }
}

function privateKey(pem: string, subject: string): KeyObject {
  if (/ENCRYPTED/.test(pem)) {
    throw new Fault(
      'TLS_KEY',
      `${subject}: the key is encrypted; expected one without a password, as \`openssl pkey -in <old> -out <new>\` makes.`,
    );
  }
  const key = parsedKey(pem, subject);
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'rsa' || (type === 'ec' && CURVES.has(details?.namedCurve))) return key;
  throw new Fault(
    'TLS_KEY',
    `${subject}: the key is ${details?.namedCurve ?? type}; expected RSA, or ECDSA on P-256, P-384 or P-521.`,
  );
}

function parsedKey(pem: string, subject: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    const isCertificate = pem.includes(BEGIN_CERTIFICATE);
    const found = isCertificate ? 'it holds a certificate (is it the file for TLS_CERT?)' : messageOf(error);
    throw new Fault('TLS_KEY', `${subject}: expected a private key in PEM; ${found}.`);
  }
}

function mismatch(chain: string, key: KeyObject, subjects: Subjects): Fault {
  const others = (chain.match(CERTIFICATES) ?? []).slice(1);
  if (!others.some((pem) => new X509Certificate(pem).checkPrivateKey(key))) {
    return new Fault('TLS_KEY', `${subjects.key}: the key doesn't belong to the certificate.`);
  }
  const expected = 'expected it first, then its issuers';
  const message = `${subjects.cert}: the server's own certificate isn't the first one; ${expected}.`;
  return new Fault('TLS_CERT', message);
}

function namesOf({ subjectAltName = '' }: X509Certificate): string[] {
  return [...subjectAltName.matchAll(/(?:^|, )DNS:([^,]+)/g)].map(([, name = '']) => name);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
