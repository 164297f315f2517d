import { signal } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../../src/embed/messages.ts';
import { obey, obeyOutside, tryAgainWith } from '../../../src/web/embed/commands.ts';
import type { Phase } from '../../../src/web/visit-phase.ts';

type Call = Parameters<typeof obey>[1];
type View = Parameters<typeof obey>[2];

/** A call with the microphone on and the camera off, and one other person in it. */
function setUp() {
  const done: string[] = [];
  const pinned = signal<string | null>(null);
  const call = {
    devices: { microphone: signal({ on: true }), camera: signal({ on: false }) },
    self: signal({ key: 'me', peerId: 'p0', screen: null }),
    others: signal([{ key: 'k1', peerId: 'p1' }]),
    toggleMicrophone: () => done.push('microphone'),
    toggleCamera: () => done.push('camera'),
    toggleShare: async () => done.push('share'),
    leave: () => done.push('leave'),
  } as unknown as Call;
  const view = {
    layout: signal('grid'),
    pinned,
    setLayout: (layout: string) => done.push(layout),
    togglePin(key: string) {
      pinned.value = pinned.peek() === key ? null : key;
      done.push(`pin ${pinned.value}`);
    },
  } as unknown as View;
  return { done, run: (command: Command) => obey(command, call, view) };
}

describe('a command in a call', () => {
  it('changes what is otherwise, and nothing that is so already', () => {
    const { done, run } = setUp();
    run({ type: 'mute', on: true });
    run({ type: 'camera', on: true });
    run({ type: 'share', on: true });
    run({ type: 'layout', layout: 'speaker' });
    expect(done).toEqual(['microphone', 'camera', 'share', 'speaker']);
    run({ type: 'mute', on: false });
    run({ type: 'camera', on: false });
    run({ type: 'share', on: false });
    run({ type: 'layout', layout: 'grid' });
    expect(done).toHaveLength(4);
    run({ type: 'leave' });
    expect(done.at(-1)).toBe('leave');
  });

  it('pins a person by their public id once, and unpins', () => {
    const { done, run } = setUp();
    run({ type: 'pin', peerId: null });
    run({ type: 'pin', peerId: 'nobody' });
    run({ type: 'pin', peerId: 'p1' });
    run({ type: 'pin', peerId: 'p1' });
    run({ type: 'pin', peerId: null });
    expect(done).toEqual(['pin k1', 'pin null']);
  });
});

describe('a command outside a call', () => {
  function outside(phase: Phase) {
    const done: unknown[] = [];
    let say: (command: Command) => void = () => {};
    obeyOutside(
      {
        onCommand(listener) {
          say = listener;
          return () => {};
        },
      },
      {
        phase: signal(phase),
        devices: {
          setMicrophone: async (on) => void done.push(['microphone', on]),
          setCamera: async (on) => void done.push(['camera', on]),
        },
      },
      { set: (name, value) => done.push([name, value]) },
    );
    return { done, say };
  }

  it('sets devices and layout for the call that comes', () => {
    const { done, say } = outside({ at: 'loading' });
    say({ type: 'mute', on: true });
    say({ type: 'camera', on: false });
    say({ type: 'layout', layout: 'speaker' });
    say({ type: 'leave' });
    say({ type: 'pin', peerId: 'p1' });
    expect(done).toEqual([
      ['microphone', false],
      ['camera', false],
      ['layout', 'speaker'],
    ]);
  });

  it('withdraws from the waiting room', () => {
    let left = 0;
    const wait = { leave: () => (left += 1) };
    const { say } = outside({ at: 'waiting', wait } as unknown as Phase);
    say({ type: 'leave' });
    expect(left).toBe(1);
  });
});

describe('another token', () => {
  it('looks the call up again if that had failed, and else changes nothing', () => {
    const token = signal<string | null>('one');
    const phase = signal<Phase>({ at: 'failed', failure: { code: 'unauthorized', retryAfterMs: 0 } });
    let loads = 0;
    const load = async () => {
      loads += 1;
      phase.value = { at: 'loading' };
    };
    const stop = tryAgainWith(token, { phase, load });
    const first = loads;
    phase.value = { at: 'failed', failure: { code: 'unauthorized', retryAfterMs: 0 } };
    token.value = 'two';
    expect(loads).toBe(first + 1);
    token.value = 'three';
    stop();
    phase.value = { at: 'failed', failure: { code: 'unauthorized', retryAfterMs: 0 } };
    token.value = 'four';
    expect(loads).toBe(first + 1);
  });
});
