import { describe, expect, it } from 'vitest';
import { sendData } from '../../../src/client/call/send-data.ts';
import { ParleyClientError } from '../../../src/client/errors.ts';
import { outcomeOf } from '../signaling/wire.ts';

function setUp() {
  const got: string[] = [];
  const peer = (name: string, refusal?: ParleyClientError) => ({
    sendData: async (frame: string) => {
      if (refusal !== undefined) throw refusal;
      got.push(`${name} ${frame}`);
    },
  });
  const peers = new Map([
    ['ann', peer('ann')],
    ['bob', peer('bob')],
    ['old', peer('old', new ParleyClientError('unsupported', 'Its application takes no messages.'))],
  ]);
  const state = { over: false };
  return { got, peers, state, deps: { peers, isOver: () => state.over } };
}

describe('call.send', () => {
  it('sends to all, to one or to some, each once', async () => {
    const { got, peers, deps } = setUp();
    peers.delete('old');
    await sendData(deps, 't', 1);
    await sendData(deps, 't', 2, { to: 'bob' });
    await sendData(deps, 't', 3, { to: ['bob', { peerId: 'ann' }, 'bob'] });
    await sendData(deps, 't', 4, { to: [] });
    expect(got.map((each) => each.replace(/\{.*"data":(\d)\}/, '$1'))).toEqual([
      'ann 1',
      'bob 1',
      'bob 2',
      'bob 3',
      'ann 3',
    ]);
  });

  it('says whom it did not reach, once the others have got it', async () => {
    const { got, deps } = setUp();
    const error: unknown = await sendData(deps, 't', 1).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'unsupported', peerIds: ['old'] });
    expect(got).toHaveLength(2);
    await expect(sendData(deps, 't', 1, { to: ['gone', 'old', 'ann'] })).rejects.toMatchObject({
      code: 'peer_gone',
      peerIds: ['gone', 'old'],
      message: expect.stringContaining('gone, old'),
    });
    expect(got).toHaveLength(3);
  });

  it('sends nothing after the call, and nothing for a signal that is aborted', async () => {
    const { got, state, deps } = setUp();
    await expect(sendData(deps, 't', 1, { signal: AbortSignal.abort('no') })).rejects.toBe('no');
    state.over = true;
    expect(await outcomeOf(sendData(deps, 't', 1))).toBe('closed');
    expect(got).toEqual([]);
  });

  it('rejects with `closed` if the call ends meanwhile', async () => {
    const { state, deps } = setUp();
    const outcome = outcomeOf(sendData(deps, 't', 1));
    state.over = true;
    expect(await outcome).toBe('closed');
  });
});
