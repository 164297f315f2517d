import type { Accounts } from '../accounts/accounts.ts';
import type { Identity } from '../domain/identity.ts';
import type { PeerId, RoomId } from '../domain/ids.ts';
import { andThen } from '../lib/awaitable.ts';
import { continueFor } from '../lib/continuation.ts';
import type { Moderation } from '../rooms/moderation.ts';
import { participantOf } from '../signaling/hub.ts';
import type { Session } from '../signaling/session/session.ts';
import type { Handlers } from './handlers.ts';

interface ModerationMessagesDeps {
  readonly moderation: Omit<Moderation, 'evacuate'>;
  /** Called before rights are checked that an admin has. */
  readonly noticeAdmins: Accounts['noticeAdmins'];
}

type Act<Payload> = (
  actor: Identity,
  roomId: RoomId,
  request: Payload & { readonly from: PeerId; readonly bearer: Session },
) => Promise<unknown>;

/** What hosts do to their room and to those inside [RM6]. */
export function moderationMessages({ moderation, noticeAdmins }: ModerationMessagesDeps) {
  /** The actor's own room is the one that it acts on. */
  function moderate<Payload extends object>(
    session: Session,
    id: number | undefined,
    payload: Payload,
    act: Act<Payload>,
  ): void | Promise<void> {
    const { roomId } = participantOf(session).room;
    const done = andThen(noticeAdmins(), () =>
      act(session.identity, roomId, { ...payload, from: session.peerId, bearer: session }),
    );
    return continueFor(session, done, () => session.acknowledge(id));
  }

  return {
    'room:kick': (session, { id, payload }) => moderate(session, id, payload, moderation.kick),
    'room:lock': (session, { id, payload }) => moderate(session, id, payload, moderation.lock),
    'room:mute': (session, { id, payload }) => moderate(session, id, payload, moderation.mute),
    'room:close': (session, { id }) => moderate(session, id, {}, moderation.close),
    'room:host': (session, { id, payload }) => moderate(session, id, payload, moderation.setRights),
    'room:send': (session, { id, payload }) => moderate(session, id, payload, moderation.setRights),
  } satisfies Partial<Handlers>;
}
