import { describe, expect, it } from 'vitest';
import { HARDWARE_NAMES, readCandidates, readDescription } from '../../../src/client/call/signals.ts';

const from = { from: 'peer', fromUserId: 'bob' };

describe('a description', () => {
  it.each([
    ['text', 'v=0', { sdp: 'v=0', asObject: false }],
    ['an object', { type: 'offer', sdp: 'v=0' }, { sdp: 'v=0', asObject: true }],
  ])('[CA1] may be %s', (_, sdp, read) => {
    expect(readDescription({ ...from, sdp })).toMatchObject(read);
  });

  it('says which connection it belongs to and what its m-lines carry', () => {
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
    ['of another type', { connection: 'theirs' }],
    ['of an unknown kind', { tracks: { 0: 'hologram' } }],
    ['with a number that is text', { connection: { from: 'theirs', offer: '1' } }],
  ])('is read without the additions if they are %s', (_, extras) => {
    const read = readDescription({ ...from, sdp: 'v=0', ...extras });
    expect(read).toMatchObject({ sdp: 'v=0', connection: undefined, tracks: undefined });
  });

  it.each<[told: unknown, read: string[]]>([
    [
      ['H264', 'AV1'],
      ['H264', 'AV1'],
    ],
    [Array(HARDWARE_NAMES).fill('H264'), Array(HARDWARE_NAMES).fill('H264')],
    [Array(HARDWARE_NAMES + 1).fill('H264'), []],
    [['x'.repeat(17)], []],
    ['H264', []],
    [undefined, []],
  ])('says what the peer encodes in hardware, within bounds: %j', (hardware, read) => {
    const description = readDescription({ ...from, sdp: 'v=0', data: true, hardware });
    expect(description).toMatchObject({ hardware: read, takesData: true });
  });

  it('is ignored without SDP', () => {
    expect(readDescription({ ...from, sdp: { type: 'offer' } })).toBeUndefined();
  });
});

describe('candidates', () => {
  const candidate = { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'u' };

  it('[CA1] are read one or many per message, as objects or text', () => {
    expect(readCandidates({ ...from, candidate })).toEqual([candidate]);
    expect(readCandidates({ ...from, candidates: [candidate, 'candidate:2'] })).toEqual([
      candidate,
      { candidate: 'candidate:2', sdpMLineIndex: 0 },
    ]);
  });

  it('are read without the end of candidates and what is not a candidate', () => {
    const nothing = [null, '', { candidate: '' }, { candidate: 7 }, { sdpMid: '0' }];
    expect(readCandidates({ ...from, candidate: null, candidates: nothing })).toEqual([]);
  });
});
