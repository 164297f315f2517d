import { attempt, startOptional } from '../optional-features.ts';
import { onPageActivity } from './page-activity.ts';
import { loudnessOf } from './speaking.ts';

/** Milliseconds between readings: short enough for the meter to look alive. */
const READ_EVERY_MS = 60;
/** Samples per reading: about 40 ms at 48 kHz. */
const WINDOW = 2048;

/**
 * Reports the level of a microphone (0–1) until the returned function is called. Reports 0 while the browser suspends
 * audio processing: before the first user gesture, or when the system interrupts it. Reports nothing without Web Audio.
 */
export function watchLevel(track: MediaStreamTrack, onLevel: (level: number) => void): () => void {
  return startOptional(() => {
    const context = new AudioContext();
    const close = () => attempt(() => context.close());
    try {
      const stop = readLevel(context, track, onLevel);
      return () => {
        stop();
        close();
      };
    } catch (error) {
      close();
      throw error;
    }
  });
}

function readLevel(
  context: AudioContext,
  track: MediaStreamTrack,
  onLevel: (level: number) => void,
): () => void {
  const analyser = new AnalyserNode(context, { fftSize: WINDOW });
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(WINDOW);
  const wake = () => {
    if (context.state !== 'running' && context.state !== 'closed') attempt(() => context.resume());
  };
  // The system stopped it: `interrupted` on iOS, `suspended` elsewhere.
  context.onstatechange = wake;
  const unsubscribe = onPageActivity(wake);
  // Animation frames stop in a background tab, where speaking must be noticed too.
  const timer = setInterval(() => {
    attempt(() => {
      analyser.getFloatTimeDomainData(samples);
      onLevel(loudnessOf(samples));
    });
  }, READ_EVERY_MS);
  return () => {
    clearInterval(timer);
    context.onstatechange = null;
    unsubscribe();
  };
}
