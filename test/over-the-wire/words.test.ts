import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { secretKeys } from '../../src/accounts/keys.ts';
import { mintToken } from '../../src/accounts/mint.ts';
import { Problem } from '../../src/protocol/bodies.ts';
import { SECRET } from '../support/server/accounts.ts';
import { createRoom, signIn } from '../support/server/api.ts';
import { SENTENCE } from '../support/server/sentence.ts';
import { codeOf, type Guest, type Stage, startStage } from './stage.ts';

const NOWHERE = '3f2b8c1e-9d4a-4c57-8b6f-0a1d2e3c4b5a';
const PASSWORD = 'open sesame';

interface Attempt {
  readonly roomId: string;
  readonly guest: Guest;
  readonly password?: string;
}

/** Situations in which a join is refused, by the code of the refusal. */
const REFUSALS: Readonly<Record<string, (stage: Stage) => Promise<Attempt>>> = {
  room_not_found: async ({ guest }) => ({ roomId: NOWHERE, guest: await guest() }),
  password_required: async ({ room, guest }) => ({
    roomId: await room({ password: PASSWORD }),
    guest: await guest(),
  }),
  wrong_password: async ({ room, guest }) => ({
    roomId: await room({ password: PASSWORD }),
    guest: await guest(),
    password: 'close sesame',
  }),
  room_locked: async (stage) => {
    const { roomId, host } = await hosted(stage);
    await host.request('room:lock', { locked: true });
    return { roomId, guest: await stage.guest() };
  },
  banned: async (stage) => {
    const { roomId, host } = await hosted(stage);
    const guest = await stage.guest();
    const { peerId } = await guest.inside(roomId);
    await host.request('room:kick', { peerId, ban: true });
    return { roomId, guest };
  },
  forbidden: async ({ room, bearer }) => {
    const minting = { keys: await secretKeys(SECRET), issuer: 'parley', audience: 'parley' };
    const token = await mintToken(
      { sub: 'zoe', room: { id: NOWHERE } },
      { ...minting, now: Date.now(), lifetimeSeconds: 300 },
    );
    return { roomId: await room(), guest: bearer('zoe', token) };
  },
};

async function hosted({ guest, server }: Stage) {
  const owner = await guest();
  const { id: roomId } = await createRoom(server.url, owner.token);
  return { roomId, host: await owner.inside(roomId) };
}

describe('a refused join', () => {
  it.each(Object.entries(REFUSALS))('[HT2] has the same words everywhere: %s', async (code, come) => {
    const stage = await startStage({ JWT_SECRET: SECRET });
    const { roomId, guest, password } = await come(stage);
    const frame = await (await guest.connect()).request('room:join', { roomId, password });
    expect(codeOf(frame)).toBe(code);
    const headers = {
      Accept: 'application/json',
      ...(password !== undefined && { 'X-Room-Password': password }),
    };
    const paths = ['room_not_found', 'forbidden'].includes(code) ? ['connect', 'rooms'] : ['connect'];
    for (const path of paths) {
      const problem = await (await stage.get(`/${path}/${roomId}`, guest.token, headers)).json();
      expect(frame.payload).toMatchObject({ message: problem.detail });
    }
  });
});

/** Refused messages of a host in a room, by code. `PEER` is a peer that isn't there, `SELF` is the host. */
const MESSAGES: readonly (readonly [code: string, event: string, payload: object, sentence?: string])[] = [
  ['already_in_room', 'room:join', { roomId: NOWHERE }],
  ['peer_gone', 'call:offer', { to: 'PEER', sdp: '' }],
  ['peer_gone', 'room:kick', { peerId: 'PEER' }],
  ['peer_gone', 'room:mute', { peerId: 'PEER', kind: 'audio' }],
  ['forbidden', 'room:kick', { peerId: 'SELF' }],
  ['invalid_message', 'room:kick', { peerId: 'me' }],
  ['invalid_message', 'room:kick', {}, '`payload.peerId` is missing.'],
  ['invalid_message', 'room:lock', { locked: 'yes' }, '`payload.locked` must be true or false.'],
  [
    'invalid_message',
    'room:mute',
    { peerId: 'PEER', kind: 'smell' },
    '`payload.kind` must be one of "audio", "video", "screen".',
  ],
  ['invalid_message', 'room:close', [], '`payload` must be an object.'],
  ['invalid_message', 'call:offer', { sdp: '' }],
  ['invalid_message', 'call:offer', { sdp: 7 }, '`payload.sdp` must be a string or an object.'],
  ['invalid_message', 'call:offer', { userId: '', sdp: '' }],
  ['invalid_message', 'call:ice', {}, '`payload` must have `candidate` or `candidates`.'],
  ['invalid_message', 'call:ice', { candidates: 7 }, '`payload.candidates` must be an array.'],
  ['invalid_message', 'session:ack', { seq: 0.5 }, '`payload.seq` must be an integer.'],
  ['invalid_message', 'session:ack', { seq: -1 }, '`payload.seq` must be at least 0.'],
  ['invalid_message', 'session:ack', { seq: 4_000 }],
  ['invalid_message', 'session:token', { token: 7 }, '`payload.token` must be a string.'],
  ['unauthorized', 'session:token', { token: 'x' }],
  ['unknown_event', 'room:burn', {}],
];

interface Request {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Refused requests of a guest, by code. */
const REQUESTS: readonly (readonly [code: string, path: string, request: Request, sentence?: string])[] = [
  ['not_found', '/nothing', {}],
  ['method_not_allowed', '/auth/guest', { method: 'PATCH' }],
  ['unauthorized', '/auth/me', { headers: { Authorization: 'x' } }],
  ['unauthorized', '/auth/me', { headers: { Authorization: 'Bearer x' } }],
  ['unauthorized', '/auth/refresh', post('{"refreshToken":"x"}')],
  ['invalid_json', '/auth/guest', post('{')],
  ['too_large', '/auth/guest', post(`"${'x'.repeat(70_000)}"`)],
  ['unsupported_media_type', '/auth/guest', post('{}', { 'Content-Encoding': 'gzip' })],
  ['validation_failed', '/auth/guest', post('[]'), 'The body must be an object.'],
  ['validation_failed', '/auth/refresh', post('{}'), '`refreshToken` is missing.'],
  [
    'validation_failed',
    '/rooms',
    post('{"max":1,"name":" ","listed":1}'),
    '`name` must not be empty. `max` must be at least 2. `listed` must be true or false.',
  ],
  ['forbidden', '/rooms', post('{"listed":true}')],
  ['room_not_found', `/connect/${NOWHERE}`, {}],
];

function post(body: string, headers: Readonly<Record<string, string>> = {}): Request {
  return { method: 'POST', body, headers };
}

describe('a refusal', () => {
  it('[HT2] over WebSocket is a sentence, and of a field one that names it', async () => {
    const stage = await startStage();
    const { host } = await hosted(stage);
    const outside = await stage.person();
    const refused: unknown[] = [];
    for (const event of ['room:leave', 'room:close', 'typing', 'call:answer']) {
      const { payload } = await outside.request(event, { typing: true, sdp: '' });
      refused.push(payload);
    }
    expect(refused).toEqual(Array(4).fill({ code: 'not_in_room', message: 'Join a room first.' }));
    for (const [code, event, payload, sentence] of MESSAGES) {
      // Ten refused messages end a connection [WS6].
      const rude = code === 'invalid_message' ? await (await stage.guest()).connect() : host;
      const answer = await rude.request(
        event,
        JSON.parse(JSON.stringify(payload).replace('PEER', NOWHERE).replace('SELF', host.peerId)),
      );
      expect([event, codeOf(answer)]).toEqual([event, code]);
      expect(answer.payload).toMatchObject({ message: expect.stringMatching(SENTENCE) });
      if (sentence !== undefined) expect(answer.payload).toMatchObject({ message: sentence });
    }
  });

  it('[HT2] over HTTP is a sentence, and of fields one for each', async () => {
    const { server } = await startStage();
    const { accessToken } = await signIn(server.url);
    for (const [code, path, request, sentence] of REQUESTS) {
      const headers = {
        Authorization: `Bearer ${accessToken}`,
        Accept: 'application/json',
        ...request.headers,
      };
      const reply = await fetch(server.url + path, { ...request, headers });
      const problem = v.parse(Problem, await reply.json());
      expect([path, problem.code]).toEqual([path, code]);
      expect(problem.detail).toMatch(SENTENCE);
      if (sentence !== undefined) expect(problem.detail).toBe(sentence);
    }
  });
});
