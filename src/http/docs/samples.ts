import type { IceServer, Peer, User } from '../../protocol/fields.ts';
import type { Room } from '../../protocol/room-fields.ts';

/** Values that the examples of the reference are made of. A test parses every example by its schema. */

export const ROOM_ID = '7d3e1f0a-52c4-4b7e-9a61-0c8f5d2b9e34';
export const PEER_ID = 'c1a9d2e4-8b3f-4f60-a7d5-2e91b04c6f78';
export const OTHER_PEER_ID = '0f6b3c58-1d27-4e9a-b480-93a5c7e21d6f';
export const KNOCK_ID = 'Zk3vQ8mYt1RwXc7LpN5aD';
export const MESSAGE_ID = '01jdrh4s9k7c2V1StGXR8';
export const AT = '2026-11-28T09:30:00.000Z';
export const LATER = '2026-11-28T10:00:00.000Z';
export const URL = `https://calls.example.org/connect/${ROOM_ID}`;
export const WS_URL = `wss://calls.example.org/ws/rooms/${ROOM_ID}`;

export const ADA: User = {
  id: 'ada-4711',
  username: 'ada',
  displayName: 'Ada Lovelace',
  kind: 'registered',
  status: 'online',
  customStatus: null,
  avatarUrl: null,
  bio: null,
  createdAt: '2026-05-04T08:00:00.000Z',
};
export const BEN: User = { ...ADA, id: 'ben-0815', username: null, displayName: 'Ben', kind: 'guest' };
export const FULL_ADA = { ...ADA, email: 'ada@example.org', role: null };

export const TOKENS = {
  user: FULL_ADA,
  accessToken: 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhZGEtNDcxMSJ9.c2lnbmF0dXJl',
  refreshToken: 'mT0v3Yk9hQe7wJ2sLx5uRb8nZc1pFd4gAi6oKyVtXqE',
  expiresInSeconds: 900,
};

export const ROOM: Room = {
  id: ROOM_ID,
  name: 'Standup',
  ownerId: ADA.id,
  max: 8,
  hasPassword: false,
  locked: false,
  persistent: true,
  listed: false,
  waitingRoom: false,
  chat: 'all',
  relayOnly: false,
  notBefore: null,
  expiresAt: null,
  endAtExpiry: false,
  emptySeconds: 86_400,
  metadata: null,
  createdAt: '2026-11-02T07:45:00.000Z',
  participants: 1,
};

export const ICE_SERVERS: IceServer[] = [
  { urls: 'stun:calls.example.org:3478' },
  {
    urls: ['turn:calls.example.org:3478?transport=udp', 'turn:calls.example.org:3478?transport=tcp'],
    username: `1795860000:${PEER_ID}`,
    credential: 'q8Zr1mVtYc0JXeHnD5wKuL2sPfA=',
  },
];

export const PEER: Peer = {
  peerId: OTHER_PEER_ID,
  userId: BEN.id,
  username: null,
  displayName: 'Ben',
  userInfo: null,
  media: { audio: true, video: true, screen: false },
  state: 'live',
  polite: true,
  host: false,
  send: ['audio', 'video', 'screen', 'chat'],
  hand: null,
};

export const MESSAGE = {
  id: MESSAGE_ID,
  roomId: ROOM_ID,
  userId: ADA.id,
  peerId: PEER_ID,
  displayName: 'Ada Lovelace',
  message: 'The slides: https://example.org/slides',
  createdAt: AT,
  version: 1,
};

export const KNOCK = { knockId: KNOCK_ID, room: { id: ROOM_ID, name: 'Standup' } };
export const KNOCK_ITEM = {
  knockId: KNOCK_ID,
  userId: BEN.id,
  displayName: 'Ben',
  kind: 'guest',
  since: AT,
} as const;

export const INVITATION = {
  id: 'iV2tR8qLw0',
  host: false,
  send: null,
  skipKnock: true,
  uses: 5,
  used: 1,
  createdAt: AT,
  expiresAt: LATER,
};

/** A session description, cut short. */
export const SDP = 'v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\n…';
