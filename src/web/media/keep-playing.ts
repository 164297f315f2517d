import { attempt, startOptional } from '../optional-features.ts';
import { onPageActivity, type Subscribe } from './page-activity.ts';

/** Milliseconds between tries to go on, while the system pauses again at once: doubled each time. */
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 8_000;
/** Milliseconds since the last try after which a pause is a new one, and tried against at once. */
const SETTLED_MS = 5_000;

/** What is used of an element. */
type Player = Pick<HTMLMediaElement, 'paused' | 'play' | 'addEventListener' | 'removeEventListener'>;

interface KeepPlayingOptions {
  /** The browser wants a click first. */
  readonly onBlocked?: () => void;
  readonly subscribe?: Subscribe;
  readonly now?: () => number;
}

/**
 * Plays a track until the returned function is called. One `play()` does not do: a phone call, headphones that are
 * unplugged, or a picture-in-picture window that is closed pause the element, and nobody there presses play.
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
    const goOn = () => {
      if (element.paused && track.readyState === 'live') play();
    };
    element.addEventListener('pause', onPause);
    track.addEventListener('unmute', goOn);
    const unsubscribe = startOptional(() => subscribe(goOn));
    play();
    return () => {
      clearTimeout(timer);
      unsubscribe();
      element.removeEventListener('pause', onPause);
      track.removeEventListener('unmute', goOn);
    };
  });
}
