import { join, resolve } from 'node:path';
import { temporaryFolder } from './database.ts';
import { run } from './process.ts';

/** Compiles a C file of this folder. @returns the library's path, for LD_PRELOAD */
export async function preload(name: string): Promise<string> {
  const library = join(temporaryFolder(), `${name}.so`);
  const source = resolve(import.meta.dirname, `${name}.c`);
  const { code, output } = await run('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl']);
  if (code !== 0) throw new Error(`cc ended with ${code}: ${output}`);
  return library;
}
