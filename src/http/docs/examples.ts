import { ADMIN_EXAMPLES } from './admin-examples.ts';
import type { Example } from './example.ts';
import type { OperationName } from './operations.ts';
import {
  AT,
  FULL_ADA,
  ICE_SERVERS,
  INVITATION,
  KNOCK,
  KNOCK_ITEM,
  LATER,
  MESSAGE,
  MESSAGE_ID,
  PEER,
  ROOM,
  SDP,
  TOKENS,
  URL,
  WS_URL,
} from './samples.ts';

const PASSWORD = 'correct horse battery staple';
const WHOLE = { nextCursor: null };
const REACTIONS = { id: MESSAGE_ID, reactions: { '👍': [FULL_ADA.id] } };
const CREATED = { room: ROOM, url: URL, wsUrl: WS_URL };

/** An example of each operation that takes or gives JSON. */
export const EXAMPLES: { readonly [Name in OperationName]: Example<Name> } = {
  createGuest: { request: { displayName: 'Ben' }, reply: TOKENS },
  register: {
    request: { email: 'ada@example.org', password: PASSWORD, username: 'ada', displayName: 'Ada Lovelace' },
    reply: TOKENS,
  },
  logIn: { request: { email: 'ada@example.org', password: PASSWORD }, reply: TOKENS },
  refreshTokens: { request: { refreshToken: TOKENS.refreshToken }, reply: TOKENS },
  logOut: {},
  getSelf: { reply: { user: FULL_ADA } },
  changePassword: { request: { current: PASSWORD, new: 'a longer one that nobody guesses' } },
  resetPassword: { request: { token: 'k3mW9tYqLx', password: PASSWORD } },
  setUp: { request: { token: 'k3mW9tYqLx', email: 'ada@example.org', password: PASSWORD }, reply: TOKENS },
  listLogins: {
    reply: {
      items: [{ id: 'l0gIn', createdAt: AT, lastUsedAt: LATER, userAgent: 'Firefox', current: true }],
      ...WHOLE,
    },
  },
  endLogins: {},
  endLogin: {},
  listInvites: {
    reply: { items: [{ id: 'iNv1te', uses: 10, used: 2, createdAt: AT, expiresAt: LATER }], ...WHOLE },
  },
  createInvite: {
    request: { uses: 10, expiresAt: LATER },
    reply: { id: 'iNv1te', url: 'https://calls.example.org/register#invite=k3mW9tYqLx' },
  },
  deleteInvite: {},
  startOidc: {},
  returnFromOidc: {},
  finishOidc: { request: { code: 'c0dE' }, reply: TOKENS },

  listUsers: { reply: { items: [FULL_ADA], nextCursor: 'WyJhZGEiXQ' } },
  getUser: { reply: { user: FULL_ADA } },
  editUser: { request: { displayName: 'Ada', bio: null }, reply: { user: FULL_ADA } },
  putUser: { request: { displayName: 'Ada' }, reply: { user: FULL_ADA } },
  deleteUser: { request: { password: PASSWORD } },
  setStatus: { request: { status: 'dnd', customStatus: 'In a lecture' }, reply: { user: FULL_ADA } },

  createRoom: { request: { name: 'Standup', persistent: true }, reply: CREATED },
  createDefaultRoom: { reply: { roomId: ROOM.id, ...CREATED } },
  listRooms: { reply: { items: [ROOM], ...WHOLE } },
  getRoom: { reply: { room: ROOM } },
  editRoom: { request: { waitingRoom: true, password: null }, reply: { room: ROOM } },
  deleteRoom: { reply: { count: 3 } },
  listCalls: {
    reply: {
      items: [
        {
          id: '5c0f9a7e-3b1d-4e28-8f64-a2d7c9e10b53',
          startedAt: AT,
          endedAt: LATER,
          peak: 2,
          participants: [{ userId: FULL_ADA.id, displayName: 'Ada Lovelace', seconds: 1_800 }],
        },
      ],
      ...WHOLE,
    },
  },

  connect: { reply: { room: ROOM, wsUrl: WS_URL, iceServers: ICE_SERVERS, peers: [PEER] } },
  joinRoom: {
    request: { password: PASSWORD },
    reply: {
      room: ROOM,
      participant: { ...PEER, peerId: null },
      participants: [PEER],
      wsUrl: WS_URL,
      iceServers: ICE_SERVERS,
    },
    accepted: { knock: KNOCK },
  },
  leaveRoom: {},
  listParticipants: { reply: { items: [PEER], ...WHOLE } },

  updateParticipant: { request: { host: true }, reply: { participant: { ...PEER, host: true } } },
  kickParticipant: {},
  listKnocks: { reply: { items: [KNOCK_ITEM], ...WHOLE } },
  answerKnock: { request: { admit: true } },
  listBans: { reply: { items: [{ userId: 'mallory-13', displayName: 'Mallory', at: AT }], ...WHOLE } },
  liftBan: {},
  listInvitations: { reply: { items: [INVITATION], ...WHOLE } },
  createInvitation: {
    request: { skipKnock: true, uses: 5, expiresAt: LATER },
    reply: { id: INVITATION.id, url: `${URL}?invite=k3mW9tYqLx` },
  },
  deleteInvitation: {},

  listMessages: { reply: { items: [MESSAGE], ...WHOLE } },
  sendMessage: { request: { message: MESSAGE.message }, reply: { message: { ...MESSAGE, peerId: null } } },
  editMessage: {
    request: { message: MESSAGE.message },
    reply: { message: { ...MESSAGE, version: 2, editedAt: LATER } },
  },
  deleteMessage: {},
  addReaction: { reply: REACTIONS },
  removeReaction: { reply: { ...REACTIONS, reactions: {} } },

  createRoomWithId: {
    request: { name: 'Lesson 12', userId: 'ada-4711', userInfo: { name: 'Ada' } },
    reply: {
      roomId: ROOM.id,
      userId: 'ada-4711',
      userInfo: { name: 'Ada' },
      users: [{ id: 'ada-4711', userInfo: { name: 'Ada' } }],
      room: ROOM,
      url: URL,
      wsUrl: WS_URL,
    },
  },
  addUser: {
    request: { userInfo: { name: 'Ben' } },
    reply: {
      id: 'ben-0815',
      userInfo: { name: 'Ben' },
      users: [
        { id: 'ada-4711', userInfo: { name: 'Ada' } },
        { id: 'ben-0815', userInfo: { name: 'Ben' } },
      ],
    },
  },
  removeUser: {
    reply: {
      id: 'ben-0815',
      userInfo: { name: 'Ben' },
      outbound: [{ id: 'ada-4711', userInfo: { name: 'Ada' } }],
    },
  },
  listPresence: {
    reply: {
      items: [{ roomId: ROOM.id, userId: 'ada-4711', peerId: PEER.peerId, since: AT }],
      nextCursor: 'WzE3OTU4NjQ2MDAwMDBd',
    },
  },
  produce: {
    request: {
      constraints: { audio: true, video: true },
      offers: [{ id: 'ben-0815', offer: { type: 'offer', sdp: SDP } }],
    },
    reply: {
      id: 'ada-4711',
      userInfo: { name: 'Ada' },
      constraints: { audio: true, video: true, screen: false },
      outbound: [{ id: 'ben-0815', userInfo: { name: 'Ben' } }],
    },
  },
  stopProducing: {
    reply: {
      id: 'ada-4711',
      userInfo: { name: 'Ada' },
      outbound: [{ id: 'ben-0815', userInfo: { name: 'Ben' } }],
    },
  },
  consume: {
    request: { id: 'ada-4711', answer: { type: 'answer', sdp: SDP } },
    reply: { status: 'connected' },
  },
  sendRoomMessage: { request: { to: 'ada-4711', data: { bell: true } }, reply: { delivered: 1 } },

  ...ADMIN_EXAMPLES,

  getIceServers: { reply: { iceServers: ICE_SERVERS, expiresAt: LATER } },
  getJwks: {
    reply: {
      keys: [{ kty: 'OKP', crv: 'Ed25519', kid: 'k1', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }],
    },
  },
  getHealth: { reply: { status: 'ok' } },
  getReadiness: { reply: { status: 'ready', certificate: 'acme' } },
  getMetrics: {},
  getAsset: {},
  getOpenApi: {},
  getAsyncApi: {},
  getHandbookStyle: {},
  getSdk: {},
  getSdkTypes: {},
  homePage: {},
  signInPage: {},
  registerPage: {},
  accountPage: {},
  setupPage: {},
  resetPage: {},
  adminPage: {},
  adminUsersPage: {},
  adminUserPage: {},
  adminInvitationsPage: {},
  testPage: {},
  handbookPage: {},
  handbookChapter: {},
  getWebComponent: {},
  getWebComponentTypes: {},
};
