import { type ReadonlySignal, signal } from '@preact/signals';

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
  | 'pushToTalk'
  | 'muteAsked';

export interface Notice {
  readonly id: number;
  readonly kind: NoticeKind;
  /** Whom it is about; '' where nobody, or nobody by name. */
  readonly name: string;
}

/** Short messages that come and go by themselves. */
export interface Notices {
  readonly shown: ReadonlySignal<readonly Notice[]>;
  show(kind: NoticeKind, name?: string): void;
  close(): void;
}

export function createNotices(): Notices {
  const shown = signal<readonly Notice[]>([]);
  const timers = new Set<ReturnType<typeof setTimeout>>();
  let lastId = 0;
  return {
    shown,
    show(kind, name = '') {
      lastId += 1;
      const id = lastId;
      shown.value = [...shown.value, { id, kind, name }].slice(-MOST);
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
