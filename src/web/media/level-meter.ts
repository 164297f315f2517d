import { attempt, startOptional } from '../optional-features.ts';
import { onPageActivity } from './page-activity.ts';
import { loudnessOf } from './speaking.ts';

/** Milliseconds between two readings: short enough to look alive. */
const READ_EVERY_MS = 60;
/** Samples of one reading, about 40 ms at 48 kHz. */
const WINDOW = 2048;

/**
 * Reads how loud a microphone is, 0 to 1, until the returned function is called. Browsers hold sound processing back
 * until the first key or click, and systems interrupt it; the level is 0 meanwhile. Without sound processing it never
 * reads anything.
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
  // `interrupted` on iOS, `suspended` elsewhere: the system has stopped it.
  context.onstatechange = wake;
  const unsubscribe = onPageActivity(wake);
  // An interval, not an animation frame: speaking must be noticed in a tab that is not in front.
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
