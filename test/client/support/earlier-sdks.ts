import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'vite';
import { ROOT } from '../../support/documents.ts';

/** An SDK that somebody may have installed. */
export interface EarlierSdk {
  readonly name: string;
  /** As `/client.js` was. */
  readonly script: string;
}

const RELEASED = join(ROOT, 'test/client/released');
const RELEASES = ['client-4f6ebce.js'] as const;

const run = promisify(execFile);

const git = async (...args: string[]): Promise<string> =>
  (await run('git', args, { cwd: ROOT })).stdout.trim();

/**
 * Returns the SDKs that this server has to get along with. One is a file in the repository, as it was built, because a
 * shallow clone and an archive have no history to build it from. The other is that of the commit before, where the clone
 * has it.
 */
export async function earlierSdks(): Promise<readonly EarlierSdk[]> {
  const released = RELEASES.map(async (name) => ({
    name,
    script: await readFile(join(RELEASED, name), 'utf8'),
  }));
  return [...(await Promise.all(released)), ...(await ofCommitBefore())];
}

async function ofCommitBefore(): Promise<readonly EarlierSdk[]> {
  const name = await git('rev-parse', '--short', 'HEAD~1').catch(() => '');
  // An archive may lie inside another project's clone.
  const isOurs = await git('cat-file', '-e', 'HEAD~1:./src/client/index.ts').then(
    () => true,
    () => false,
  );
  if (!isOurs) return [];
  // In the build, so that packages are found from there.
  const folder = await mkdtemp(join(ROOT, 'dist/commit-before-'));
  try {
    const archive = join(folder, 'sources.tar');
    await git('archive', '-o', archive, name, 'src/client', 'src/protocol');
    await run('tar', ['-xf', archive, '-C', folder]);
    const output = await build({
      root: folder,
      configFile: false,
      logLevel: 'silent',
      build: { write: false, target: 'es2022', lib: { entry: 'src/client/index.ts', formats: ['es'] } },
    });
    const [bundle] = Array.isArray(output) ? output : [];
    if (bundle === undefined) throw new Error(`the SDK of ${name} was not built`);
    return [{ name: `commit ${name}`, script: bundle.output[0].code }];
  } finally {
    await rm(folder, { recursive: true });
  }
}
