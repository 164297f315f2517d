import { writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';

const DAY_MS = 86_400_000;

/** Paths of PEM files. */
export interface Pair {
  readonly cert: string;
  readonly pkey: string;
}

interface Wanted {
  readonly names?: readonly string[];
  /** From now on; negative if it has expired. Default: 90. */
  readonly days?: number;
  /** Leaves the intermediate certificate out. */
  readonly isIncomplete?: boolean;
  readonly isSelfSigned?: boolean;
}

/** A certificate authority with an intermediate one, as the real ones have. */
export interface Authority {
  /** Path of the root's certificate, for `NODE_EXTRA_CA_CERTS`. */
  readonly root: string;
  /** Makes a certificate for localhost and this machine's addresses, or for other names. */
  issue(name: string, wanted?: Wanted): Promise<Pair>;
}

/** @param folder for all files */
export async function createAuthority(folder: string): Promise<Authority> {
  const ca = { name: 'basicConstraints', cA: true, critical: true } as const;
  const usage = { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true } as const;
  const ec = { keyType: 'ec', algorithm: 'sha256' } as const;
  const long = {
    notBeforeDate: new Date(Date.now() - 400 * DAY_MS),
    notAfterDate: new Date(Date.now() + 400 * DAY_MS),
  };
  const named = (value: string) => [{ name: 'commonName', value }];
  const root = await generate(named('Test Root'), { ...ec, ...long, extensions: [ca, usage] });
  const middle = await generate(named('Test Intermediate'), {
    ...ec,
    ...long,
    extensions: [ca, usage],
    ca: { key: root.private, cert: root.cert },
  });
  const rootPath = join(folder, 'root.pem');
  writeFileSync(rootPath, root.cert);
  const addresses = Object.values(networkInterfaces()).flatMap((all) =>
    (all ?? []).map(({ address }) => address),
  );
  return {
    root: rootPath,
    async issue(name, { names, days = 90, isIncomplete = false, isSelfSigned = false } = {}) {
      const altNames = (names ?? ['localhost']).map((value) => ({ type: 2 as const, value }));
      const ips = names === undefined ? addresses.map((ip) => ({ type: 7 as const, ip })) : [];
      const leaf = await generate(named(names?.[0] ?? 'localhost'), {
        ...ec,
        notBeforeDate: new Date(Date.now() - 100 * DAY_MS),
        notAfterDate: new Date(Date.now() + days * DAY_MS + DAY_MS / 2),
        extensions: [{ name: 'subjectAltName', altNames: [...altNames, ...ips] }],
        ...(isSelfSigned ? {} : { ca: { key: middle.private, cert: middle.cert } }),
      });
      const pair = { cert: join(folder, `${name}.pem`), pkey: join(folder, `${name}.key`) };
      const chain = isSelfSigned || isIncomplete ? [leaf.cert] : [leaf.cert, middle.cert];
      writeFileSync(pair.cert, chain.join('\n'));
      writeFileSync(pair.pkey, leaf.private);
      return pair;
    },
  };
}
