import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Pair } from '../../src/tls/certificate.ts';
import { checkPair, readPair } from '../../src/tls/pair-files.ts';
import { temporaryFolder } from '../support/server/database.ts';
import { makeCa, openssl, type TestCa } from '../support/tls/ca.ts';

const NAME = 'calls.example.org';
const DAY_MS = 86_400_000;

let ca: TestCa;
let good: Pair;
beforeAll(() => {
  ca = makeCa();
  good = ca.issue([NAME]);
});

/** Reads a pair from files, as `TLS_CERT` and `TLS_KEY` name them. */
function read(pair: Partial<Pair>, options: { readonly name?: string } = { name: NAME }) {
  const folder = temporaryFolder();
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  if (pair.cert !== undefined) writeFileSync(cert, pair.cert);
  if (pair.key !== undefined) writeFileSync(key, pair.key);
  return readPair(cert, key, { name: options.name, now: Date.now() });
}

describe('a pair of certificate and key', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['P-256', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'], [NAME]],
    ['P-384', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'], [NAME]],
    ['RSA', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'], [NAME]],
    ['a wildcard', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'], ['*.example.org']],
    [
      'several names',
      ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
      ['a.example.org', NAME, '*.b.example.org'],
    ],
  ])('is taken with %s', (_what, algorithm, names) => {
    const pair = ca.issue(names, { algorithm });
    const checked = read(pair);
    expect(checked).toEqual({
      certificate: { ...pair, names, notBefore: expect.any(Number), expiresAt: expect.any(Number) },
    });
    const { expiresAt = 0, notBefore = 0 } = 'certificate' in checked ? checked.certificate : {};
    expect(Math.round((expiresAt - notBefore) / DAY_MS)).toBe(31);
  });

  it.each<[string, () => Partial<Pair>, 'TLS_CERT' | 'TLS_KEY', RegExp]>([
    ['the certificate is missing', () => ({ key: good.key }), 'TLS_CERT', /there is no such file \(ENOENT\)/],
    ['the key is missing', () => ({ cert: good.cert }), 'TLS_KEY', /there is no such file \(ENOENT\)/],
    [
      'the certificate is empty',
      () => ({ ...good, cert: '' }),
      'TLS_CERT',
      /expected a certificate chain in PEM/,
    ],
    [
      'the certificate is cut off',
      () => ({ ...good, cert: `${good.cert.slice(0, 200)}\n-----END CERTIFICATE-----\n` }),
      'TLS_CERT',
      /its first certificate is damaged/,
    ],
    [
      'the key is cut off',
      () => ({ ...good, key: good.key.slice(0, 80) }),
      'TLS_KEY',
      /expected a private key in PEM/,
    ],
    [
      'they are swapped',
      () => ({ cert: good.key, key: good.cert }),
      'TLS_CERT',
      /holds a private key \(is it the file for TLS_KEY\?\)/,
    ],
    [
      'both are the certificate',
      () => ({ cert: good.cert, key: good.cert }),
      'TLS_KEY',
      /holds a certificate \(is it the file for TLS_CERT\?\)/,
    ],
    [
      'they do not fit together',
      () => ({ ...good, key: ca.issue([NAME]).key }),
      'TLS_KEY',
      /the key doesn't belong to the certificate/,
    ],
    [
      'the chain begins with the issuer',
      () => ({ ...good, cert: reversed(good.cert) }),
      'TLS_CERT',
      /own certificate isn't the first one/,
    ],
    [
      'the key is encrypted',
      () => ({ ...good, key: encrypted(good.key) }),
      'TLS_KEY',
      /encrypted; expected one without a password/,
    ],
    [
      'it is for another name',
      () => ca.issue(['www.example.org', 'example.org']),
      'TLS_CERT',
      /it is for www\.example\.org, example\.org; expected a certificate for calls\.example\.org/,
    ],
    ['the wildcard is one level too high', () => ca.issue(['*.org']), 'TLS_CERT', /it is for \*\.org/],
    [
      'it has expired',
      () => ca.issue([NAME], { fromDays: -9, toDays: -1 }),
      'TLS_CERT',
      /it expired on \d{4}-.*Renew it/,
    ],
    [
      'it is not valid yet',
      () => ca.issue([NAME], { fromDays: 2 }),
      'TLS_CERT',
      /valid only from .* and this machine's clock says/,
    ],
    [
      'the key is Ed25519',
      () => ca.issue([NAME], { algorithm: ['-algorithm', 'ED25519'] }),
      'TLS_KEY',
      /the key is ed25519; expected RSA, or ECDSA/,
    ],
    [
      'the curve is rare',
      () => ca.issue([NAME], { algorithm: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:secp256k1'] }),
      'TLS_KEY',
      /the key is secp256k1/,
    ],
  ])('is refused with the setting to look at if %s', (_what, pair, at, message) => {
    const checked = read(pair());
    expect(checked).toEqual({ at, fault: expect.stringMatching(message) });
    expect('fault' in checked && checked.fault.startsWith(`${at} is "/`)).toBe(true);
    expect('fault' in checked && checked.fault).not.toContain('PRIVATE KEY-----\n');
  });

  it('is refused if the path is a folder', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'live'));
    const checked = readPair(join(folder, 'live'), join(folder, 'key'), { name: NAME, now: Date.now() });
    expect(checked).toEqual({
      at: 'TLS_CERT',
      fault: expect.stringContaining('it is a folder; expected a file'),
    });
  });

  it('may be for any name if there is none to compare with', () => {
    expect(read(ca.issue(['other.example.org']), {})).toHaveProperty('certificate');
  });

  it('that does not come from files is checked without naming a setting', () => {
    const checked = checkPair({ ...good, key: ca.issue([NAME]).key }, { name: NAME, now: Date.now() });
    expect(checked).toMatchObject({ fault: "Its key: the key doesn't belong to the certificate." });
    const old = ca.issue([NAME], { fromDays: -9, toDays: -1 });
    expect(checkPair(old, { name: NAME, now: undefined })).toHaveProperty('certificate');
  });
});

function reversed(chain: string): string {
  return chain
    .split(/(?<=-----END CERTIFICATE-----\n)/)
    .reverse()
    .join('');
}

function encrypted(key: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'plain.pem'), key);
  return openssl(folder, ['pkey', '-in', 'plain.pem', '-aes256', '-passout', 'pass:secret']);
}
