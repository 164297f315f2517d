import { describe, expect, it } from 'vitest';
import { ActiveSpeaker } from '../../../src/client/call/active-speaker.ts';
import { FakeClock } from '../../support/fakes/clock.ts';

const LOOK_MS = 200;

function setUp(...ids: string[]) {
  const clock = new FakeClock();
  const peers = new Map(ids.map((id) => [id, { level: 0 }]));
  const heard: (string | undefined)[] = [];
  const active = new ActiveSpeaker({
    clock,
    peers: () => peers,
    onChange: () => heard.push(active.current),
  });
  active.start();
  const say = (levels: Readonly<Record<string, number>>, looks = 1): void => {
    for (const [id, peer] of peers) peer.level = levels[id] ?? 0;
    clock.advance(looks * LOOK_MS);
  };
  return { clock, peers, heard, active, say };
}

describe('the active speaker', () => {
  it('is the loudest, and nobody while all are quiet', () => {
    const { heard, say } = setUp('ann', 'ben');
    say({ ann: 0.005 });
    say({ ann: 0.1, ben: 0.3 });
    expect(heard).toEqual(['ben']);
    say({}, 20);
    expect(heard).toEqual(['ben', undefined]);
  });

  it('stays through the pauses between words, and through a cough of somebody else', () => {
    const { heard, say } = setUp('ann', 'ben');
    say({ ann: 0.3 });
    say({}, 3);
    say({ ann: 0.3 });
    say({ ann: 0.3, ben: 0.4 });
    expect(heard).toEqual(['ann']);
    say({ ann: 0.1, ben: 0.6 }, 4);
    expect(heard).toEqual(['ann', 'ben']);
  });

  it('is nobody once that peer has left', () => {
    const { heard, peers, say } = setUp('ann');
    say({ ann: 0.3 });
    peers.delete('ann');
    say({});
    expect(heard).toEqual(['ann', undefined]);
  });

  it('is looked for until the call is over', () => {
    const { clock, active } = setUp('ann');
    active.stop();
    expect(clock.pending).toBe(0);
  });
});
