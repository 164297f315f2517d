import { describe, expect, it } from 'vitest';
import { en } from '../../../src/web/i18n/en.ts';
import { ru } from '../../../src/web/i18n/ru.ts';
import { troubleExplanations } from '../../../src/web/lobby/trouble-notice.tsx';
import type { Source } from '../../../src/web/media/devices.ts';

const TROUBLES = ['denied', 'missing', 'busy', 'failed', 'unsuitable', 'insecure'] as const;
const inState = (state: Source['state']): Source => ({ on: true, state, track: null });
const fine = inState('live');

describe.each([en, ru])('the trouble notice ($lang)', (t) => {
  const textOf = (...sources: [Source, Source, boolean]) =>
    troubleExplanations(sources[0], sources[1], t, sources[2])
      .map(({ text }) => text)
      .join(' ');

  it.each(TROUBLES)('doesn’t say in a call how to join without the device (%s)', (state) => {
    for (const [camera, microphone] of [
      [inState(state), fine],
      [fine, inState(state)],
      [inState(state), inState(state)],
    ] as const) {
      const text = textOf(camera, microphone, true);
      expect(text).not.toBe('');
      for (const way of Object.values(t.instead)) expect(text).not.toContain(way);
    }
  });

  it.each(TROUBLES)('says in the lobby, once, how to join without the device (%s)', (state) => {
    const all = textOf(inState(state), inState(state), false);
    expect(all.split(t.instead.watch)).toHaveLength(2);
    expect(all).not.toContain(t.instead.soundOnly);
  });

  it('doesn’t offer to join with audio if the microphone fails too', () => {
    expect(textOf(inState('busy'), fine, false)).toContain(t.instead.soundOnly);
    expect(textOf(inState('busy'), inState('denied'), false)).not.toContain(t.instead.soundOnly);
    expect(textOf(fine, inState('busy'), false)).not.toContain(t.instead.watch);
  });
});
