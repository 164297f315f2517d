import { defineConfig } from 'vite';

/** The web component: src/embed → dist/embed.js, one script without imports and exports. */
export default defineConfig({
  build: {
    outDir: 'dist',
    emptyOutDir: false,
    copyPublicDir: false,
    target: 'es2022',
    rolldownOptions: { output: { minify: true } },
    lib: { entry: 'src/embed/index.ts', name: 'ParleyEmbed', formats: ['iife'], fileName: () => 'embed.js' },
  },
});
