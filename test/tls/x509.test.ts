import { createPrivateKey, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeRequest, makeSelfSigned } from '../../src/tls/x509.ts';
import { temporaryFolder } from '../support/server/database.ts';
import { openssl } from '../support/tls/ca.ts';

const LONG = `${'a'.repeat(63)}.${'b'.repeat(63)}.example.org`;
const NOW = Date.parse('2026-01-01T00:00:00Z');

describe('a certificate request', () => {
  it.each(['calls.example.org', LONG])(
    'for %s is one to openssl, with the name and a signature that fits',
    (name) => {
      const folder = temporaryFolder();
      writeFileSync(join(folder, 'request.der'), makeRequest(name).csr);
      const text = openssl(folder, [
        'req',
        '-inform',
        'DER',
        '-in',
        'request.der',
        '-noout',
        '-text',
        '-verify',
      ]);
      expect(text).toContain(`DNS:${name}`);
      expect(text).toContain('Subject: \n');
      expect(text).toContain('prime256v1');
    },
  );

  it('has another key each time', () => {
    expect(makeRequest('calls.example.org').key).not.toBe(makeRequest('calls.example.org').key);
  });
});

describe('a self-signed certificate', () => {
  it.each(['calls.example.org', LONG])(
    'for %s is for that name, signed with its key, and valid for a year',
    (name) => {
      const { cert, key } = makeSelfSigned(name, NOW);
      const certificate = new X509Certificate(cert);
      expect(certificate.checkHost(name, { subject: 'never' })).toBe(name);
      expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
      expect(certificate.verify(certificate.publicKey)).toBe(true);
      expect(
        [certificate.validFrom, certificate.validTo].map((time) => new Date(time).toISOString()),
      ).toEqual(['2025-12-31T00:00:00.000Z', '2027-01-01T00:00:00.000Z']);
      expect(cert.split('\n').every((line) => line.length <= 64)).toBe(true);
    },
  );

  it('can be made after 2049', () => {
    const { cert } = makeSelfSigned('calls.example.org', Date.parse('2051-06-01T00:00:00Z'));
    expect(new Date(new X509Certificate(cert).validTo).toISOString()).toBe('2052-05-31T00:00:00.000Z');
  });
});
