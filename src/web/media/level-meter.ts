import { loudnessOf } from './speaking.ts';

/** Milliseconds between two readings: short enough to look alive. */
const READ_EVERY_MS = 60;
/** Samples of one reading, about 40 ms at 48 kHz. */
const WINDOW = 2048;

/**
 * Reads how loud a microphone is, 0 to 1, until the returned function is called. Browsers may hold back sound
 * processing until the first key or click; the level is 0 so long.
 */
export function watchLevel(track: MediaStreamTrack, onLevel: (level: number) => void): () => void {
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: WINDOW });
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(WINDOW);
  const wake = () => void context.resume().catch(() => {});
  const gestures = ['pointerdown', 'keydown'] as const;
  for (const gesture of gestures) addEventListener(gesture, wake);
  // An interval, not an animation frame: speaking must be noticed in a tab that is not in front.
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    onLevel(loudnessOf(samples));
  }, READ_EVERY_MS);
  return () => {
    clearInterval(timer);
    for (const gesture of gestures) removeEventListener(gesture, wake);
    void context.close().catch(() => {});
  };
}
