/** Levels of silence and of loud speech, in dBFS. */
const SILENCE_DB = -60;
const LOUD_DB = -12;

/** Speech starts above the first level and ends below the second. Between them nothing changes. */
const START_LEVEL = 0.35;
const STOP_LEVEL = 0.22;
/** Max pause within a sentence, in milliseconds. */
const PAUSE_MS = 700;

/** Returns the loudness of samples (±1) from 0, silence, to 1, loud speech. The scale is logarithmic, as hearing is. */
export function loudnessOf(samples: ArrayLike<number>): number {
  let power = 0;
  for (let i = 0; i < samples.length; i += 1) power += (samples[i] ?? 0) ** 2;
  const db = 10 * Math.log10(power / Math.max(1, samples.length) + 1e-12);
  return Math.min(1, Math.max(0, (db - SILENCE_DB) / (LOUD_DB - SILENCE_DB)));
}

/** Returns a function that takes a level (0–1) and the time in ms, and returns whether the person is speaking. */
export function createSpeakingDetector(): (level: number, now: number) => boolean {
  let speaking = false;
  let lastLoud = Number.NEGATIVE_INFINITY;
  return (level, now) => {
    if (level > STOP_LEVEL && (speaking || level >= START_LEVEL)) lastLoud = now;
    speaking = now - lastLoud < PAUSE_MS;
    return speaking;
  };
}
