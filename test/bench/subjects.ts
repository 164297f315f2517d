import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startFlags } from '../support/server/start-flags.ts';
import { createRooms, SECRET, sessionToken } from './parley.ts';

/** One connection of the client, as `client/main.c` reads it. */
export interface Plan {
  /** Index of the connection that it sends to. */
  readonly partner: number;
  /** Its id, if the client chooses it; undefined if the server assigns one. */
  readonly id: string | undefined;
  readonly path: string;
  readonly protocols: string | undefined;
}

/** A server under test, and how to speak with it. */
export interface Subject {
  /** Name of the protocol adapter in `client/adapters.c`. */
  readonly adapter: string;
  /** Arguments of `node`, and the environment besides PATH. */
  command(port: number): {
    args: readonly string[];
    env: Readonly<Record<string, string>>;
    remove: () => void;
  };
  /**
   * Connections that join rooms of `roomSize`; the first of each room sends to the second, and so on in a circle.
   * @param users number of users; if there are fewer than `count`, some connections use a token that was used before
   */
  plan(port: number, count: number, roomSize: number, users?: number): Promise<Plan[]>;
}

export const subjectNames = [
  'uws',
  'ws',
  'socketio',
  'peerjs',
  'parley-before',
  'parley',
  'parley-acked',
] as const;
/** The servers of a whole call set-up: what two SDK clients send each other, numbered and acknowledged. */
export const setupNames = {
  uws: 'uws-setup',
  'parley-before': 'parley-before-setup',
  parley: 'parley-setup',
} as const;
/** The servers of a chat. */
export const chatNames = { 'parley-before': 'parley-before-chat', parley: 'parley-chat' } as const;
export type SubjectName =
  | (typeof subjectNames)[number]
  | (typeof setupNames)[keyof typeof setupNames]
  | (typeof chatNames)[keyof typeof chatNames];

const ROOT = resolve(import.meta.dirname, '../..');
/** Folder of another built checkout, to compare with this one. */
let before: string | undefined;

/** @param folder of a checkout of Parley in which `npm ci && npm run build` was run */
export function measureBeside(folder: string): void {
  before = resolve(folder);
}

export const subjects: Readonly<Record<SubjectName, Subject>> = {
  uws: peer('uws', (id, room) => `/?room=${room}&id=${id}`),
  ws: peer('ws', (id, room) => `/?room=${room}&id=${id}`),
  socketio: peer('socketio', (_, room) => `/socket.io/?EIO=4&transport=websocket&room=${room}`),
  peerjs: peer('peerjs', (id) => `/peerjs?key=peerjs&id=${id}&token=t${id}`),
  'parley-before': parley('parley', () => before ?? ROOT),
  parley: parley('parley'),
  'parley-acked': parley('parley-acked'),
  'uws-setup': peer('uws', (id, room) => `/?room=${room}&id=${id}&acks`, 'uws-setup'),
  'parley-before-setup': parley('parley-setup', () => before ?? ROOT),
  'parley-setup': parley('parley-setup'),
  'parley-before-chat': parley('parley-chat', () => before ?? ROOT),
  'parley-chat': parley('parley-chat'),
};

function peer(name: string, path: (id: string, room: number) => string, adapter = name): Subject {
  return {
    adapter,
    command: (port) => ({
      args: [join(import.meta.dirname, `servers/${name}.mjs`), String(port)],
      env: {},
      remove() {},
    }),
    async plan(_, count, roomSize) {
      return Array.from({ length: count }, (_, index) => {
        const id = `peer-${index}`;
        const room = Math.floor(index / roomSize);
        return { partner: partnerOf(index, roomSize, count), id, path: path(id, room), protocols: undefined };
      });
    },
  };
}

function parley(adapter: string, root = (): string => ROOT): Subject {
  return {
    adapter,
    command(port) {
      const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'));
      return {
        args: [...startFlags(), join(root(), 'dist/main.js')],
        env: parleyEnv(port, join(folder, 'parley.db')),
        remove: () => rmSync(folder, { recursive: true, force: true }),
      };
    },
    async plan(port, count, roomSize, users = count) {
      const tokens = Array.from({ length: users }, (_, index) => sessionToken(index));
      const rooms = await createRooms(port, Math.ceil(count / roomSize), Math.max(2, roomSize));
      return Array.from({ length: count }, (_, index) => ({
        partner: partnerOf(index, roomSize, count),
        id: undefined,
        path: `/ws/rooms/${rooms[Math.floor(index / roomSize)]}`,
        protocols: `parley.v1, token.${tokens[index % users]}`,
      }));
    },
  };
}

/** Default settings, except for the message rate per session, which a bench must not run into. */
export function parleyEnv(port: number, databasePath: string): Record<string, string> {
  return {
    HOST: '127.0.0.1',
    PORT: String(port),
    DATABASE_PATH: databasePath,
    SIGN_INS_PER_MINUTE: '1000000',
    JWT_SECRET: SECRET,
    TURN: 'off',
    MESSAGES_PER_SECOND: '1000000',
    MESSAGE_BURST: '1000000',
  };
}

function partnerOf(index: number, roomSize: number, count: number): number {
  const first = index - (index % roomSize);
  const size = Math.min(roomSize, count - first);
  return first + ((index - first + 1) % size);
}
