import { attempt, startOptional } from '../optional-features.ts';
import { onPageActivity, type Subscribe } from './page-activity.ts';

/** Milliseconds before playing again if the system pauses repeatedly; doubled each time. */
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 8_000;
/** A pause this long (ms) after the last attempt is a new one, and playback resumes at once. */
const SETTLED_MS = 5_000;

type Player = Pick<HTMLMediaElement, 'paused' | 'play' | 'addEventListener' | 'removeEventListener'>;

interface KeepPlayingOptions {
  /** The browser blocks playback until the person clicks. */
  readonly onBlocked?: () => void;
  readonly subscribe?: Subscribe;
  readonly now?: () => number;
}

/**
 * Plays a track until the returned function is called, and resumes it whenever it is paused. A single `play()` isn't
 * enough: a phone call, unplugged headphones or a closed picture-in-picture window pause the element, and the page has
 * no play button.
 */
export function keepPlaying(
  element: Player,
  track: Pick<MediaStreamTrack, 'readyState' | 'addEventListener' | 'removeEventListener'>,
  { onBlocked, subscribe = onPageActivity, now = () => performance.now() }: KeepPlayingOptions = {},
): () => void {
  return startOptional(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let retryMs = 0;
    let triedAt = now();
    const play = () => {
      triedAt = now();
      attempt(
        () => element.play(),
        (error) => {
          if (error instanceof Error && error.name === 'NotAllowedError') onBlocked?.();
        },
      );
    };
    const onPause = () => {
      if (track.readyState === 'ended') return;
      if (now() - triedAt >= SETTLED_MS) retryMs = 0;
      clearTimeout(timer);
      if (retryMs === 0) play();
      else timer = setTimeout(play, retryMs);
      retryMs = Math.min(LAST_RETRY_MS, Math.max(FIRST_RETRY_MS, retryMs * 2));
    };
    const resume = () => {
      if (element.paused && track.readyState === 'live') play();
    };
    element.addEventListener('pause', onPause);
    track.addEventListener('unmute', resume);
    const unsubscribe = startOptional(() => subscribe(resume));
    play();
    return () => {
      clearTimeout(timer);
      unsubscribe();
      element.removeEventListener('pause', onPause);
      track.removeEventListener('unmute', resume);
    };
  });
}
