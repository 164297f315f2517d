import { type ReadonlySignal, signal } from '@preact/signals';
import type { Call } from '../../client/index.ts';
import { singleFlight } from '../single-flight.ts';

/** This person's screen share. Never leaves a capture running that isn't sent. */
export interface ScreenShare {
  readonly screen: ReadonlySignal<MediaStreamTrack | null>;
  /** Starts or stops sharing. Does nothing while the browser's picker is open. */
  toggle(): Promise<void>;
  /** Tells that the call no longer sends a screen. */
  stopped(): void;
  /** Stops at once whatever is captured from now on. */
  close(): void;
}

/** Why sharing failed. `shareBlocked`: the system doesn't let the browser record the screen. */
export type ShareFailure = 'shareBlocked' | 'shareFailed';

export function createScreenShare(
  call: Pick<Call, 'media' | 'startScreenShare' | 'stopScreenShare'>,
  captureScreen: (() => Promise<MediaStream>) | undefined,
  onFailure: (failure: ShareFailure) => void,
): ScreenShare {
  const screen = signal<MediaStreamTrack | null>(null);
  let closed = false;

  async function start(capture: () => Promise<MediaStream>): Promise<void> {
    const stream = await capture();
    let sent = false;
    const live = () => stream.getVideoTracks().find((track) => track.readyState === 'live') ?? null;
    try {
      if (closed) return;
      const [video] = stream.getVideoTracks();
      // Sharp text matters more than smooth motion.
      if (video !== undefined) video.contentHint = 'detail';
      await call.startScreenShare(stream);
      // Null if the person stopped it meanwhile.
      screen.value = live();
      sent = !closed;
    } catch (error) {
      // It may have reached some peers.
      sent = !closed && call.media.screen;
      if (sent) screen.value = live();
      throw error;
    } finally {
      // The browser shows "you are sharing" while a track is live.
      if (!sent) {
        for (const track of stream.getTracks()) track.stop();
        screen.value = null;
      }
    }
  }

  return {
    screen,
    toggle: singleFlight(async () => {
      if (captureScreen === undefined || closed) return;
      try {
        if (screen.value === null) await start(captureScreen);
        else await call.stopScreenShare();
      } catch (error) {
        if (closed || isChangeOfMind(error)) return;
        onFailure(isBlockedBySystem(error) ? 'shareBlocked' : 'shareFailed');
      }
    }),
    stopped() {
      screen.value = null;
    },
    close() {
      closed = true;
    },
  };
}

/** Whether the person closed the picker, which is no failure. */
function isChangeOfMind(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'NotAllowedError' && !isBlockedBySystem(thrown);
}

/**
 * Chromium distinguishes a missing macOS permission from a closed picker only by the message "Permission denied by
 * system".
 */
function isBlockedBySystem(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'NotAllowedError' && /by system/i.test(thrown.message);
}
