import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';

export interface TestCertificate {
  /** Paths of PEM files. */
  readonly cert: string;
  readonly pkey: string;
  readonly certText: string;
  remove(): void;
}

/** A self-signed certificate for localhost, 127.0.0.1 and `names`. */
export async function makeCertificate(names: readonly string[] = []): Promise<TestCertificate> {
  const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          ...names.map((value) => ({ type: 2 as const, value })),
        ],
      },
    ],
  });
  const folder = mkdtempSync(join(tmpdir(), 'parley-cert-'));
  const cert = join(folder, 'cert.pem');
  const pkey = join(folder, 'key.pem');
  writeFileSync(cert, pems.cert);
  writeFileSync(pkey, pems.private);
  return { cert, pkey, certText: pems.cert, remove: () => rmSync(folder, { recursive: true }) };
}
