import { defineConfig } from 'vite';

/** The browser SDK: src/client → dist/client.js, one ES module without imports. */
export default defineConfig({
  build: {
    outDir: 'dist',
    emptyOutDir: false,
    copyPublicDir: false,
    target: 'es2022',
    minify: false,
    lib: { entry: 'src/client/index.ts', formats: ['es'], fileName: () => 'client.js' },
  },
});
