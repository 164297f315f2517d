import * as v from 'valibot';
import type { Environment } from '../../src/config/config.ts';
import { CreateRoomReply, RoomReply } from '../../src/protocol/bodies.ts';
import type { Room } from '../../src/protocol/room-fields.ts';
import { type PeopleStage, startPeople } from './people.ts';
import type { Guest } from './stage.ts';

/** What can be set, each to another value than it has at first. */
export const CHANGES = {
  name: 'Tea',
  max: 3,
  persistent: true,
  listed: true,
  waitingRoom: true,
  locked: true,
  chat: 'since_join',
  relayOnly: true,
  notBefore: '2026-01-02T03:04:05.000Z',
  expiresAt: '2999-01-02T03:04:05.000Z',
  endAtExpiry: true,
  emptySeconds: 7,
  metadata: { course: ['7b', null, 1.5] },
} as const;

/** `relayOnly` takes a relay. */
export const RELAY = { TURN_URLS: 'turn:turn.example.org' };

type Headers = Readonly<Record<string, string>>;

interface TaggedRoom {
  readonly room: Room;
  readonly tag: string;
}

/** A stage for those who manage rooms over HTTP. */
export interface RoomStage extends PeopleStage {
  /** Creates a room that this user owns. */
  create(owner: Guest, fields?: object): Promise<Room>;
  read(reader: Guest, roomId: string): Promise<TaggedRoom>;
  /** PATCH of a room. */
  set(host: Guest, roomId: string, fields: unknown, headers?: Headers): Promise<Response>;
  /** PATCH that must succeed. */
  change(host: Guest, roomId: string, fields: object, headers?: Headers): Promise<TaggedRoom>;
}

export async function startRooms(environment: Environment = {}): Promise<RoomStage> {
  const stage = await startPeople(environment);
  const { ask } = stage;
  const set: RoomStage['set'] = ({ token }, roomId, fields, headers) =>
    ask('PATCH', `/rooms/${roomId}`, token, fields, headers);
  return {
    ...stage,
    set,
    async create({ token }, fields = {}) {
      return v.parse(CreateRoomReply, await succeeded(await ask('POST', '/rooms', token, fields))).room;
    },
    read: async ({ token }, roomId) => tagged(await ask('GET', `/rooms/${roomId}`, token)),
    change: async (host, roomId, fields, headers) => tagged(await set(host, roomId, fields, headers)),
  };
}

async function tagged(response: Response): Promise<TaggedRoom> {
  const { room } = v.parse(RoomReply, await succeeded(response));
  return { room, tag: response.headers.get('etag') ?? '' };
}

async function succeeded(response: Response): Promise<unknown> {
  if (!response.ok) throw new Error(`refused: ${response.status} ${await response.text()}`);
  return response.json();
}
