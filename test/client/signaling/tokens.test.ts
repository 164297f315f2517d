import { describe, expect, it } from 'vitest';
import { ParleyClientError } from '../../../src/client/errors.ts';
import { dialled, live, settled } from './wire.ts';

describe('the token', () => {
  it('[SE6] is renewed in the live session when the server warns', async () => {
    const asked: boolean[] = [];
    const wire = await live({ token: async (fresh) => `jwt-${asked.push(fresh)}` });
    wire.socket.say('session:expiring', 2, { atMs: 60_000 });
    await settled();
    expect(asked).toEqual([false, true]);
    expect(wire.socket.sent).toEqual([{ event: 'session:token', id: 1, payload: { token: 'jwt-2' } }]);
    expect(wire.sockets).toHaveLength(1);
  });

  it('[TK5] is renewed again 5 s after a failure, while the server still accepts the old refresh token', async () => {
    const asked: boolean[] = [];
    const wire = await live({
      token: async (fresh) => {
        if (asked.push(fresh) === 2) throw new ParleyClientError('network', 'The answer was lost.');
        return `jwt-${asked.length}`;
      },
    });
    wire.socket.say('session:expiring', 2, { atMs: 60_000 });
    await settled();
    await wire.pass(4_999);
    expect(asked).toEqual([false, true]);
    await wire.pass(1);
    expect(asked).toEqual([false, true, true]);
    expect(wire.socket.sent.map(({ payload }) => payload)).toContainEqual({ token: 'jwt-3' });
    wire.session.close();
    expect(wire.clock.pending).toBe(0);
  });

  it('is not renewed again after a final refusal', async () => {
    let tries = 0;
    const wire = await live({
      token: async () => {
        tries += 1;
        if (tries === 2) throw new ParleyClientError('network', 'lost');
        if (tries === 3) throw new ParleyClientError('unauthorized', 'over');
        return 'jwt';
      },
    });
    wire.socket.say('session:expiring', 2, { atMs: 60_000 });
    await settled();
    await wire.pass(5_000);
    await wire.pass(20_000);
    expect(tries).toBe(3);
  });

  it('is asked for again, with pauses, while the backend is unreachable', async () => {
    let tries = 0;
    const wire = await dialled({
      token: async () => {
        tries += 1;
        if (tries < 3) throw new TypeError('fetch failed');
        return 'jwt';
      },
    });
    expect(wire.sockets).toHaveLength(0);
    await wire.pass(0);
    await wire.pass(500);
    await wire.pass(1_000);
    expect(wire.sockets).toHaveLength(1);
  });

  it('ends the session if the login is over', async () => {
    const wire = await dialled({
      token: () => Promise.reject(new ParleyClientError('refresh_token_reused', 'Sign in again.')),
    });
    expect(wire.session.state).toBe('closed');
    expect(wire.reported.at(-1)).toMatchObject(['closed', { code: 'refresh_token_reused' }]);
  });
});
