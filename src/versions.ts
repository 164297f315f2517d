import { spawnSync } from 'node:child_process';
import * as v from 'valibot';
import { CHECKOUT, readOwnFile } from './lib/own-files.ts';
import { isPacked, packedText } from './lib/packed.ts';
import { sqliteVersion } from './store/sqlite/driver.ts';
import { koffiVersion } from './turn/io/libc.ts';
import { uwsVersion } from './uws/load.ts';

const Versions = v.object({
  version: v.string(),
  /** Of the source, in hex. */
  commit: v.string(),
  versions: v.object({ node: v.string(), uWebSockets: v.string(), sqlite: v.string(), koffi: v.string() }),
});
/** What this process is made of. What can't be known is `unknown`. */
export type Versions = v.InferOutput<typeof Versions>;

/** Name of the asset in which `npm run package` puts what it found. */
export const VERSIONS_ASSET = 'versions.json';

/** Loads the native packages and starts `git`, except in the executable, which was told when it was made. */
export function findVersions(): Versions {
  if (isPacked) return v.parse(Versions, JSON.parse(packedText(VERSIONS_ASSET)));
  return {
    version: packageVersion(),
    commit: commitOf(CHECKOUT),
    versions: {
      node: process.versions.node,
      uWebSockets: known(uwsVersion),
      sqlite: known(sqliteVersion),
      koffi: known(koffiVersion),
    },
  };
}

export function packageVersion(): string {
  return /"version": "([^"]+)"/.exec(readOwnFile('package.json'))?.[1] ?? 'unknown';
}

function commitOf(checkout: string | undefined): string {
  if (checkout === undefined) return 'unknown';
  const { status, stdout } = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: checkout, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : 'unknown';
}

function known(version: () => string): string {
  try {
    return version();
  } catch {
    return 'unknown';
  }
}
