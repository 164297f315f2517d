import { type ReadonlySignal, signal } from '@preact/signals';
import type { MediaState } from '../../client/index.ts';

/** Milliseconds that a notice stays: time to read six words twice. */
const STAYS_MS = 4_000;
/** Notices at once; a crowd that comes in must not hide the call. */
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
  | 'cameraUnsent'
  | 'microphoneUnsent'
  | 'cameraReplaced'
  | 'microphoneReplaced'
  | 'locked'
  | 'unlocked';

export interface Notice {
  readonly id: number;
  readonly kind: NoticeKind;
  /** Whom it is about; '' where nobody, or nobody by name. */
  readonly name: string;
  /** What `muteAsked` is about; null for all others. */
  readonly media: keyof MediaState | null;
}

/** Short messages that come and go by themselves. */
export interface Notices {
  readonly shown: ReadonlySignal<readonly Notice[]>;
  show(kind: NoticeKind, name?: string, media?: keyof MediaState): void;
  close(): void;
}

export function createNotices(): Notices {
  const shown = signal<readonly Notice[]>([]);
  const timers = new Set<ReturnType<typeof setTimeout>>();
  let lastId = 0;
  return {
    shown,
    show(kind, name = '', media) {
      lastId += 1;
      const id = lastId;
      shown.value = [...shown.value, { id, kind, name, media: media ?? null }].slice(-MOST);
      const timer = setTimeout(() => {
        timers.delete(timer);
        shown.value = shown.value.filter((notice) => notice.id !== id);
      }, STAYS_MS);
      timers.add(timer);
    },
    close() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      shown.value = [];
    },
  };
}
