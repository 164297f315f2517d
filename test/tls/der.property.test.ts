import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { element, integer, octetString, oid, sequence } from '../../src/tls/der.ts';
import { temporaryFolder } from '../support/server/database.ts';
import { openssl } from '../support/tls/ca.ts';

/** What openssl reads. */
function parsed(der: Buffer): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'x.der'), der);
  return openssl(folder, ['asn1parse', '-inform', 'DER', '-in', 'x.der']);
}

/** Length and content of an element, by the rules (X.690, 8.1.3). */
function contentOf(der: Buffer): Buffer {
  const first = der[1] ?? 0;
  if (first < 0x80) return der.subarray(2, 2 + first);
  const digits = first & 0x7f;
  return der.subarray(2 + digits, 2 + digits + der.readUIntBE(2, digits));
}

describe('DER', () => {
  it('tells each length in the shortest form, and it is right', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(65_535, 65_536, 70_000)),
        (length) => {
          const der = octetString(Buffer.alloc(length, 7));
          expect(contentOf(der)).toHaveLength(length);
          const digits = length < 0x80 ? 0 : length.toString(16).length / 2;
          expect(der.length).toBe(2 + Math.ceil(digits) + length);
        },
      ),
    );
  });

  it('writes integers without sign, in the fewest bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), (bytes) => {
        const content = contentOf(integer(bytes));
        const value = (digits: Uint8Array) => BigInt(`0x${Buffer.from(digits).toString('hex') || '0'}`);
        expect(value(content)).toBe(value(bytes));
        expect((content[0] ?? 0) & 0x80).toBe(0);
        if (content.length > 1)
          expect((content[0] ?? 0) === 0 && ((content[1] ?? 0) & 0x80) === 0).toBe(false);
      }),
    );
  });

  it('is read by openssl as it was written', () => {
    const text = parsed(
      sequence(oid('1.2.840.113549.1.9.14'), integer(Buffer.of(0x80)), element(0x82, Buffer.from('x'))),
    );
    expect(text).toContain('OBJECT            :Extension Request');
    expect(text).toContain('INTEGER           :80');
  });
});
