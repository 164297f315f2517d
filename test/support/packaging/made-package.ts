import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../..');

/** What `npm run package` makes. */
export interface MadePackage {
  readonly executable: string;
  readonly deb: string;
}

/** Makes the package, unless that was done since `dist` was built. */
export function madePackage(): MadePackage {
  const executable = join(ROOT, 'dist/parley');
  const deb = join(ROOT, 'dist/parley_0.1.0_amd64.deb');
  const builtAt = statSync(join(ROOT, 'dist/built.json')).mtimeMs;
  if (!existsSync(deb) || statSync(deb).mtimeMs < builtAt) {
    execFileSync('npm', ['run', 'package'], { cwd: ROOT, stdio: 'pipe' });
  }
  return { executable, deb };
}
