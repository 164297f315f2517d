import { attempt, startOptional } from '../../optional-features.ts';

/** Two soft knocks: their start in seconds, and their pitch in hertz. */
const KNOCKS = [
  [0, 523],
  [0.16, 659],
] as const;
/** Seconds that one lasts. */
const LENGTH = 0.24;
/** Loudness (0–1): heard beside voices, and startles nobody. */
const VOLUME = 0.12;

/** Plays a short sound that says that somebody waits. Does nothing if the browser can't. */
export function playKnock(): void {
  startOptional(() => {
    const context = new AudioContext();
    for (const [start, pitch] of KNOCKS) {
      const at = context.currentTime + start;
      const tone = new OscillatorNode(context, { frequency: pitch });
      const volume = new GainNode(context, { gain: 0 });
      volume.gain.setValueAtTime(VOLUME, at);
      volume.gain.exponentialRampToValueAtTime(0.0001, at + LENGTH);
      tone.connect(volume).connect(context.destination);
      tone.start(at);
      tone.stop(at + LENGTH);
      tone.onended = () => {
        if (start > 0) attempt(() => context.close());
      };
    }
    return () => {};
  });
}
