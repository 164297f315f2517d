import { type ReadonlySignal, signal } from '@preact/signals';
import type { MediaState } from '../../client/index.ts';

/** Milliseconds that a notice is shown: enough to read six words twice. */
const STAYS_MS = 4_000;
/** Milliseconds that the coming end of the call is shown: nobody should miss it. */
const ENDING_STAYS_MS = 20_000;
/** Max notices shown at once, so that a crowd joining doesn't hide the call. */
const MOST = 3;

export type NoticeKind =
  | 'joined'
  | 'left'
  | 'sharesScreen'
  | 'regained'
  | 'copied'
  | 'copyFailed'
  | 'shareFailed'
  | 'shareBlocked'
  | 'pushToTalk'
  | 'muteAsked'
  | 'turnedOff'
  | 'turnOnAsked'
  | 'cameraUnsent'
  | 'microphoneUnsent'
  | DeviceNotice
  | 'locked'
  | 'unlocked'
  | 'wrote'
  | 'ending'
  | HostNotice
  | BlockedNotice
  | 'raisedHand'
  | 'pipFailed';

/** What becomes of devices that are unplugged, plugged in again, or changed by the system. */
type DeviceNotice =
  | 'cameraReplaced'
  | 'cameraReturned'
  | 'microphoneReplaced'
  | 'microphoneReturned'
  | 'microphoneFollowed'
  | 'speakerReplaced'
  | 'speakerReturned';

/** What hosts are told. */
type HostNotice = 'allMuted' | 'nowHost' | 'noHost' | 'hostFailed' | 'hostFull' | 'hostGone';
/** What this person may not send. */
type BlockedNotice = 'audioBlocked' | 'videoBlocked' | 'screenBlocked';

export interface Notice {
  readonly id: number;
  readonly kind: NoticeKind;
  /** The person it is about; '' if none, or without a name. */
  readonly name: string;
  /** What the host muted, for `muteAsked`; what a backend turned off, or asks for; else null. */
  readonly media: keyof MediaState | null;
  /** What they wrote, for `wrote`; else ''. */
  readonly text: string;
  /** How many minutes the call has left, for `ending`; else 0. */
  readonly minutes: number;
}

/** Short messages that disappear on their own. */
export interface Notices {
  readonly shown: ReadonlySignal<readonly Notice[]>;
  show(kind: NoticeKind, name?: string, more?: Partial<Pick<Notice, 'media' | 'text' | 'minutes'>>): void;
  /** Takes those of a kind away: what they say is on the screen now. */
  drop(kind: NoticeKind): void;
  close(): void;
}

export function createNotices(): Notices {
  const shown = signal<readonly Notice[]>([]);
  const timers = new Set<ReturnType<typeof setTimeout>>();
  let lastId = 0;
  return {
    shown,
    show(kind, name = '', { media = null, text = '', minutes = 0 } = {}) {
      lastId += 1;
      const id = lastId;
      shown.value = [...shown.value, { id, kind, name, media, text, minutes }].slice(-MOST);
      const timer = setTimeout(
        () => {
          timers.delete(timer);
          shown.value = shown.value.filter((notice) => notice.id !== id);
        },
        kind === 'ending' ? ENDING_STAYS_MS : STAYS_MS,
      );
      timers.add(timer);
    },
    drop(kind) {
      shown.value = shown.value.filter((notice) => notice.kind !== kind);
    },
    close() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      shown.value = [];
    },
  };
}

/** Returns how many minutes are left, rounded, but at least one. */
export function minutesUntil(at: Date): number {
  return Math.max(Math.round((at.getTime() - Date.now()) / 60_000), 1);
}
