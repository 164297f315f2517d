import type { Page } from 'playwright-core';
import type { Counters, ProbeWindow } from '../../bench/mesh/probe.ts';

interface WatchedWindow extends Window {
  meshHidden?: boolean;
  /** Returns another person's picture. */
  meshPicture?: (name: string) => HTMLVideoElement;
}

/** Runs in the page before its own scripts: the test says whether the tab is hidden, and asks for pictures by name. */
export function watchable(): void {
  const own: WatchedWindow = window;
  own.meshHidden = false;
  Object.defineProperty(document, 'visibilityState', {
    get: () => (own.meshHidden === true ? 'hidden' : 'visible'),
  });
  Object.defineProperty(document, 'hidden', { get: () => own.meshHidden === true });
  own.meshPicture = (name) => {
    const tiles = [...document.querySelectorAll('li.tile[data-self=false]')];
    const video = tiles.find((tile) => tile.textContent?.includes(name) === true)?.querySelector('video');
    if (!(video instanceof HTMLVideoElement)) throw new Error(`${name} has no picture`);
    return video;
  };
}

/** Hides the tab. Resolves when this person's picture has not moved for a second. */
export function hideUntilStill(page: Page, name: string): Promise<void> {
  return page.evaluate(
    (who) =>
      new Promise<void>((resolve, reject) => {
        const own: WatchedWindow = window;
        const video = own.meshPicture?.(who);
        const giveUp = setTimeout(() => reject(new Error(`${who}'s picture still moves`)), 30_000);
        let still: ReturnType<typeof setTimeout> | undefined;
        const onFrame = () => {
          clearTimeout(still);
          video?.requestVideoFrameCallback(onFrame);
          still = setTimeout(() => {
            clearTimeout(giveUp);
            resolve();
          }, 1_000);
        };
        own.meshHidden = true;
        document.dispatchEvent(new Event('visibilitychange'));
        onFrame();
      }),
    name,
  );
}

/** Shows the tab again. @returns milliseconds from `visibilitychange` to the next frame of this person */
export function untilBack(page: Page, name: string): Promise<number> {
  return page.evaluate(
    (who) =>
      new Promise<number>((resolve, reject) => {
        const own: WatchedWindow = window;
        const began = performance.now();
        setTimeout(() => reject(new Error(`${who}'s picture is not back`)), 20_000);
        own.meshPicture?.(who).requestVideoFrameCallback((now) => resolve(now - began));
        own.meshHidden = false;
        document.dispatchEvent(new Event('visibilitychange'));
      }),
    name,
  );
}

/** Pins a person. @returns milliseconds from the click until the picture is decoded at this height (px), at least */
export function pinUntil(page: Page, name: string, height: number): Promise<number> {
  return page.evaluate(
    ([who, least]) =>
      new Promise<number>((resolve, reject) => {
        const own: WatchedWindow = window;
        const video = own.meshPicture?.(who);
        const began = performance.now();
        video?.closest('.tile')?.querySelector<HTMLButtonElement>('.pin-button')?.click();
        const look = () => {
          const took = performance.now() - began;
          const decoded = video?.videoHeight ?? 0;
          if (decoded >= least) resolve(took);
          else if (took > 30_000) reject(new Error(`${who}'s picture is ${decoded} px high, not ${least}`));
          else requestAnimationFrame(look);
        };
        look();
      }),
    [name, height] as const,
  );
}

/** Waits until a person's picture is decoded at this height (px), at most. */
export async function untilSmall(page: Page, name: string, height: number): Promise<void> {
  await page.waitForFunction(
    ([who, most]) => {
      const own: WatchedWindow = window;
      const decoded = own.meshPicture?.(who).videoHeight ?? 0;
      return decoded > 0 && decoded <= most;
    },
    [name, height] as const,
    { timeout: 30_000 },
  );
}

/** What `installProbe` has counted in a page. */
export function countersOf(page: Page): Promise<Counters> {
  return page.evaluate(() => {
    const own: ProbeWindow = window;
    if (own.meshProbe === undefined) throw new Error('the page has no probe');
    return own.meshProbe.counters();
  });
}
