import { describe, expect, it } from 'vitest';
import { ParleyError } from '../../src/domain/errors.ts';
import type { Identity } from '../../src/domain/identity.ts';
import type { PeerId } from '../../src/domain/ids.ts';
import { lend } from '../../src/lib/borrowed.ts';
import { createMessageHandler } from '../../src/messages/message-handler.ts';
import { type HandleMessage, link, pathOf } from '../../src/signaling/hub.ts';
import type { Frame } from '../support/fakes/fake-socket.ts';
import { NOBODY_WAITS } from '../support/fakes/waiting-room.ts';
import { NO_CHAT } from '../support/server/chat.ts';
import { admitted, OTHER_ROOM, type Person, ROOM, stage } from '../support/server/hub.ts';
import { NOBODY_PUT_OUT } from '../support/server/room-tokens.ts';

const PEER = '33333333-3333-4333-8333-333333333333' as PeerId;

/**
 * A hub whose messages go through the handler. Each feature behind it notes what it is asked for, then does `outcome`.
 * `token` is the identity behind every token.
 */
function setUp({ outcome = () => {}, token }: { outcome?: () => void; token?: Partial<Identity> } = {}) {
  const asked: unknown[][] = [];
  const note = async (...what: unknown[]): Promise<void> => {
    asked.push(what);
    outcome();
  };
  let handle: HandleMessage | undefined;
  const on = stage({ handle: (session, request) => handle?.(session, request) });
  handle = createMessageHandler({
    hub: on.hub,
    clock: on.clock,
    noticeAdmins: () => {},
    chat: NO_CHAT,
    accounts: {
      remembered: () => undefined,
      async verify(accessToken) {
        await note('verify', accessToken);
        return { ...on.connect('ann').session.identity, ...token };
      },
    },
    rooms: {
      isCurrent: () => true,
      async admit({ roomId, identity, password }) {
        await note('admit', roomId, identity.userId, password);
        return admitted();
      },
    },
    roomTokens: NOBODY_PUT_OUT,
    waitingRoom: NOBODY_WAITS,
    moderation: {
      kick: (actor, ...rest) => note('kick', actor.userId, ...rest),
      lock: (actor, ...rest) => note('lock', actor.userId, ...rest),
      mute: (actor, ...rest) => note('mute', actor.userId, ...rest),
      close: (actor, ...rest) => note('close', actor.userId, ...rest),
      setRights: (actor, ...rest) => note('setRights', actor.userId, ...rest) as Promise<never>,
    },
  });
  return { ...on, asked };
}

/** Sends a message with the id 1. @returns what came back once it was answered */
async function answers({ session, socket }: Person, event: string, payload: object = {}): Promise<Frame[]> {
  socket.flush();
  session.receive(lend(Buffer.from(JSON.stringify({ event, id: 1, payload }))));
  // Nothing here waits for more than promises, which are all settled before the next turn of the event loop.
  await new Promise((resolve) => setImmediate(resolve));
  return socket.flush();
}

describe('a message', () => {
  it('[RM1] to join asks whether the user may enter, and puts the session into the room', async () => {
    const on = setUp();
    const ann = on.connect('ann');
    const [reply] = await answers(ann, 'room:join', { roomId: ROOM, password: 'open sesame' });
    expect(on.asked).toEqual([['admit', ROOM, 'ann', 'open sesame']]);
    expect(reply).toMatchObject({ event: 'room:joined', re: 1, payload: { peerId: ann.session.peerId } });
  });

  it('[RM3] to leave takes the session out of its room', async () => {
    const on = setUp();
    const ann = on.inside('ann');
    expect(await answers(ann, 'room:leave')).toMatchObject([{ event: 'ack', re: 1 }]);
    expect(ann.session.participant).toBeUndefined();
  });

  it.each([
    ['kick', { peerId: PEER, ban: true }],
    ['lock', { locked: true }],
    ['mute', { peerId: PEER, kind: 'audio' }],
    ['close', {}],
  ])('[RM6] to %s goes to moderation with its sender and its room', async (name, payload) => {
    const on = setUp();
    const ann = on.inside('ann');
    const acting = { ...payload, from: ann.session.peerId, bearer: ann.session };
    expect(await answers(ann, `room:${name}`, payload)).toMatchObject([{ event: 'ack', re: 1 }]);
    expect(on.asked).toEqual([[name, 'ann', ROOM, acting]]);
  });

  it.each([
    ['media:state', { audio: true }, 'peer:media', { audio: true, video: false, screen: false }],
    ['speaking', { speaking: true }, 'peer:speaking', { speaking: true }],
    ['typing', { typing: true }, 'peer:typing', { typing: true }],
  ])('of the kind %s is told to the others inside', async (event, payload, told, toldPayload) => {
    const on = setUp();
    const [ann, ben] = [on.inside('ann'), on.inside('ben')];
    expect(await answers(ann, event, payload)).toMatchObject([{ event: 'ack', re: 1 }]);
    expect(ben.socket.all(told)).toEqual([{ peerId: ann.session.peerId, ...toldPayload }]);
  });

  it('[CA8] of how media gets to a peer is noted, and nobody else hears of it', async () => {
    const on = setUp();
    const [ann, ben] = [on.inside('ann'), on.inside('ben')];
    const to = ben.session.peerId;
    expect(await answers(ann, 'call:path', { to, path: 'direct' })).toMatchObject([
      { event: 'error', re: 1, payload: { code: 'peer_gone' } },
    ]);
    link(ann.session, ben.session);
    ben.socket.flush();
    const text = JSON.stringify({ event: 'call:path', id: 2, payload: { to, path: 'relayed' } });
    ann.session.receive(lend(Buffer.from(text)));
    expect(ann.socket.flush()).toMatchObject([{ event: 'ack', re: 2 }]);
    expect([pathOf(ann.session), ben.socket.flush()]).toEqual(['relayed', []]);
  });

  it('[SE6] with a fresh token has it verified, and the session goes on with it', async () => {
    const on = setUp({ token: { role: 'service' } });
    const ann = on.connect('ann');
    expect(await answers(ann, 'session:token', { token: 'fresh' })).toMatchObject([{ event: 'ack', re: 1 }]);
    expect(on.asked).toEqual([['verify', 'fresh']]);
    expect(ann.session.identity.role).toBe('service');
  });

  it('[SE6] of goodbye ends the session', async () => {
    const on = setUp();
    const ann = on.connect('ann');
    expect(await answers(ann, 'session:bye')).toMatchObject([{ event: 'ack', re: 1 }]);
    expect([ann.session.isOver, ann.socket.closedWith]).toEqual([true, 1000]);
  });

  it('that pings is answered with the time', async () => {
    const on = setUp();
    const serverTime = new Date(on.clock.now()).toISOString();
    expect(await answers(on.connect('ann'), 'ping')).toMatchObject([
      { event: 'pong', re: 1, payload: { serverTime } },
    ]);
  });
});

describe('a refused message', () => {
  it('[RM1] is answered with the code of the feature that refused it', async () => {
    const on = setUp({
      outcome() {
        throw new ParleyError('room_locked', 'This room is locked.');
      },
    });
    const ann = on.connect('ann');
    expect(await answers(ann, 'room:join', { roomId: ROOM })).toMatchObject([
      { event: 'error', re: 1, payload: { code: 'room_locked', message: 'This room is locked.' } },
    ]);
    expect(ann.session.participant).toBeUndefined();
  });

  it('[RM1] is a second join', async () => {
    const on = setUp();
    expect(await answers(on.inside('ann'), 'room:join', { roomId: OTHER_ROOM })).toMatchObject([
      { event: 'error', re: 1, payload: { code: 'already_in_room' } },
    ]);
    expect(on.asked).toEqual([]);
  });

  it.each([
    ['room:leave', {}],
    ['room:kick', { peerId: PEER }],
    ['room:lock', { locked: true }],
    ['room:mute', { peerId: PEER, kind: 'video' }],
    ['room:close', {}],
    ['media:state', { audio: true }],
    ['speaking', { speaking: true }],
    ['typing', { typing: true }],
  ])('is %s from outside a room', async (event, payload) => {
    const on = setUp();
    expect(await answers(on.connect('ann'), event, payload)).toMatchObject([
      { event: 'error', re: 1, payload: { code: 'not_in_room' } },
    ]);
    expect(on.asked).toEqual([]);
  });

  it("[SE6] is another user's token", async () => {
    const on = setUp();
    const ben = on.connect('ben');
    expect(await answers(ben, 'session:token', { token: 'of Ann' })).toMatchObject([
      { event: 'error', re: 1, payload: { code: 'forbidden' } },
    ]);
    expect(ben.session.userId).toBe('ben');
  });
});
