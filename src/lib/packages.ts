import { createRequire } from 'node:module';

/**
 * Loads a package that has native code. The executable is bundled with another file in place of this one, which knows
 * the packages inside it (`packaging/bundle.ts`).
 * @throws what `require` throws
 */
export const loadPackage: (name: string) => unknown = createRequire(import.meta.url);
