import type { Call, MediaState } from '../../client/index.ts';
import type { DeviceManager } from '../media/device-manager.ts';
import type { Notices } from './notices.ts';
import type { ScreenShare } from './screen-share.ts';

export interface OwnControls {
  toggleMicrophone(): void;
  toggleCamera(): void;
  toggleShare(): Promise<void>;
  /**
   * Push-to-talk: unmutes while held, then mutes again. Does nothing if the person isn't muted.
   * @param keep stays unmuted on release, because it was a tap on the mute button
   */
  holdToTalk(held: boolean, keep?: boolean): void;
  /** Complies with the host's request. The person may turn the device on again. */
  complyWith(kind: keyof MediaState): void;
  /** Turns the device off whose kind a backend has turned off. The person may turn it on again. */
  followOff(kind: keyof MediaState): void;
}

interface OwnControlsOptions {
  readonly call: Pick<Call, 'stopScreenShare'>;
  readonly devices: DeviceManager;
  readonly share: ScreenShare;
  readonly notices: Notices;
  /** Whether the hosts let this person send a kind. */
  readonly may: (kind: keyof MediaState) => boolean;
  readonly announce: (kind: 'selfMuted' | 'selfUnmuted') => void;
}

/** Turns this person's own microphone, camera and screen share on and off. */
export function createOwnControls(options: OwnControlsOptions): OwnControls {
  const { call, devices, share, notices, may, announce } = options;
  let holding = false;

  function mayOrNotice(kind: keyof MediaState): boolean {
    const allowed = may(kind);
    if (!allowed) notices.show(`${kind}Blocked`);
    return allowed;
  }

  function setMicrophone(on: boolean): void {
    if (on && !mayOrNotice('audio')) return;
    void devices.setMicrophone(on);
    announce(on ? 'selfUnmuted' : 'selfMuted');
  }

  /** @returns false if it was off */
  function turnOff(kind: keyof MediaState): boolean {
    if (kind === 'audio' && devices.microphone.value.on) setMicrophone(false);
    else if (kind === 'video' && devices.camera.value.on) void devices.setCamera(false);
    else if (kind === 'screen' && share.screen.value !== null) void call.stopScreenShare();
    else return false;
    return true;
  }

  return {
    toggleMicrophone: () => setMicrophone(!devices.microphone.value.on),
    toggleCamera() {
      const on = !devices.camera.value.on;
      if (!on || mayOrNotice('video')) void devices.setCamera(on);
    },
    async toggleShare() {
      if (share.screen.value !== null || mayOrNotice('screen')) await share.toggle();
    },
    holdToTalk(held, keep = false) {
      if (held && !devices.microphone.value.on) {
        if (!mayOrNotice('audio')) return;
        holding = true;
        notices.show('pushToTalk');
        void devices.setMicrophone(true);
      } else if (!held && holding) {
        holding = false;
        if (!keep) void devices.setMicrophone(false);
        else if (devices.microphone.value.on) announce('selfUnmuted');
      }
    },
    complyWith(kind) {
      if (!turnOff(kind)) return;
      notices.show('muteAsked', '', { media: kind });
    },
    followOff(kind) {
      turnOff(kind);
      notices.show('turnedOff', '', { media: kind });
    },
  };
}
