import { signal } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import type { CallEvent } from '../../../src/embed/messages.ts';
import { errorOf, reportVisit } from '../../../src/web/embed/report.ts';
import type { Phase } from '../../../src/web/visit-phase.ts';
import { ROOM } from '../fakes.ts';

const FULL = { code: 'room_full', retryAfterMs: 0 };

function setUp() {
  const told: CallEvent[] = [];
  const others = signal<{ key: string; peerId: string; name: string }[]>([]);
  const self = signal({ peerId: 'p0', camera: null as unknown, screen: null as unknown });
  const microphone = signal({ on: true, track: {}, state: 'live' });
  const knocks = signal<{ knockId: string; displayName: string | null }[]>([]);
  const call = { self, others, devices: { microphone }, hosting: { knocks } };
  const phase = signal<Phase>({ at: 'loading' });
  const stop = reportVisit({ phase }, (event) => told.push(event));
  const enter = () => {
    phase.value = { at: 'call', room: ROOM, call } as unknown as Phase;
  };
  return { told, others, self, knocks, phase, enter, stop, take: () => told.splice(0) };
}

describe('what a site is told of a visit', () => {
  it('is each thing once, those who were inside after oneself', () => {
    const { others, self, knocks, phase, enter, take } = setUp();
    others.value = [{ key: 'k1', peerId: 'p1', name: 'Ben' }];
    enter();
    expect(take().map(({ type }) => type)).toEqual(['joined', 'peerjoined', 'media']);
    others.value = [{ key: 'k1', peerId: 'p1', name: 'Benjamin' }];
    self.value = { ...self.value };
    expect(take()).toEqual([]);
    knocks.value = [{ knockId: 'n1', displayName: null }];
    knocks.value = [...knocks.value];
    expect(take()).toEqual([{ type: 'knock', knockId: 'n1', name: '' }]);
    others.value = [];
    expect(take()).toEqual([{ type: 'peerleft', peerId: 'p1' }]);
    phase.value = { at: 'ended', room: ROOM, reason: 'kicked' };
    expect(take()).toEqual([{ type: 'left', reason: 'kicked' }]);
    others.value = [{ key: 'k2', peerId: 'p2', name: 'Eve' }];
    expect(take()).toEqual([]);
    enter();
    expect(take()[0]).toMatchObject({ type: 'joined' });
  });

  it('is a refusal once, and again if it happens again', () => {
    const { phase, take, stop } = setUp();
    const lobby = { at: 'lobby', room: ROOM, failure: FULL, joining: false, reopened: false } as const;
    phase.value = lobby;
    phase.value = { ...lobby, room: { ...ROOM, participants: 2 } };
    expect(take()).toEqual([errorOf('room_full')]);
    phase.value = { ...lobby, failure: null, joining: true };
    phase.value = lobby;
    expect(take()).toHaveLength(1);
    stop();
    phase.value = { at: 'failed', failure: FULL };
    expect(take()).toEqual([]);
  });
});

describe('errorOf', () => {
  it('says what to do, and names a code that it knows nothing of', () => {
    expect(errorOf('unauthorized')).toMatchObject({ message: expect.stringContaining('set `token`') });
    expect(errorOf('strange')).toMatchObject({
      code: 'strange',
      message: expect.stringContaining('strange'),
    });
  });
});
