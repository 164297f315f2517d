import { describe, expect, it } from 'vitest';
import { secretKeys } from '../../src/accounts/keys.ts';
import { mintToken } from '../../src/accounts/mint.ts';
import { SECRET } from '../support/server/accounts.ts';
import { createRoom } from '../support/server/api.ts';
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
