import { ParleyError } from '../domain/errors.ts';
import type { PeerId, RoomId } from '../domain/ids.ts';
import { noSuchRoom, noSuchUser } from '../domain/refusals.ts';
import type {
  ConsumeRequest,
  ProduceReply,
  ProduceRequest,
  RemoveUserReply,
  RoomUser,
} from '../protocol/control-bodies.ts';
import type { MediaChange, MediaState } from '../protocol/fields.ts';
import type { Rooms } from '../rooms/rooms.ts';
import { type Hub, link, type Participant } from '../signaling/hub.ts';
import type { RoomPeople } from './people.ts';

const ALL_OFF: MediaState = Object.freeze({ audio: false, video: false, screen: false });
const KINDS = ['audio', 'video', 'screen'] as const satisfies readonly (keyof MediaState)[];

/** What users send, and the offers and answers that are relayed for them over HTTP [CT1]–[CT3]. */
export interface Produce {
  /**
   * Sets what a user sends, and relays its offers: all of it or nothing. For a user who is expected it is kept until it comes
   * in; then it is off what it may not send.
   * @throws ParleyError `room_not_found`; `user_not_found` if the user, or one with an offer, is neither inside nor expected;
   *   `forbidden` if it may not send a kind; `offer_per_peer_required`; `peer_gone` if no more is kept for a user
   */
  produce(roomId: string, userId: string, request: ProduceRequest): Promise<ProduceReply>;
  /** Switches off all that a user sends. Connections stay. @throws ParleyError `room_not_found`, `user_not_found` */
  stop(roomId: string, userId: string): Promise<RemoveUserReply>;
  /**
   * Relays a user's answers to those whose offers wait: all of them or none.
   * @throws ParleyError `room_not_found`, `user_not_found`, `no_pending_offer`; `peer_gone` if no more is kept for a user
   */
  consume(roomId: string, userId: string, request: ConsumeRequest): Promise<void>;
}

interface ProduceDeps {
  readonly rooms: Pick<Rooms, 'find'>;
  readonly hub: Pick<Hub, 'liveRooms'>;
  readonly people: RoomPeople;
}

/** A description on its way from one user to another. */
interface Relay {
  readonly event: 'call:offer' | 'call:answer';
  readonly to: string;
  /** The peer that gets it. Undefined: it is kept for the user. */
  readonly peer: Participant | undefined;
  /** The peer that it comes from, if there is one. */
  readonly sender: Participant | undefined;
  /** The payload, as JSON text. */
  readonly body: string;
}

export function createProduce({ rooms, hub, people }: ProduceDeps): Produce {
  const { media, offers } = hub.liveRooms.expected;

  async function find(roomId: string, userId: string): Promise<{ roomId: RoomId; user: RoomUser }> {
    const room = await rooms.find(roomId);
    if (room === undefined) throw noSuchRoom();
    const user = people.find(roomId, userId);
    if (user === undefined) throw noSuchUser();
    return { roomId: room.id, user };
  }

  /** Where messages to a user go, and whom its own come from: the peer that came in last [CA3]. */
  function latestPeer(roomId: string, userId: string): Participant | undefined {
    return people.peersOf(roomId, userId).at(-1);
  }

  function peerOf(roomId: string, userId: string, peerId: PeerId | null): Participant | undefined {
    if (peerId === null) return latestPeer(roomId, userId);
    return people.peersOf(roomId, userId).find((peer) => peer.peerId === peerId);
  }

  /** @throws ParleyError `forbidden` */
  function checkRights(peers: readonly Participant[], constraints: MediaChange): void {
    const refused = KINDS.find(
      (kind) => constraints[kind] === true && peers.some(({ send }) => !send.includes(kind)),
    );
    if (refused === undefined) return;
    throw new ParleyError(
      'forbidden',
      `This user may not send ${refused} here. Give it the right with PATCH /rooms/:roomId/participants/:peerId.`,
    );
  }

  /** @returns what the user sends now */
  function constrain(roomId: RoomId, userId: string, constraints: MediaChange): MediaState {
    const peers = people.peersOf(roomId, userId);
    const isChange = KINDS.some((kind) => constraints[kind] !== undefined);
    if (isChange) {
      for (const peer of peers) peer.constrain(constraints);
      if (peers.length === 0) media.change(roomId, userId, constraints);
    }
    return peers.at(-1)?.media ?? { ...ALL_OFF, ...media.find(roomId, userId) };
  }

  /** @throws ParleyError `peer_gone` if one can't be kept */
  function checkKeeping(roomId: string, relays: readonly Relay[]): void {
    const toKeep = relays.filter(({ peer }) => peer === undefined);
    const characters = toKeep.reduce((sum, { body }) => sum + body.length, 0);
    for (const { to } of toKeep) people.checkKeeping(roomId, to, 1, characters);
  }

  function deliver(roomId: string, { event, to, peer, sender, body }: Relay): void {
    if (peer === undefined) {
      people.keep(roomId, to, event, body, sender?.peerId);
      return;
    }
    if (sender !== undefined) link(sender.recipient, peer.recipient);
    peer.deliverText(event, body);
  }

  return {
    async produce(roomId, userId, { constraints = {}, offer, offers: named = [] }) {
      const { roomId: room, user } = await find(roomId, userId);
      checkRights(people.peersOf(room, userId), constraints);
      const outbound = people.others(room, userId);
      const sender = latestPeer(room, userId);
      const relays = (offer === undefined ? named : [{ id: onlyOne(outbound).id, offer }]).map(
        ({ id, offer: sdp }): Relay => {
          if (!outbound.some((other) => other.id === id)) throw noSuchUser();
          const body = descriptionText(sdp, userId, sender);
          return { event: 'call:offer', to: id, peer: latestPeer(room, id), sender, body };
        },
      );
      checkKeeping(room, relays);
      const now = constrain(room, userId, constraints);
      for (const relay of relays) {
        const { to, peer } = relay;
        deliver(room, relay);
        offers.add(room, {
          from: { userId, peerId: sender?.peerId ?? null },
          to: { userId: to, peerId: peer?.peerId ?? null },
        });
      }
      return { ...user, constraints: now, outbound };
    },

    async stop(roomId, userId) {
      const { roomId: room, user } = await find(roomId, userId);
      constrain(room, userId, ALL_OFF);
      return { ...user, outbound: people.others(room, userId) };
    },

    async consume(roomId, userId, { id, answer, answers = [] }) {
      const { roomId: room } = await find(roomId, userId);
      const all = id === undefined || answer === undefined ? answers : [{ id, answer }];
      const waiting = all.map(({ id: to, answer: sdp }) => {
        const offer = offers.find(room, to, userId);
        if (offer === undefined) throw noPendingOffer();
        const sender = peerOf(room, userId, offer.to.peerId);
        const peer = peerOf(room, to, offer.from.peerId);
        const body = descriptionText(sdp, userId, sender);
        return { offer, relay: { event: 'call:answer', to, peer, sender, body } satisfies Relay };
      });
      checkKeeping(
        room,
        waiting.map(({ relay }) => relay),
      );
      for (const { offer, relay } of waiting) {
        offers.end(room, offer.from, offer.to);
        deliver(room, relay);
      }
    },
  };
}

/** @throws ParleyError `offer_per_peer_required` unless there is exactly one */
function onlyOne(others: readonly RoomUser[]): RoomUser {
  const [only] = others;
  if (only !== undefined && others.length === 1) return only;
  throw new ParleyError(
    'offer_per_peer_required',
    `There are ${others.length} other users, and each connection has its own offer. Send \`offers\` with the id of each user.`,
  );
}

function noPendingOffer(): ParleyError {
  return new ParleyError(
    'no_pending_offer',
    'No offer of that user waits for an answer of this one. It was answered, or its side has left: wait for a new offer.',
  );
}

function descriptionText(sdp: unknown, userId: string, sender: Participant | undefined): string {
  return JSON.stringify({ sdp, from: sender?.peerId ?? null, fromUserId: userId });
}
