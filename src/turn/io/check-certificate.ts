import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { Certificate } from './stream.ts';

/**
 * Sees whether a TLS listener can serve the pair.
 * @returns when the certificate ends, in milliseconds since 1970
 * @throws OpenSSL's error, or one that says that the two don't fit
 */
export function checkCertificate(pair: Certificate): number {
  createSecureContext(pair);
  const certificate = new X509Certificate(pair.cert);
  // An empty key is no fault to createSecureContext: each handshake would fail instead.
  if (!certificate.checkPrivateKey(createPrivateKey(pair.key))) {
    throw new Error('the key belongs to another certificate');
  }
  return Date.parse(certificate.validTo);
}
