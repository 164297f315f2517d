import { describe, expect, it } from 'vitest';
import type { RtcConstructor } from '../../src/client/call/connection-factory.ts';
import { openClient, type Platform } from '../../src/client/client.ts';
import type { Client, ConnectOptions } from '../../src/client/types.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { FakeSocket, outcomeOf, settled } from './signaling/wire.ts';
import { NO_CODEC_SUPPORT } from './support/codecs.ts';
import { FAKE_RTC, INSIDE, peer, ROOM } from './support/fake-call.ts';

const OPTIONS: ConnectOptions = { baseUrl: 'http://test', token: 'jwt' };

function platform(fields: Partial<Platform> = {}) {
  const sockets: FakeSocket[] = [];
  const clock = new FakeClock();
  const WebSocket = class extends FakeSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      sockets.push(this);
    }
  };
  const all: Platform = {
    clock,
    random: () => 0.5,
    WebSocket,
    RTCPeerConnection: () => undefined,
    onWake: () => () => {},
    codecSupport: () => NO_CODEC_SUPPORT,
    ...fields,
  };
  return { all, clock, sockets, WebSocket };
}

/** A client whose session is live, and the server's side of its WebSocket. */
async function live(fields: Partial<Platform> = {}): Promise<{ client: Client; socket: FakeSocket }> {
  const { all, clock, sockets } = platform(fields);
  const opening = openClient(OPTIONS, all);
  clock.advance(0);
  await settled();
  const [socket] = sockets;
  if (socket === undefined) throw new Error('the client has not dialled');
  socket.welcome();
  return { client: await opening, socket };
}

describe('a runtime without WebSocket', () => {
  it('is refused before anything is sent, and the message says what to pass', async () => {
    const { all } = platform({ WebSocket: undefined });
    await expect(openClient(OPTIONS, all)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('connect({ WebSocket'),
    });
  });

  it('uses the WebSocket that is passed', async () => {
    const { all, clock, sockets, WebSocket } = platform();
    const opening = openClient({ ...OPTIONS, WebSocket }, { ...all, WebSocket: undefined });
    clock.advance(0);
    await settled();
    sockets[0]?.welcome();
    await expect(opening).resolves.toMatchObject({ state: 'live' });
  });
});

describe('a browser without WebRTC', () => {
  const refusing = class {
    constructor() {
      throw new DOMException('not allowed', 'NotAllowedError');
    }
  } as unknown as RtcConstructor;

  it.each([undefined, refusing])(
    'is refused at join (%s), and the server hears nothing: nobody sees a ghost',
    async (found) => {
      const { client, socket } = await live({ RTCPeerConnection: () => found });
      await expect(client.join('room')).rejects.toMatchObject({
        code: 'unsupported',
        message: expect.stringContaining('Use a current Chrome'),
      });
      await expect(client.call('bob')).rejects.toMatchObject({ code: 'unsupported' });
      expect(socket.sent).toEqual([]);
      // The first try leaves nothing behind that would hinder the next.
      await expect(client.join('room')).rejects.toMatchObject({ code: 'unsupported' });
    },
  );
});

describe('one call after the other', () => {
  it('begins once the server knows that the last one was left, and hears nothing of the last room', async () => {
    const { client, socket } = await live({ RTCPeerConnection: () => FAKE_RTC });
    const idOf = (event: string) => socket.sent.findLast((frame) => frame.event === event)?.id;
    const first = client.join('tea');
    await settled();
    socket.say('room:joined', 2, { ...INSIDE, room: { ...ROOM, id: 'tea' } }, idOf('room:join'));
    const left = (await first).leave();
    const second = client.join('cake');
    await expect(client.join('third')).rejects.toMatchObject({ code: 'already_in_room' });
    await settled();
    expect(socket.sent.map(({ event }) => event)).toEqual(['room:join', 'room:leave']);
    socket.say('peer:joined', 3, { peer: peer('of the last room') });
    socket.say('ack', 4, undefined, idOf('room:leave'));
    await left;
    await settled();
    expect(socket.sent.at(-1)).toMatchObject({ event: 'room:join', payload: { roomId: 'cake' } });
    socket.say(
      'room:joined',
      5,
      { ...INSIDE, room: { ...ROOM, id: 'cake' }, peers: [peer('bob')] },
      idOf('room:join'),
    );
    const call = await second;
    expect(call.room.id).toBe('cake');
    expect([...call.peers.keys()]).toEqual(['bob']);
  });

  it('does nothing in the next room for the call that is over', async () => {
    const { client, socket } = await live({ RTCPeerConnection: () => FAKE_RTC });
    const idOf = (event: string) => socket.sent.findLast((frame) => frame.event === event)?.id;
    const joining = client.join('tea');
    await settled();
    socket.say('room:joined', 2, INSIDE, idOf('room:join'));
    const call = await joining;
    void call.leave();
    const { length } = socket.sent;
    const outcomes = [
      call.moderation.closeRoom(),
      call.moderation.kick({ peerId: 'bob' }),
      call.hosts.set({ peerId: 'bob' }, true),
      call.knocks.admitAll(),
      call.chat.send('hello'),
      call.chat.edit('m1', 'hello'),
      call.chat.clear(),
      call.data.set('page', 1),
      call.raiseHand(),
      call.react('🎉'),
      call.update({ displayName: 'Ada' }),
    ].map(outcomeOf);
    call.setTyping(true);
    call.chat.setTyping(true);
    call.setSpeaking(true);
    expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['closed']));
    expect(socket.sent.slice(length)).toEqual([]);
  });
});

describe('the status of others', () => {
  it('[AC4] is reported as it comes', async () => {
    const { client, socket } = await live();
    const heard: unknown[] = [];
    client.on('status', (change) => heard.push(change));
    const change = { userId: 'bob', status: 'dnd', customStatus: 'writing' };
    socket.say('user:status', 2, change);
    socket.say('user:status', 3, { ...change, status: 'of a later server' });
    socket.say('user:status', 4, { ...change, status: 'offline', customStatus: null });
    expect(heard).toEqual([change, { userId: 'bob', status: 'offline', customStatus: null }]);
  });
});
