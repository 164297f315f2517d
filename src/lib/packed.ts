import { getAsset, getRawAsset, isSea } from 'node:sea';

/**
 * What is inside the single executable that `npm run package` makes. Asset `list` names all others, one a line:
 * Node 20 doesn't tell which there are.
 */

/** Whether this process is the executable. */
export const isPacked = isSea();

/** Returns the bytes in the executable itself, which must not be written to; undefined if there is no such asset. */
export function packedBytes(name: string): Buffer | undefined {
  if (!packedNames('').includes(name)) return undefined;
  const raw = getRawAsset(name);
  return typeof raw === 'string' ? Buffer.from(raw) : Buffer.from(raw);
}

export function packedText(name: string): string {
  return getAsset(name, 'utf8');
}

/** Names of the assets that begin with `prefix`, without it. */
export function packedNames(prefix: string): string[] {
  return packedText('list')
    .split('\n')
    .flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
}
