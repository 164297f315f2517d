import { describe, expect, it } from 'vitest';
import type { RemotePeer } from '../../../src/client/index.ts';
import { watchCrowd } from '../../../src/web/call/crowd.ts';
import { createNotices } from '../../../src/web/call/notices.ts';
import { fakeCall, fakePeer, fakeTrack } from '../fakes.ts';

function watch(...inside: RemotePeer[]) {
  const fake = fakeCall(...inside);
  const crowd = watchCrowd({ call: fake.call, notices: createNotices(), announce: () => {} });
  return { crowd, fake };
}

describe('the others in a call', () => {
  it('are shown with the pictures that their slow line holds back, which keep their tracks', () => {
    const camera = fakeTrack('video');
    const maya = fakePeer({ camera });
    const { crowd } = watch(maya.peer);
    expect(crowd.others.value[0]?.held).toEqual({ camera: false, screen: false });
    const held = { camera: true, screen: false };
    maya.change({ held });
    maya.emit('held', held);
    expect(crowd.others.value[0]).toMatchObject({ held, camera });
  });

  it('are shown with how good what comes in from them is', () => {
    const maya = fakePeer();
    const { crowd } = watch(maya.peer);
    expect(crowd.others.value[0]?.quality).toBeNull();
    maya.change({ quality: 'fair' });
    maya.emit('quality', 'fair');
    expect(crowd.others.value[0]?.quality).toBe('fair');
  });

  it('are not followed any more once they have left, nor after the end', () => {
    const maya = fakePeer();
    const ken = fakePeer({ key: 'k2', peerId: 'p2' });
    const { crowd, fake } = watch(maya.peer, ken.peer);
    fake.peers.delete('p1');
    fake.emit('peerleft', maya.peer, 'left');
    maya.change({ speaking: true });
    maya.emit('speaking', true);
    expect(crowd.speaker.value).toBe('k2');
    crowd.close();
    ken.change({ speaking: true });
    ken.emit('speaking', true);
    expect(crowd.others.value.map(({ key, speaking }) => [key, speaking])).toEqual([['k2', false]]);
  });
});
