import { defineConfig } from 'vitest/config';

/** The part of `npm run check` that is a test: which folder may import which. */
export default defineConfig({
  test: { include: ['test/architecture.test.ts'] },
});
