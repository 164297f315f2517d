import { WEBHOOK_TYPES, type WebhookData, type WebhookType } from '../../protocol/webhook-events.ts';
import { ADA, AT, BEN, MESSAGE, OTHER_PEER_ID, ROOM, ROOM_ID } from './samples.ts';

const CALL_ID = '5b8e2f6c-9a31-4d07-8c14-7e0d6b3a2f95';
const KNOCKER = { roomId: ROOM_ID, userId: BEN.id, peerId: OTHER_PEER_ID, displayName: 'Ben' };
const INSIDE = { ...KNOCKER, participants: 2 };

/** What has happened, in one line. */
export const WEBHOOK_SUMMARIES: Readonly<Record<WebhookType, string>> = {
  'room.created': 'A room was created',
  'room.updated': 'The settings of a room have changed',
  'room.closed': 'A room is gone',
  'participant.joined': 'Somebody came into a room',
  'participant.left': 'Somebody left a room, or lost the connection for longer than `RESUME_WINDOW_MS`',
  'participant.knocked': 'Somebody waits to be let in',
  'participant.admitted': 'Somebody who waited is let in',
  'participant.refused': 'Somebody who waited is not let in',
  'call.started': 'Two people are inside',
  'call.ended': 'Fewer than two people are inside',
  'chat.message': 'Somebody wrote a message that is stored',
  'user.registered': 'An account was made',
};

/** An example of the `data` of each event. */
export const WEBHOOK_EXAMPLES: { readonly [Type in WebhookType]: WebhookData<Type> } = {
  'room.created': { roomId: ROOM_ID, room: { ...ROOM, participants: 0 } },
  'room.updated': { roomId: ROOM_ID, room: { ...ROOM, locked: true } },
  'room.closed': { roomId: ROOM_ID, room: { ...ROOM, participants: 0 } },
  'participant.joined': INSIDE,
  'participant.left': { ...INSIDE, participants: 1, reason: 'left', seconds: 1_780 },
  'participant.knocked': { ...KNOCKER, participants: 1 },
  'participant.admitted': { ...KNOCKER, participants: 1 },
  'participant.refused': { ...KNOCKER, participants: 1, reason: 'refused' },
  'call.started': { roomId: ROOM_ID, callId: CALL_ID, participants: 2 },
  'call.ended': { roomId: ROOM_ID, callId: CALL_ID, participants: 1, durationSeconds: 1_780, peak: 2 },
  'chat.message': { roomId: ROOM_ID, message: MESSAGE },
  'user.registered': { user: ADA },
};

/** Returns an example of what is sent. */
export function webhookBody(type: WebhookType) {
  return { type, timestamp: AT, data: WEBHOOK_EXAMPLES[type] };
}

/** Returns an example of each event, in the order of the protocol. */
export function webhookBodies() {
  return WEBHOOK_TYPES.map(webhookBody);
}
