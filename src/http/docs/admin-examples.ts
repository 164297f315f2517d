import type { KeyItem, ServerStatus } from '../../protocol/admin-bodies.ts';
import type { ADMIN_ENDPOINTS } from '../../protocol/admin-endpoints.ts';
import type { Example } from './example.ts';
import { AT, FULL_ADA, LATER, PEER, ROOM } from './samples.ts';

const WHOLE = { nextCursor: null };

const KEY: KeyItem = {
  kid: 'Vq7nB2xKd0pLs9Tz4wYcA',
  algorithm: 'ES256',
  createdAt: AT,
  retiredAt: null,
};

const STATUS: ServerStatus = {
  version: '2.1.0',
  commit: '3ec78772b1f0d54c8e96a7d1305b9f42c6e8a0d7',
  versions: { node: '20.19.2', uWebSockets: '20.52.0', sqlite: '3.50.4', koffi: '2.14.1' },
  startedAt: AT,
  sessions: { live: 41, suspended: 1 },
  rooms: 9,
  certificate: { kind: 'acme', names: ['calls.example.org'], expiresAt: LATER, lastError: null },
  backup: { lastAt: AT, file: 'parley-2026-11-28.db', bytes: 4_194_304, nextAt: LATER, lastError: null },
  relay: { status: 'ready', problems: [] },
  doctor: {
    at: AT,
    status: 'warn',
    lines: [
      {
        id: 'certificate',
        status: 'warn',
        tried: 'Read the certificate of calls.example.org',
        result: 'It expires in 6 days',
        todo: 'See the log for why it was not renewed',
      },
    ],
  },
};

/** Examples of what only admins may. */
export const ADMIN_EXAMPLES: { readonly [Name in keyof typeof ADMIN_ENDPOINTS]: Example<Name> } = {
  getServerStatus: { reply: STATUS },
  listLiveRooms: {
    reply: {
      items: [
        {
          room: ROOM,
          since: AT,
          peers: [
            {
              peerId: PEER.peerId,
              userId: PEER.userId,
              displayName: 'Ben',
              state: 'live',
              since: AT,
              path: 'relayed',
            },
          ],
        },
      ],
      ...WHOLE,
    },
  },
  setRole: { request: { role: 'admin' }, reply: { user: { ...FULL_ADA, role: 'admin' } } },
  listUserLogins: {
    reply: {
      items: [{ id: 'l0gIn', createdAt: AT, lastUsedAt: LATER, userAgent: 'Firefox', current: false }],
      ...WHOLE,
    },
  },
  endUserLogins: {},
  endUserLogin: {},
  createResetLink: {
    reply: { url: 'https://calls.example.org/reset#token=k3mW9tYqLx', expiresAt: LATER },
  },
  listDeliveries: {
    reply: {
      items: [
        {
          id: 'msg_Zk3vQ8mYt1RwXc7LpN5aD',
          type: 'room.created',
          lane: ROOM.id,
          createdAt: AT,
          host: 'backend.example.org',
          state: 'waiting',
          tries: 2,
          triedAt: LATER,
          outcome: '502',
        },
      ],
      ...WHOLE,
      endpoints: [{ host: 'backend.example.org', waiting: 1, stoppedAt: null, stoppedBecause: null }],
    },
  },
  resendEvent: { reply: { endpoints: 1 } },
  resumeWebhooks: { reply: { endpoints: 1 } },
  listLimits: {
    reply: { items: [{ limit: 'GUESTS_PER_MINUTE', count: 3, lastAt: AT }], ...WHOLE },
  },
  listKeys: { reply: { items: [KEY], ...WHOLE } },
  rotateKeys: { reply: { key: KEY } },
  createBackup: { reply: { backup: STATUS.backup } },
};
