import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { Certificate } from './stream.ts';

/**
 * Checks that a TLS listener can use the certificate and key. Here because only this folder imports node:tls.
 * @returns when the certificate expires, in milliseconds since 1970
 * @throws OpenSSL's error, or one saying that the two don't match
 */
export function checkCertificate(pair: Certificate): number {
  createSecureContext(pair);
  const certificate = new X509Certificate(pair.cert);
  // createSecureContext accepts an empty key, with which each handshake would fail.
  if (!certificate.checkPrivateKey(createPrivateKey(pair.key))) {
    throw new Error("the key doesn't match the certificate");
  }
  return Date.parse(certificate.validTo);
}
