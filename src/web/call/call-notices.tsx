import type { ReadonlySignal } from '@preact/signals';
import { Icon, type IconName } from '../components/icon.tsx';
import { type Messages, useMessages } from '../i18n/messages.ts';
import type { Announcement } from './call-model.ts';
import type { Notice, NoticeKind, Notices } from './notices.ts';

const ICONS: Readonly<Partial<Record<NoticeKind, IconName>>> = {
  copied: 'check',
  regained: 'check',
  copyFailed: 'alert',
  shareFailed: 'alert',
  sharesScreen: 'screen',
  pushToTalk: 'mic',
  muteAsked: 'alert',
};

/** Who came, who went, what worked: seen and read out. */
export function NoticeStack({ notices }: { notices: Notices }) {
  const t = useMessages();
  return (
    <div class="notices" role="status" aria-live="polite">
      {notices.shown.value.map((notice) => {
        const icon = ICONS[notice.kind];
        return (
          <p key={notice.id} class="toast">
            {icon !== undefined && <Icon name={icon} />}
            {noticeWords(notice, t)}
          </p>
        );
      })}
    </div>
  );
}

function noticeWords({ kind, name }: Notice, t: Messages): string {
  switch (kind) {
    case 'joined':
    case 'left':
    case 'sharesScreen':
      return t.call[kind](name || t.guest);
    default:
      return t.call[kind];
  }
}

/** Read out only: whoever sees the tiles sees the crossed microphones. */
export function Announcer({ announcement }: { announcement: ReadonlySignal<Announcement | null> }) {
  const t = useMessages();
  return (
    <div class="visually-hidden" role="status" aria-live="polite">
      {announcementWords(announcement.value, t)}
    </div>
  );
}

function announcementWords(announcement: Announcement | null, t: Messages): string {
  if (announcement === null) return '';
  if (announcement.kind === 'muted' || announcement.kind === 'unmuted') {
    return t.call[announcement.kind](announcement.name || t.guest);
  }
  return t.call[announcement.kind];
}
