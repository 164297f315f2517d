import { describe, expect, it } from 'vitest';
import { createViewSettings, nextSpeaker } from '../../../src/web/call/view-settings.ts';
import { createPrefs } from '../../../src/web/prefs.ts';
import { memoryStorage } from '../fakes.ts';

const people = (speaking: string) =>
  ['a', 'b', 'c'].map((key) => ({ key, speaking: speaking.includes(key) }));

describe('the speaker', () => {
  it.each([
    ['nobody has spoken yet: the first', null, '', 'a'],
    ['somebody speaks', null, 'b', 'b'],
    ['others speak too: whoever was the speaker', 'b', 'abc', 'b'],
    ['the speaker is silent and somebody else speaks', 'b', 'c', 'c'],
    ['all are silent: whoever spoke last', 'b', '', 'b'],
    ['the speaker has left', 'x', '', 'a'],
  ])('%s', (_, current, speaking, expected) => {
    expect(nextSpeaker(current, people(speaking))).toBe(expected);
  });

  it('is nobody in an empty call', () => {
    expect(nextSpeaker('a', [])).toBeNull();
  });
});

describe('the view', () => {
  it('is remembered for the next call, but not who was pinned', () => {
    const prefs = createPrefs(memoryStorage());
    const view = createViewSettings(prefs);
    expect([view.layout.value, view.hidesSelf.value, view.mirrors.value]).toEqual(['grid', false, true]);
    view.setLayout('speaker');
    view.setHidesSelf(true);
    view.setMirrors(false);
    view.togglePin('a');
    const next = createViewSettings(prefs);
    expect([next.layout.value, next.hidesSelf.value, next.mirrors.value]).toEqual(['speaker', true, false]);
    expect(next.pinned.value).toBeNull();
  });

  it('has one pin, which choosing a layout takes out', () => {
    const view = createViewSettings(createPrefs(memoryStorage()));
    view.togglePin('a');
    view.togglePin('b');
    expect(view.pinned.value).toBe('b');
    view.togglePin('b');
    expect(view.pinned.value).toBeNull();
    view.togglePin('a');
    view.setLayout('grid');
    expect(view.pinned.value).toBeNull();
  });
});
