import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { Pair } from './certificate.ts';
import { bitString, element, integer, octetString, oid, sequence, set, tagged, time, utf8 } from './der.ts';

/**
 * Makes certificate requests and self-signed certificates, always with ECDSA on P-256. Node signs, but doesn't write X.509, and
 * a package that does would bring ten others: these are two structures of a few fields each.
 */

/** How long a self-signed certificate is valid, in milliseconds. */
const SELF_SIGNED_MS = 365 * 86_400_000;
/** It begins so many milliseconds ago, for clients whose clocks are behind. */
const BACKDATED_MS = 86_400_000;

const ECDSA_WITH_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));
const COMMON_NAME = oid('2.5.4.3');
const EXTENSION_REQUEST = oid('1.2.840.113549.1.9.14');
const SUBJECT_ALT_NAME = oid('2.5.29.17');
/** Choice `dNSName [2]` of a GeneralName (RFC 5280, 4.2.1.6). */
const DNS_NAME = 0x82;
/** Characters of a common name at most (RFC 5280, appendix A: ub-common-name). */
const COMMON_NAME_LENGTH = 64;

interface Request {
  /** The certificate request in DER (RFC 2986). */
  readonly csr: Buffer;
  /** Its new private key, PKCS #8 in PEM. */
  readonly key: string;
}

/** Makes a new key and requests a certificate for it. @param name an ASCII host name */
export function makeRequest(name: string): Request {
  const { privateKey, publicKey } = newKeyPair();
  const body = sequence(
    integer(Buffer.of(0)),
    // Empty: the name is in the extension, where a longer one fits too.
    sequence(),
    spki(publicKey),
    tagged(0, sequence(EXTENSION_REQUEST, set(sequence(subjectAltName(name))))),
  );
  return { csr: signed(body, privateKey), key: pem(privateKey) };
}

/**
 * Makes a certificate that nobody trusts, to serve HTTPS until there is a better one.
 * @param now milliseconds since 1970
 */
export function makeSelfSigned(name: string, now: number): Pair {
  const { privateKey, publicKey } = newKeyPair();
  const subject = sequence(set(sequence(COMMON_NAME, utf8(name.slice(0, COMMON_NAME_LENGTH)))));
  const body = sequence(
    tagged(0, integer(Buffer.of(2))),
    integer(randomBytes(16)),
    ECDSA_WITH_SHA256,
    subject,
    sequence(time(now - BACKDATED_MS), time(now + SELF_SIGNED_MS)),
    subject,
    spki(publicKey),
    tagged(3, sequence(subjectAltName(name))),
  );
  const base64 = signed(body, privateKey).toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
    key: pem(privateKey),
  };
}

function newKeyPair() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

/** The signed structure that certificates and requests are. */
function signed(body: Buffer, key: KeyObject): Buffer {
  return sequence(body, ECDSA_WITH_SHA256, bitString(sign('sha256', body, key)));
}

function subjectAltName(name: string): Buffer {
  return sequence(SUBJECT_ALT_NAME, octetString(sequence(element(DNS_NAME, Buffer.from(name, 'ascii')))));
}

function spki(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
