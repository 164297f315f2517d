import type { ReadonlySignal } from '@preact/signals';
import { Icon, type IconName } from '../components/icon.tsx';
import { cutText } from '../graphemes.ts';
import { isolate } from '../i18n/isolate.ts';
import { type Messages, useMessages } from '../i18n/messages.ts';
import type { Announcement } from './call-model.ts';
import type { DeviceTrouble } from './device-troubles.ts';
import type { Notice, NoticeKind, Notices } from './notices.ts';

const ICONS: Readonly<Partial<Record<NoticeKind, IconName>>> = {
  copied: 'check',
  regained: 'check',
  copyFailed: 'alert',
  shareFailed: 'alert',
  sharesScreen: 'screen',
  pushToTalk: 'mic',
  muteAsked: 'alert',
  turnedOff: 'alert',
  turnOnAsked: 'alert',
  shareBlocked: 'alert',
  cameraUnsent: 'alert',
  microphoneUnsent: 'alert',
  cameraReplaced: 'camera',
  cameraReturned: 'camera',
  microphoneReplaced: 'mic',
  microphoneReturned: 'mic',
  microphoneFollowed: 'mic',
  speakerReplaced: 'alert',
  speakerReturned: 'check',
  locked: 'lock',
  unlocked: 'lock',
  wrote: 'chat',
  ending: 'alert',
  allMuted: 'micOff',
  nowHost: 'host',
  hostFailed: 'alert',
  hostFull: 'alert',
  hostGone: 'alert',
  audioBlocked: 'micOff',
  videoBlocked: 'cameraOff',
  screenBlocked: 'screenOff',
  raisedHand: 'hand',
  pipFailed: 'alert',
};

interface TroubleStackProps {
  readonly troubles: ReadonlySignal<readonly DeviceTrouble[]>;
  readonly onOpenDevices: () => void;
}

/** Shows devices in trouble until they work or are turned off. Has its own row, so that it doesn't cover a picture. */
export function TroubleStack({ troubles, onOpenDevices }: TroubleStackProps) {
  const t = useMessages();
  return (
    <div class="troubles" role="status" aria-live="polite">
      {troubles.value.map(({ kind, how }) => (
        <p key={`${kind}-${how}`} class="trouble" data-trouble={`${kind}-${how}`}>
          <Icon name={kind === 'camera' ? 'cameraOff' : 'micOff'} />
          {t.call[TROUBLE_WORDS[kind][how]]}
          <button type="button" class="button" onClick={onOpenDevices}>
            {t.call.devices}
          </button>
        </p>
      ))}
    </div>
  );
}

/** Shows and announces notices, such as who joined and left. */
export function NoticeStack({ notices }: { notices: Notices }) {
  const t = useMessages();
  return (
    <div class="notices" role="status" aria-live="polite">
      {notices.shown.value.map((notice) => {
        const icon = ICONS[notice.kind];
        return (
          <p key={notice.id} class="toast">
            {icon !== undefined && <Icon name={icon} />}
            {noticeText(notice, t)}
          </p>
        );
      })}
    </div>
  );
}

const TROUBLE_WORDS = {
  camera: { lost: 'cameraLost', taken: 'cameraTaken', paused: 'cameraPaused' },
  microphone: { lost: 'microphoneLost', taken: 'microphoneTaken', paused: 'microphonePaused' },
} as const;

function noticeText({ kind, name, media, text, minutes }: Notice, t: Messages): string {
  switch (kind) {
    case 'muteAsked':
    case 'turnedOff':
    case 'turnOnAsked':
      return t.call[kind][media ?? 'audio'];
    case 'wrote':
      return `${isolate(name || t.guest)}: ${isolate(excerptOf(text))}`;
    case 'raisedHand':
      return t.talk.raisedHand(isolate(name || t.guest));
    case 'ending':
      return t.rooms.ending(minutes);
    case 'pipFailed':
      return t.talk.pipFailed;
    case 'joined':
    case 'left':
    case 'sharesScreen':
      return t.call[kind](isolate(name || t.guest));
    default:
      return isRoomNotice(kind, t) ? t.rooms.notice[kind] : t.call[kind];
  }
}

/** Characters of a message that its notice shows. */
const EXCERPT = 80;

function excerptOf(text: string): string {
  const short = cutText(text, EXCERPT);
  return short === text ? text : `${short}…`;
}

function isRoomNotice(kind: NoticeKind, t: Messages): kind is keyof Messages['rooms']['notice'] {
  return Object.hasOwn(t.rooms.notice, kind);
}

/** For screen readers only; the tiles show crossed-out microphones. */
export function Announcer({ announcement }: { announcement: ReadonlySignal<Announcement | null> }) {
  const t = useMessages();
  return (
    <div class="visually-hidden" role="status" aria-live="polite">
      {announcementText(announcement.value, t)}
    </div>
  );
}

function announcementText(announcement: Announcement | null, t: Messages): string {
  if (announcement === null) return '';
  if (announcement.kind === 'muted' || announcement.kind === 'unmuted') {
    return t.call[announcement.kind](isolate(announcement.name || t.guest));
  }
  if (announcement.kind === 'reacted') {
    return t.talk.reactedTo(isolate(announcement.name || t.guest), announcement.emoji);
  }
  if (announcement.kind === 'wrote') {
    return `${isolate(announcement.name || t.guest)}: ${announcement.text}`;
  }
  return t.call[announcement.kind];
}
