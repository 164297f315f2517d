import { lookup } from 'node:dns/promises';
import { messageOf } from '../../domain/errors.ts';
import type { Facts, PublicFacts } from './facts.ts';
import { askProof } from './server-facts.ts';

/** Max milliseconds for a name's addresses. */
const LOOKUP_MS = 5_000;
/** Max milliseconds for the answer of a server elsewhere. */
export const PUBLIC_MS = 5_000;

export async function askPublicUrl({
  settings,
  server,
}: Pick<Facts, 'settings' | 'server'>): Promise<PublicFacts> {
  const { publicUrl } = settings.config;
  if (publicUrl === undefined) return { kind: 'not_set' };
  const url = new URL(publicUrl);
  const [addresses, local] = await Promise.all([addressesOf(url.hostname), server()]);
  if (typeof addresses === 'string') return { kind: 'unresolved', url, message: addresses };
  const { reached, answer } = await askProof(url, 'secret' in local ? local.secret : undefined, PUBLIC_MS);
  return { kind: 'resolved', url, addresses, reached, answer };
}

/** Returns a name's addresses, as a browser finds them; or why there are none. */
export async function addressesOf(name: string): Promise<readonly string[] | string> {
  const bare = name.replace(/^\[(.*)\]$/, '$1');
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${LOOKUP_MS / 1_000} s`), LOOKUP_MS);
  });
  const found = lookup(bare, { all: true }).then(
    (all) => all.map(({ address }) => address),
    (error: unknown) => messageOf(error),
  );
  return Promise.race([found, late]).finally(() => clearTimeout(timer));
}
