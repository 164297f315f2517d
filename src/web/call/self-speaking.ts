import { computed, effect, type ReadonlySignal } from '@preact/signals';
import type { Source } from '../media/devices.ts';
import { watchLevel } from '../media/level-meter.ts';
import { createSpeakingDetector } from '../media/speaking.ts';

/**
 * Reports when this person starts and stops speaking, whichever microphone is open, until the returned function is
 * called.
 */
export function watchSpeaking(
  microphone: ReadonlySignal<Source>,
  onChange: (speaking: boolean) => void,
): () => void {
  const track = computed(() => microphone.value.track);
  return effect(() => {
    if (track.value === null) return;
    const speaks = createSpeakingDetector();
    let last = false;
    const report = (speaking: boolean) => {
      if (speaking === last) return;
      last = speaking;
      onChange(speaking);
    };
    const unwatch = watchLevel(track.value, (level) => report(speaks(level, performance.now())));
    return () => {
      unwatch();
      report(false);
    };
  });
}
