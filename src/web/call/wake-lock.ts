import { onPageActivity, type Subscribe } from '../media/page-activity.ts';
import { startOptional } from '../optional-features.ts';
import { singleFlight } from '../single-flight.ts';

/**
 * Keeps the screen on until the returned function is called. The browser releases the lock when the page is hidden
 * (Screen Wake Lock, 11.2), so it is requested again afterwards.
 * @param wakeLock undefined if the browser has none
 */
export function keepAwake(wakeLock: WakeLock | undefined, subscribe: Subscribe = onPageActivity): () => void {
  return startOptional(() => {
    if (wakeLock === undefined) return () => {};
    let lock: WakeLockSentinel | null = null;
    let wanted = true;
    const acquire = singleFlight(async () => {
      if (!wanted || (lock !== null && !lock.released)) return;
      // Refused while the page is hidden or the battery is low. The next activity requests it again.
      const given = await wakeLock.request('screen').catch(() => null);
      if (wanted) lock = given;
      else await given?.release();
    });
    const ask = () => void acquire().catch(() => {});
    const unsubscribe = startOptional(() => subscribe(ask));
    ask();
    return () => {
      wanted = false;
      unsubscribe();
      void lock?.release().catch(() => {});
    };
  });
}
