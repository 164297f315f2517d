import { copyFile } from 'node:fs/promises';
import { defineConfig } from 'vite';

/** The web component: src/embed → dist/embed.js, one script without imports and exports, and dist/embed.d.ts, its types. */
export default defineConfig({
  plugins: [{ name: 'embed-types', closeBundle: () => copyFile('src/embed/types.ts', 'dist/embed.d.ts') }],
  build: {
    outDir: 'dist',
    emptyOutDir: false,
    copyPublicDir: false,
    target: 'es2022',
    rolldownOptions: { output: { minify: true } },
    lib: { entry: 'src/embed/index.ts', name: 'ParleyEmbed', formats: ['iife'], fileName: () => 'embed.js' },
  },
});
