import * as v from 'valibot';
import { ChatMessage } from './chat-events.ts';
import { User } from './fields.ts';
import { Room } from './room-fields.ts';

/** What webhooks tell a backend [CT5]: `data` by type. Numbers are those after the event. */

const OfRoom = { roomId: v.string() };
const RoomEvent = v.object({ ...OfRoom, room: Room });

const Somebody = {
  ...OfRoom,
  userId: v.string(),
  displayName: v.nullable(v.string()),
  /** How many people the room has, suspended ones too. */
  participants: v.number(),
};
/** Who knocks over HTTP has no `peerId`. */
const Knocker = { ...Somebody, peerId: v.optional(v.string()) };
const Peer = { ...Somebody, peerId: v.string() };

const Call = { ...OfRoom, callId: v.string(), participants: v.number() };

export const webhookEvents = {
  'room.created': RoomEvent,
  'room.updated': RoomEvent,
  'room.closed': RoomEvent,
  'participant.joined': v.object(Peer),
  /** `seconds`: how long the peer was inside. */
  'participant.left': v.object({ ...Peer, reason: v.string(), seconds: v.number() }),
  'participant.knocked': v.object(Knocker),
  'participant.admitted': v.object(Knocker),
  'participant.refused': v.object({ ...Knocker, reason: v.string() }),
  /** Two are inside. */
  'call.started': v.object(Call),
  /** Fewer than two are inside. `peak`: the most peers that were inside at once. */
  'call.ended': v.object({ ...Call, durationSeconds: v.number(), peak: v.number() }),
  'chat.message': v.object({ ...OfRoom, message: ChatMessage }),
  'user.registered': v.object({ user: User }),
} as const;
export type WebhookType = keyof typeof webhookEvents;
export type WebhookData<Type extends WebhookType> = v.InferOutput<(typeof webhookEvents)[Type]>;

export const WEBHOOK_TYPES = Object.keys(webhookEvents) as readonly WebhookType[];
