import { defineConfig } from 'vite';

/** The page: src/web → dist/web. */
export default defineConfig({
  root: 'src/web',
  base: '/assets/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    assetsDir: '.',
    // A data: URL would break the page's content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
