import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** What the page is looked at on: a phone (Russian, dark) and a desktop (English, light). */
export const DEVICES = [
  { device: 'desk', viewport: { width: 1440, height: 900 }, locale: 'en-US', colorScheme: 'light' },
  { device: 'phone', viewport: { width: 390, height: 844 }, locale: 'ru-RU', colorScheme: 'dark' },
] as const;

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PICTURES = process.env['SCREENS'];

/**
 * Expects no axe violation, no horizontal overflow, no tile outside the window. `SCREENS=folder` saves a screenshot. It is
 * taken first, because that waits for fonts and a stable layout.
 */
export async function expectFine(page: Page, name: string): Promise<void> {
  if (PICTURES !== undefined) mkdirSync(PICTURES, { recursive: true });
  const path = PICTURES === undefined ? {} : { path: `${PICTURES}/${name}.png` };
  await page.screenshot({ ...path, animations: 'disabled' });
  await page.evaluate(endAnimations);
  expect(await page.evaluate(whatSticksOut)).toEqual([]);
  expect(await violations(page)).toEqual([]);
}

async function violations(page: Page): Promise<unknown> {
  // Half a megabyte of script, once for each document.
  if ((await page.evaluate('window.axe === undefined')) === true) await page.evaluate(AXE);
  const found: unknown = await page.evaluate(`
    axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
      violations.map(({ id, nodes }) => ({ id, at: nodes.map(({ target }) => target.join(' ')) })))`);
  return found;
}

/** Runs in the page: ends what fades in, whose contrast is that of neither its beginning nor its end. */
function endAnimations(): void {
  for (const animation of document.getAnimations()) {
    if (animation.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY) animation.finish();
  }
}

/** Runs in the page: returns the page if it overflows horizontally, and every tile and control outside the window. */
function whatSticksOut(): string[] {
  const wide = document.documentElement.scrollWidth > innerWidth ? ['the page'] : [];
  const out = [...document.querySelectorAll('.tile, .controls .control')].filter((element) => {
    const { left, top, right, bottom, width } = element.getBoundingClientRect();
    return width > 0 && (left < -1 || top < -1 || right > innerWidth + 1 || bottom > innerHeight + 1);
  });
  return [...wide, ...out.map((element) => `${element.className}: ${element.textContent}`)];
}
