import { signal } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import type { RemotePeer } from '../../../../src/client/index.ts';
import { type PersonView, personOf } from '../../../../src/web/call/people.ts';
import { measurePicture, tellFirst } from '../../../../src/web/call/shown/shown-pictures.ts';
import { fakePeer } from '../../fakes.ts';

function setUp() {
  const told: string[] = [];
  const peerOf = (key: string): RemotePeer =>
    fakePeer({
      key,
      setShown: (kind, shown) => told.push(`${key} ${kind} ${shown === null ? 'as usual' : 'first'}`),
      measure: (kind) => {
        told.push(`${key} ${kind} measured`);
        return () => told.push(`${key} ${kind} not measured`);
      },
    }).peer;
  const peers = [peerOf('ann'), peerOf('bob')];
  const others = signal<readonly PersonView[]>(peers.map((peer) => personOf(peer)));
  const speaker = signal<string | null>(null);
  const pinned = signal<string | null>(null);
  const call = { peers: () => peers, others, speaker };
  return { told, call, others, speaker, pinned, end: tellFirst(call, { pinned }) };
}

describe('the picture that this person looks at', () => {
  it('is the speaker’s, and is told once', () => {
    const { told, speaker, others, end } = setUp();
    expect(told).toEqual([]);
    speaker.value = 'ann';
    others.value = [...others.value];
    speaker.value = 'bob';
    expect(told).toEqual(['ann camera first', 'ann camera as usual', 'bob camera first']);
    end();
    speaker.value = 'ann';
    expect(told).toHaveLength(3);
  });

  it('is the pinned one, until that is gone', () => {
    const { told, speaker, others, pinned } = setUp();
    speaker.value = 'ann';
    pinned.value = 'screen-bob';
    expect(told.splice(0)).toEqual(['ann camera first', 'ann camera as usual', 'bob screen first']);
    pinned.value = 'bob';
    expect(told.splice(0)).toEqual(['bob screen as usual', 'bob camera first']);
    others.value = others.value.slice(0, 1);
    expect(told).toEqual(['bob camera as usual', 'ann camera first']);
  });

  it('is nobody’s while one’s own tile is pinned and nobody has spoken', () => {
    const { told, pinned } = setUp();
    pinned.value = 'self';
    expect(told).toEqual([]);
  });
});

describe('the picture in a tile', () => {
  it('is measured for its peer, if that is still there', () => {
    const { told, call } = setUp();
    const video = {} as HTMLVideoElement;
    measurePicture(call, 'bob', 'screen')(video)();
    measurePicture(call, 'gone', 'camera')(video)();
    expect(told).toEqual(['bob screen measured', 'bob screen not measured']);
  });
});
