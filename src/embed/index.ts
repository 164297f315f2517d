import { ParleyCallElement } from './element.ts';

/** `/embed.js`: defines `<parley-call>`. Works as a module and as a classic script, so it has no `import.meta`. */
ParleyCallElement.own = ownServer();
if (customElements.get('parley-call') === undefined) customElements.define('parley-call', ParleyCallElement);

/** Returns the origin that this script came from. A module finds its element by the path. */
function ownServer(): string | undefined {
  const { currentScript } = document;
  const classic = currentScript instanceof HTMLScriptElement ? currentScript.src : '';
  const found = classic || document.querySelector<HTMLScriptElement>('script[src$="/embed.js"]')?.src;
  return found ? new URL(found).origin : undefined;
}
