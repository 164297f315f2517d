import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { secretKeys } from '../../src/accounts/keys.ts';
import { mintToken } from '../../src/accounts/mint.ts';
import { Problem } from '../../src/protocol/bodies.ts';
import { SECRET } from '../support/server/accounts.ts';
import { type Stage, startStage } from './stage.ts';

const REFUSED = { status: 403, code: 'room_creation_off' };

describe('ROOM_CREATION', () => {
  it('[AC3] users: guests get 403 at both endpoints, others create rooms', async () => {
    const stage = await startStage({ JWT_SECRET: SECRET, ROOM_CREATION: 'users' });
    const { token } = await stage.guest();
    expect(await outcomes(stage, token)).toEqual([REFUSED, REFUSED]);
    expect(await outcomes(stage, await minted({}))).toEqual([201, 201]);
    expect(await outcomes(stage, await minted({ role: 'service' }))).toEqual([201, 201]);
  });

  it('[AC3] services: only backends and admins create rooms', async () => {
    const stage = await startStage({ JWT_SECRET: SECRET, ROOM_CREATION: 'services' });
    const { token } = await stage.guest();
    expect(await outcomes(stage, token)).toEqual([REFUSED, REFUSED]);
    expect(await outcomes(stage, await minted({}))).toEqual([REFUSED, REFUSED]);
    expect(await outcomes(stage, await minted({ role: 'service' }))).toEqual([201, 201]);
  });

  it('[AC3] counts by the kind that is stored: a token of our secret for a guest is a guest', async () => {
    const stage = await startStage({ JWT_SECRET: SECRET, ROOM_CREATION: 'users' });
    const { userId } = await stage.guest();
    expect(await outcomes(stage, await minted({ sub: userId }))).toEqual([REFUSED, REFUSED]);
  });
});

/** What POST /rooms and GET /create answer. */
async function outcomes({ server, get }: Stage, token: string) {
  const posted = await fetch(`${server.url}/rooms`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}` },
  });
  return Promise.all([posted, await get('/create', token)].map(outcome));
}

async function outcome(response: Response) {
  if (response.ok) return response.status;
  const { status, code } = v.parse(Problem, await response.json());
  return { status, code };
}

async function minted(claims: { readonly sub?: string; readonly role?: string }): Promise<string> {
  const keys = await secretKeys(SECRET);
  const minting = { keys, issuer: 'parley', audience: 'parley', now: Date.now(), lifetimeSeconds: 600 };
  return mintToken({ sub: 'zoe', ...claims }, minting);
}
