import { type ReadonlySignal, signal } from '@preact/signals';
import type { Call } from '../../client/index.ts';
import { singleFlight } from '../single-flight.ts';

/** One's own screen: captured, sent, and let go again, whatever happens in between. */
export interface ScreenShare {
  readonly screen: ReadonlySignal<MediaStreamTrack | null>;
  /** Does nothing while the browser's own dialog is open. */
  toggle(): Promise<void>;
  /** The call says that no screen is sent any more. */
  stopped(): void;
  /** The call is over: what is captured from now on is stopped at once. */
  close(): void;
}

/** Why there is no share: the system forbids the browser to record the screen, or anything else. */
export type ShareFailure = 'shareBlocked' | 'shareFailed';

export function createScreenShare(
  call: Pick<Call, 'media' | 'startScreenShare' | 'stopScreenShare'>,
  captureScreen: (() => Promise<MediaStream>) | undefined,
  onFailure: (failure: ShareFailure) => void,
): ScreenShare {
  const screen = signal<MediaStreamTrack | null>(null);
  let over = false;

  async function start(capture: () => Promise<MediaStream>): Promise<void> {
    const stream = await capture();
    let sent = false;
    const live = () => stream.getVideoTracks().find((track) => track.readyState === 'live') ?? null;
    try {
      if (over) return;
      const [video] = stream.getVideoTracks();
      // Text and edges matter more on a screen than smooth motion.
      if (video !== undefined) video.contentHint = 'detail';
      await call.startScreenShare(stream);
      // Ended already, where the person stopped it in the same moment.
      screen.value = live();
      sent = !over;
    } catch (error) {
      // Some may get it though others don't.
      sent = !over && call.media.screen;
      if (sent) screen.value = live();
      throw error;
    } finally {
      // The browser shows «you are sharing» for as long as one track lives: what isn't sent must not live.
      if (!sent) {
        for (const track of stream.getTracks()) track.stop();
        screen.value = null;
      }
    }
  }

  return {
    screen,
    toggle: singleFlight(async () => {
      if (captureScreen === undefined || over) return;
      try {
        if (screen.value === null) await start(captureScreen);
        else await call.stopScreenShare();
      } catch (error) {
        if (over || isChangeOfMind(error)) return;
        onFailure(isBlockedBySystem(error) ? 'shareBlocked' : 'shareFailed');
      }
    }),
    stopped() {
      screen.value = null;
    },
    close() {
      over = true;
    },
  };
}

/** The person closed the browser's dialog: not a failure. */
function isChangeOfMind(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'NotAllowedError' && !isBlockedBySystem(thrown);
}

/** Chromium tells a missing permission of macOS from a closed dialog by the message alone: «Permission denied by system». */
function isBlockedBySystem(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'NotAllowedError' && /by system/i.test(thrown.message);
}
