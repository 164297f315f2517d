import * as v from 'valibot';
import type { LeftReason } from './types.ts';

/**
 * What the page of a site and the frame with the call say to each other by `postMessage`. Each message has `parley: 1`, the
 * version: a later one that old code can't read gets another number, and old code ignores it.
 */
const VERSION = 1;

/** Max UTF-16 units of a text in a message. */
const TEXT_LENGTH = 4_096;
/** Max UTF-16 units of a token: what fits into a request's head. */
const TOKEN_LENGTH = 16_384;

const text = v.pipe(v.string(), v.maxLength(TEXT_LENGTH));

function message<Type extends string, Entries extends v.ObjectEntries>(type: Type, entries: Entries) {
  return v.object({ parley: v.literal(VERSION), type: v.literal(type), ...entries });
}

/** From the site to the frame. */
const ToFrame = v.variant('type', [
  /** Answers `ready`, and gives a new token. */
  message('hello', { token: v.nullable(v.pipe(v.string(), v.minLength(1), v.maxLength(TOKEN_LENGTH))) }),
  message('mute', { on: v.boolean() }),
  message('camera', { on: v.boolean() }),
  message('share', { on: v.boolean() }),
  message('layout', { layout: v.picklist(['grid', 'speaker']) }),
  /** Null unpins. */
  message('pin', { peerId: v.nullable(text) }),
  message('leave', {}),
]);

const LEFT_REASONS = [
  'left',
  'kicked',
  'banned',
  'room_closed',
  'connection_lost',
  'replaced',
] as const satisfies readonly LeftReason[];

/** From the frame to the site. */
const ToSite = v.variant('type', [
  /** The frame has loaded and waits for `hello`. It says nothing about the call, so any site may read it. */
  message('ready', {}),
  message('joined', { roomId: text, peerId: text }),
  message('left', { reason: v.picklist(LEFT_REASONS) }),
  message('peerjoined', { peerId: text, name: text }),
  message('peerleft', { peerId: text }),
  message('media', { audio: v.boolean(), video: v.boolean(), screen: v.boolean() }),
  message('error', { code: text, message: text }),
  /** The token expires soon, or was refused: another `hello` brings a fresh one. */
  message('tokenneeded', {}),
  message('knock', { knockId: text, name: text }),
]);

type Unstamped<Message> = Message extends unknown ? Omit<Message, 'parley'> : never;

/** A message to the frame, without the version. */
export type FrameMessage = Unstamped<v.InferOutput<typeof ToFrame>>;
/** A message to the site, without the version. */
export type SiteMessage = Unstamped<v.InferOutput<typeof ToSite>>;
/** What the site can ask of the call. */
export type Command = Exclude<FrameMessage, { type: 'hello' }>;
/** What the call tells the site. */
export type CallEvent = Exclude<SiteMessage, { type: 'ready' }>;

/** Returns the message as it travels. */
export function stamped<Message extends FrameMessage | SiteMessage>(
  message: Message,
): Message & { parley: 1 } {
  return { parley: VERSION, ...message };
}

/** Returns undefined unless `data` is a message to the frame. */
export function frameMessageIn(data: unknown): FrameMessage | undefined {
  return v.is(ToFrame, data) ? data : undefined;
}

/** Returns undefined unless `data` is a message to the site. */
export function siteMessageIn(data: unknown): SiteMessage | undefined {
  return v.is(ToSite, data) ? data : undefined;
}
