import { computed, effect, type ReadonlySignal, untracked } from '@preact/signals';
import type { DeviceManager } from '../media/device-manager.ts';
import { CAPTURED_KINDS, type CapturedKind, type DeviceKind, type Health } from '../media/devices.ts';
import { onPageShown, type Subscribe } from '../media/page-activity.ts';
import { startOptional } from '../optional-features.ts';
import type { NoticeKind, Notices } from './notices.ts';

/**
 * A device that the person wants on and that stopped working. `lost`: it went away and no other could be opened. `taken`:
 * another program uses it. `paused`: the system withholds it (a phone call, a closed lid, a switch on the device).
 */
export interface DeviceTrouble {
  readonly kind: CapturedKind;
  readonly how: 'lost' | 'taken' | 'paused';
}

export function troublesOf(devices: DeviceManager): ReadonlySignal<readonly DeviceTrouble[]> {
  return computed(() =>
    CAPTURED_KINDS.flatMap((kind): DeviceTrouble[] => {
      const how = devices.health[kind].value;
      const { on, state } = devices[kind].value;
      if (!on || (how !== 'lost' && how !== 'paused')) return [];
      return [{ kind, how: how === 'lost' && state === 'busy' ? 'taken' : how }];
    }),
  );
}

/** What happens to devices while they go on working: each has a notice of its own. */
type DeviceNotice = Extract<NoticeKind, `${DeviceKind}${'Replaced' | 'Returned' | 'Followed'}`>;

const NEWS = {
  camera: { replaced: 'cameraReplaced', returned: 'cameraReturned' },
  microphone: {
    replaced: 'microphoneReplaced',
    returned: 'microphoneReturned',
    followed: 'microphoneFollowed',
  },
} as const satisfies Readonly<Record<CapturedKind, Readonly<Partial<Record<Health, DeviceNotice>>>>>;

/** Tells when another device is in use than before: it went away, came back, or the system's default changed. */
export function tellDeviceNews(devices: DeviceManager, notices: Notices): () => void {
  const has = (kind: NoticeKind) => notices.shown.peek().some((notice) => notice.kind === kind);
  const undo = CAPTURED_KINDS.map((kind) =>
    effect(() => {
      const words: Readonly<Partial<Record<Health, DeviceNotice>>> = NEWS[kind];
      const news = words[devices.health[kind].value];
      if (news === undefined) return;
      untracked(() => {
        // A headset is both: one notice is enough.
        if (news === 'microphoneReplaced') notices.drop('speakerReplaced');
        if (news === 'microphoneReturned') notices.drop('speakerReturned');
        notices.drop(news);
        notices.show(news);
      });
    }),
  );
  let before = { chosen: devices.chosen.speaker.peek(), used: devices.speaker.peek() };
  const unwatchSpeaker = effect(() => {
    const now = { chosen: devices.chosen.speaker.value, used: devices.speaker.value };
    const [last, isChoice] = [before, now.chosen !== before.chosen];
    before = now;
    if (isChoice || now.used === last.used) return;
    untracked(() => {
      if (now.used === '' && !has('microphoneReplaced')) notices.show('speakerReplaced');
      if (now.used !== '' && !has('microphoneReturned')) notices.show('speakerReturned');
    });
  });
  return () => {
    unwatchSpeaker();
    for (const off of undo) off();
  };
}

/**
 * Reopens lost devices when the person returns to the page. Phones take camera and microphone away for a phone call or
 * another app, and give them back only on request.
 */
export function reopenLostDevices(devices: DeviceManager, subscribe: Subscribe = onPageShown): () => void {
  return startOptional(() =>
    subscribe(() => {
      for (const { kind, how } of troublesOf(devices).peek()) {
        if (how === 'paused') continue;
        void (kind === 'camera' ? devices.setCamera(true) : devices.setMicrophone(true));
      }
    }),
  );
}
