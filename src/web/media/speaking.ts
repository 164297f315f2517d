/** Decibels below full scale that count as silence, and as loud speech. */
const SILENCE_DB = -60;
const LOUD_DB = -12;

/** Level above which somebody is taken to speak, and under which to have stopped; between them nothing changes. */
const START_LEVEL = 0.35;
const STOP_LEVEL = 0.22;
/** Milliseconds of quiet that still belong to a sentence. */
const PAUSE_MS = 700;

/** @returns the loudness of samples within ±1 on a scale from 0 (silence) to 1 (loud speech), even to the ear */
export function loudnessOf(samples: ArrayLike<number>): number {
  let power = 0;
  for (let i = 0; i < samples.length; i += 1) power += (samples[i] ?? 0) ** 2;
  const db = 10 * Math.log10(power / Math.max(1, samples.length) + 1e-12);
  return Math.min(1, Math.max(0, (db - SILENCE_DB) / (LOUD_DB - SILENCE_DB)));
}

/** @returns a function that takes a level (0–1) and the time in ms, and tells whether somebody speaks */
export function createSpeakingDetector(): (level: number, now: number) => boolean {
  let speaking = false;
  let lastLoud = Number.NEGATIVE_INFINITY;
  return (level, now) => {
    if (level > STOP_LEVEL && (speaking || level >= START_LEVEL)) lastLoud = now;
    speaking = now - lastLoud < PAUSE_MS;
    return speaking;
  };
}
