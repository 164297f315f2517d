import type { Chat, ChatActor } from '../chat/chat.ts';
import { notInRoom } from '../domain/refusals.ts';
import { continueFor } from '../lib/continuation.ts';
import { participantOf } from '../signaling/hub.ts';
import type { Session } from '../signaling/session/session.ts';
import type { Handlers } from './handlers.ts';

interface ChatMessagesDeps {
  readonly chat: Omit<Chat, 'flush' | 'settle' | 'history' | 'stats'>;
}

/** What those inside say to each other [CH1], [CH2]. What all are told answers the message of whoever asked for it. */
export function chatMessages({ chat }: ChatMessagesDeps) {
  /** @param roomId the room that the client names; default: the one that it is inside */
  function act(
    session: Session,
    re: number | undefined,
    roomId: string | undefined,
    run: (actor: ChatActor) => Promise<unknown>,
  ): void | Promise<void> {
    const participant = participantOf(session);
    if (roomId !== undefined && roomId !== participant.room.roomId) throw notInRoom();
    return continueFor(session, run({ participant, re }), () => {});
  }

  return {
    chat: (session, { id, payload }) => act(session, id, payload.roomId, (actor) => chat.say(actor, payload)),
    'chat:edit': (session, { id, payload }) =>
      act(session, id, payload.roomId, (actor) => chat.edit(actor, payload)),
    'chat:delete': (session, { id, payload }) =>
      act(session, id, payload.roomId, (actor) => chat.delete(actor, payload.id)),
    'chat:react': (session, { id, payload }) =>
      act(session, id, payload.roomId, (actor) => chat.react(actor, payload)),
    'chat:clear': (session, { id, payload }) =>
      act(session, id, payload.roomId, (actor) => chat.clear(actor)),
  } satisfies Partial<Handlers>;
}
