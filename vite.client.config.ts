import { defineConfig } from 'vite';

/** The browser SDK: src/client → dist/client.js, one ES module without imports. tools/client-types.ts adds its types. */
export default defineConfig({
  build: {
    outDir: 'dist',
    emptyOutDir: false,
    copyPublicDir: false,
    target: 'es2022',
    // `minify` above it leaves the white space of a library alone; this one is an end product.
    rolldownOptions: { output: { minify: true } },
    lib: { entry: 'src/client/index.ts', formats: ['es'], fileName: () => 'client.js' },
  },
});
