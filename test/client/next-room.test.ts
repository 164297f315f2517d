import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { RtcConstructor } from '../../src/client/call/connection-factory.ts';
import { openClient, type Platform } from '../../src/client/client.ts';
import { type Client, createRoom, findRoom, type NextRoom, rooms } from '../../src/client/index.ts';
import { browserClock } from '../../src/client/signaling/clock.ts';
import { outcomeOf } from './signaling/wire.ts';
import { NO_CODEC_SUPPORT } from './support/codecs.ts';
import { FakeRtc } from './support/fake-call.ts';
import { lastingServer } from './support/lasting-server.ts';
import { type Person, people } from './support/people.ts';

const server = lastingServer();
const person = people(server);

/** The configurations with which connections were made. */
let begun: RTCConfiguration[];
let clients: Client[];
let gone: () => void;

beforeEach(() => {
  begun = [];
  clients = [];
  gone = () => {};
});
afterEach(() => {
  for (const client of clients) client.close();
});

/** Connects as somebody who is about to join. */
async function approach({ account }: Person, next: NextRoom): Promise<Client> {
  const platform: Platform = {
    clock: browserClock,
    random: Math.random,
    WebSocket,
    RTCPeerConnection: () =>
      class extends FakeRtc {
        constructor(configuration: RTCConfiguration) {
          super(configuration);
          begun.push(configuration);
        }
      } as unknown as RtcConstructor,
    codecSupport: () => NO_CODEC_SUPPORT,
    onGone: (listener) => {
      gone = listener;
      return () => {};
    },
    onWake: () => () => {},
  };
  const client = await openClient({ baseUrl: server.url, token: account.token, next }, platform);
  clients.push(client);
  return client;
}

const held = async (by: Person, roomId: string): Promise<number> =>
  (await findRoom(by.account, roomId)).participants;

describe('[RM8] the next room', () => {
  it('is entered with connections that know the ICE servers from the start', async () => {
    const ann = await person('ann');
    const ben = await person('ben');
    const { room } = await createRoom(ann.account);
    await ann.join(room.id);
    const client = await approach(ben, { roomId: room.id });
    const call = await client.join(room.id);
    expect(call.peers.size).toBe(1);
    expect(begun).toEqual([expect.objectContaining({ iceServers: [], iceCandidatePoolSize: 1 })]);
    expect(await held(ann, room.id)).toBe(2);
    await call.leave();
    expect(await held(ann, room.id)).toBe(1);
  });

  it.each([
    ['the client is closed', (client: Client) => client.close()],
    ['the page goes', () => gone()],
    [
      'another room is joined',
      (client: Client) => outcomeOf(client.join('00000000-0000-4000-8000-000000000001')),
    ],
  ])('is given up when %s', async (_, giveUp) => {
    const ann = await person('ann');
    const { room } = await createRoom(ann.account);
    const client = await approach(ann, { roomId: room.id });
    await vi.waitFor(async () => expect(await held(ann, room.id)).toBe(1));
    await giveUp(client);
    await vi.waitFor(async () => expect(await held(ann, room.id)).toBe(0));
  });

  it('refuses as ever, at `join`, and is asked once', async () => {
    const ann = await person('ann');
    const ben = await person('ben');
    const { room } = await createRoom(ann.account, { password: 'oolong tea' });
    for (const [password, code] of [
      [undefined, 'password_required'],
      ['milk', 'wrong_password'],
    ] as const) {
      const client = await approach(ben, { roomId: room.id, password });
      expect(await outcomeOf(client.join(room.id, { password }))).toBe(code);
      client.close();
    }
    const client = await approach(ben, { roomId: room.id, password: 'oolong tea' });
    expect(await outcomeOf(client.join(room.id, { password: 'oolong tea' }))).toBe('answered');
  });

  it('refuses when it is full, locked or gone', async () => {
    const ann = await person('ann');
    const ben = await person('ben');
    const { room } = await createRoom(ann.account, { max: 2 });
    await (await person('cat')).join(room.id);
    const call = await ann.join(room.id);
    const full = await approach(ben, { roomId: room.id });
    expect(await outcomeOf(full.join(room.id))).toBe('room_full');
    await call.moderation.lock(true);
    const locked = await approach(ben, { roomId: room.id });
    expect(await outcomeOf(locked.join(room.id))).toBe('room_locked');
    await rooms.remove(ann.account, room.id);
    const missing = await approach(ben, { roomId: room.id });
    expect(await outcomeOf(missing.join(room.id))).toBe('room_not_found');
  });

  it('[KN3] goes on with the knock that was made meanwhile', async () => {
    const ann = await person('ann');
    const ben = await person('ben');
    const { room } = await createRoom(ann.account, { waitingRoom: true });
    const call = await ann.join(room.id);
    const client = await approach(ben, { roomId: room.id });
    const joining = client.join(room.id);
    await vi.waitFor(() => expect(call.knocks.items).toHaveLength(1));
    const [knock] = call.knocks.items;
    if (knock === undefined) throw new Error('nobody knocks');
    await call.knocks.admit(knock);
    expect((await joining).peers.size).toBe(1);
  });

  it('leaves the same person alone who is inside with another session', async () => {
    const ann = await person('ann');
    const { room } = await createRoom(ann.account);
    const call = await ann.join(room.id);
    const ended = vi.fn();
    call.on('ended', ended);
    const client = await approach(ann, { roomId: room.id });
    client.close();
    expect(await held(ann, room.id)).toBeGreaterThanOrEqual(1);
    expect(ended).not.toHaveBeenCalled();
  });
});
