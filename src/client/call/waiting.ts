import type { OwnKnock } from '../../protocol/knock-events.ts';
import type { Call, Waiting } from '../types.ts';

/** What the application is given while this side waits for a host [KN1]. */
export function createWaiting({ knockId, room }: OwnKnock, call: Call): Waiting {
  return {
    knockId,
    room,
    get muted() {
      return call.muted;
    },
    setMuted: (muted) => call.setMuted(muted),
    setMicrophone: (track) => call.setMicrophone(track),
    setCamera: (track) => call.setCamera(track),
    leave: () => call.leave(),
  };
}
