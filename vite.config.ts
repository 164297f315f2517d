import { defineConfig } from 'vite';

type ModuleInfo = (id: string) => { readonly isEntry: boolean; readonly importers: readonly string[] } | null;

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
    rolldownOptions: {
      output: {
        // What the page starts with is one file, however many of the later ones share parts of it.
        codeSplitting: {
          groups: [
            {
              debugName: 'start',
              name: (id, context) =>
                isLoadedAtStart(id, (one) => context.getModuleInfo(one)) ? 'start' : null,
            },
          ],
        },
      },
    },
  },
});

/** Whether the entry imports a module, directly or not, other than by `import()`. */
function isLoadedAtStart(id: string, infoOf: ModuleInfo, seen = new Set<string>()): boolean {
  if (seen.has(id)) return false;
  seen.add(id);
  const info = infoOf(id);
  return info !== null && (info.isEntry || info.importers.some((one) => isLoadedAtStart(one, infoOf, seen)));
}
