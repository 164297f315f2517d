import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import type { ENDPOINTS } from '../../src/protocol/endpoints.ts';
import type { SeededRandom } from '../support/turn/random.ts';
import type { RoomStage } from './room-stage.ts';
import type { Guest } from './stage.ts';

export type EndpointName = keyof typeof ENDPOINTS;

const Known = v.looseObject({ id: v.string() });
const Knocked = v.object({ knock: v.looseObject({ knockId: v.string() }) });

/** Endpoints whose success takes something away that others need: after it comes another scene. */
export const USING_UP: ReadonlySet<string> = new Set<EndpointName>([
  'editRoom',
  'deleteRoom',
  'leaveRoom',
  'removeUser',
  'consume',
  'answerKnock',
  'updateParticipant',
  'kickParticipant',
  'liftBan',
  'deleteInvitation',
  'deleteMessage',
]);

/** A request without its method. */
interface Request {
  readonly token: string;
  /** Instead of the path's parameters in their order. */
  readonly ids?: readonly string[];
  readonly body?: object;
}

/** A room in which everything exists that a request can name. Its owner, and a guest who spoke, are inside. */
export async function startScene(stage: RoomStage, service: Guest, number: number) {
  const owner = await stage.external(`owner-${number}`);
  const { id: roomId } = await stage.create(owner, { name: 'Tea', max: 50 });
  const [guest, banned, waiter] = [await stage.guest(), await stage.guest(), await stage.guest()];
  const pupil = await stage.external('pupil', { room: { id: roomId } });
  const host = await owner.inside(roomId);
  const speaker = await guest.inside(roomId);
  const nuisance = await banned.inside(roomId);
  await host.request('room:kick', { peerId: nuisance.peerId, ban: true });
  const said = await speaker.request('chat', { message: 'Hello' });
  const messageId = v.parse(Known, said.payload).id;
  await host.request('chat:react', { id: messageId, emoji: '👍', on: true });
  await host.request('call:offer', { to: speaker.peerId, sdp: 'v=0' });
  const path = `/rooms/${roomId}`;
  const invited = await stage.ask('POST', `${path}/invitations`, owner.token, { host: true, uses: 2 });
  const invitation = v.parse(v.object({ id: v.string(), url: v.string() }), await invited.json());
  await stage.change(owner, roomId, { waitingRoom: true });
  const knocked = await stage.ask('POST', `${path}/join`, waiter.token, {});
  const { knockId } = v.parse(Knocked, await knocked.json()).knock;

  const secret = new URL(invitation.url).searchParams.get('invite') ?? '';
  const [byOwner, byGuest] = [{ token: owner.token }, { token: guest.token }];
  const message = [roomId, messageId];
  /** Requests that succeed. */
  const valid: { readonly [Name in EndpointName]?: (random: SeededRandom) => Request } = {
    createRoom: () => ({ token: service.token, body: { name: 'Tea', chat: 'since_join', max: 2 } }),
    createDefaultRoom: () => byGuest,
    listRooms: () => byOwner,
    getRoom: () => byGuest,
    editRoom: (random) => ({
      ...byOwner,
      body: random.pick([
        { locked: true },
        { expiresAt: '2000-01-01T00:00:00.000Z', endAtExpiry: random.next(2) === 0 },
        { notBefore: '2999-01-01T00:00:00.000Z' },
        { waitingRoom: false, name: null },
        { chat: 'none' },
      ]),
    }),
    deleteRoom: () => byOwner,
    createRoomWithId: () => ({
      token: service.token,
      ids: [randomUUID()],
      body: { userId: 'pupil', userInfo: 1 },
    }),
    addUser: () => ({ token: service.token, ids: [roomId, 'expected'], body: { userInfo: { seat: 1 } } }),
    removeUser: () => ({ token: service.token, ids: [roomId, guest.userId] }),
    listPresence: () => ({ token: service.token }),
    produce: (random) => ({
      ...(random.next(2) === 0 ? byOwner : { token: service.token }),
      ids: [roomId, owner.userId],
      body: random.pick([
        { constraints: { audio: true, video: false } },
        { offers: [{ id: guest.userId, offer: { type: 'offer', sdp: 'v=0' } }] },
        { constraints: { screen: true }, offer: 'v=0' },
      ]),
    }),
    stopProducing: () => ({ ...byOwner, ids: [roomId, owner.userId] }),
    consume: () => ({
      ...byGuest,
      ids: [roomId, guest.userId],
      body: { id: owner.userId, answer: { type: 'answer', sdp: 'v=0' } },
    }),
    sendRoomMessage: () => ({ token: service.token, body: { to: owner.userId, data: [1] } }),
    listCalls: () => byOwner,
    joinRoom: (random) => ({
      token: random.pick([waiter.token, guest.token, service.token]),
      body: random.pick([{}, { invite: secret }]),
    }),
    leaveRoom: (random) => ({ token: random.pick([waiter.token, guest.token]) }),
    listParticipants: () => byGuest,
    listKnocks: () => byOwner,
    answerKnock: (random) => ({
      ...byOwner,
      ids: [roomId, knockId],
      body: { admit: random.next(2) === 0 },
    }),
    updateParticipant: () => ({
      ...byOwner,
      ids: [roomId, speaker.peerId],
      body: { host: true, send: ['audio'] },
    }),
    kickParticipant: () => ({ ...byOwner, ids: [roomId, speaker.peerId] }),
    listBans: () => byOwner,
    liftBan: () => ({ ...byOwner, ids: [roomId, banned.userId] }),
    listInvitations: () => byOwner,
    createInvitation: () => ({ ...byOwner, body: { skipKnock: true, uses: 1 } }),
    deleteInvitation: () => ({ ...byOwner, ids: [roomId, invitation.id] }),
    listMessages: () => byGuest,
    sendMessage: () => ({ ...byGuest, body: { message: 'Again', replyTo: messageId } }),
    editMessage: () => ({ ...byGuest, ids: message, body: { message: 'Better' } }),
    deleteMessage: (random) => ({ token: random.pick([owner.token, guest.token]), ids: message }),
    addReaction: () => ({ ...byGuest, ids: [...message, '%F0%9F%91%8D'] }),
    removeReaction: () => ({ ...byOwner, ids: [...message, '%F0%9F%91%8D'] }),
  };

  return {
    roomId,
    messageId,
    /** Every id that a path can name. */
    ids: [
      messageId,
      knockId,
      invitation.id,
      banned.userId,
      guest.userId,
      owner.userId,
      host.peerId,
      speaker.peerId,
    ],
    tokens: [guest.token, owner.token, pupil.token, service.token, waiter.token, banned.token],
    valid: (name: string, random: SeededRandom): Request => {
      const request = new Map(Object.entries(valid)).get(name);
      if (request === undefined) throw new Error(`add a valid request for ${name}`);
      return request(random);
    },
    /** The tag of the room as it is now. */
    tag: async () => (await stage.read(owner, roomId)).tag,
    end() {
      for (const person of [host, speaker, nuisance]) person.cut();
    },
  };
}

export type Scene = Awaited<ReturnType<typeof startScene>>;
