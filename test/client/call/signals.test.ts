import { describe, expect, it } from 'vitest';
import { readCandidates, readDescription } from '../../../src/client/call/signals.ts';

const from = { from: 'peer', fromUserId: 'bob' };

describe('a description', () => {
  it.each([
    ['text', 'v=0', { sdp: 'v=0', asObject: false }],
    ['an object', { type: 'offer', sdp: 'v=0' }, { sdp: 'v=0', asObject: true }],
  ])('[CA1] may be %s', (_, sdp, read) => {
    expect(readDescription({ ...from, sdp })).toMatchObject(read);
  });

  it('says which connection it is of and what its m-lines carry', () => {
    const connection = { from: 'theirs', to: 'ours', offer: 2 };
    const read = readDescription({
      ...from,
      sdp: 'v=0',
      connection,
      tracks: { 0: 'microphone', 2: 'screen' },
    });
    expect(read?.connection).toEqual(connection);
    expect([...(read?.tracks ?? [])]).toEqual([
      ['0', 'microphone'],
      ['2', 'screen'],
    ]);
  });

  it.each([
    ['of another shape', { connection: 'theirs' }],
    ['of a kind that is not known', { tracks: { 0: 'hologram' } }],
    ['with a number that is none', { connection: { from: 'theirs', offer: '1' } }],
  ])('counts as bare where what it adds is %s', (_, extras) => {
    const read = readDescription({ ...from, sdp: 'v=0', ...extras });
    expect(read).toMatchObject({ sdp: 'v=0', connection: undefined, tracks: undefined });
  });

  it('is none without SDP', () => {
    expect(readDescription({ ...from, sdp: { type: 'offer' } })).toBeUndefined();
  });
});

describe('candidates', () => {
  const candidate = { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'u' };

  it('[CA1] come one or many to a message, as objects or text', () => {
    expect(readCandidates({ ...from, candidate })).toEqual([candidate]);
    expect(readCandidates({ ...from, candidates: [candidate, 'candidate:2'] })).toEqual([
      candidate,
      { candidate: 'candidate:2', sdpMLineIndex: 0 },
    ]);
  });

  it('leave out the end of candidates and what is none', () => {
    const nothing = [null, '', { candidate: '' }, { candidate: 7 }, { sdpMid: '0' }];
    expect(readCandidates({ ...from, candidate: null, candidates: nothing })).toEqual([]);
  });
});
