import { type ReadonlySignal, useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { useMessages } from '../i18n/messages.ts';
import { isHeard, type Source } from '../media/devices.ts';
import { watchLevel } from '../media/level-meter.ts';

const STEPS = 20;

/** A meter of the microphone's level; 0 while it is muted. */
export function LevelBar({ microphone }: { microphone: ReadonlySignal<Source> }) {
  const t = useMessages();
  const level = useSignal(0);
  const track = useComputed(() => (isHeard(microphone.value) ? microphone.value.track : null));
  useSignalEffect(() => {
    const heard = track.value;
    if (heard === null) return;
    const unwatch = watchLevel(heard, (now) => {
      level.value = Math.round(now * STEPS);
    });
    return () => {
      unwatch();
      level.value = 0;
    };
  });
  return <meter class="level" aria-label={t.lobby.level} min={0} max={STEPS} value={level.value} />;
}
