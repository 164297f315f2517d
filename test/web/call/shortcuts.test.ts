import { describe, expect, it } from 'vitest';
import { type KeyPress, SHORTCUTS, shortcutFor } from '../../../src/web/call/shortcuts.ts';

function press(code: string, more: Partial<KeyPress> = {}): KeyPress {
  return { code, key: '', modified: false, shift: false, typing: false, onControl: false, ...more };
}

describe('shortcuts', () => {
  it.each([
    ['KeyM', 'mute'],
    ['KeyV', 'camera'],
    ['KeyS', 'screen'],
    ['KeyD', 'details'],
    ['KeyC', 'chat'],
    ['KeyH', 'hand'],
    ['KeyR', 'react'],
    ['KeyL', 'layout'],
    ['KeyP', 'people'],
    ['Space', 'talk'],
  ])('%s means %s', (code, action) => {
    expect(shortcutFor(press(code))).toBe(action);
  });

  it('go by the physical key under a Russian layout', () => {
    expect(shortcutFor(press('KeyM', { key: 'ь' }))).toBe('mute');
    expect(shortcutFor(press('Slash', { key: ',', shift: true }))).toBe('help');
    expect(shortcutFor(press('Digit7', { key: '?', shift: true }))).toBe('help');
  });

  it.each([
    ['AZERTY', 'Semicolon', 'm', 'mute'],
    ['AZERTY', 'KeyM', ',', null],
    ['Dvorak', 'KeyM', 'm', 'mute'],
    ['Dvorak', 'Period', 'v', 'camera'],
    ['Dvorak', 'Semicolon', 's', 'screen'],
    ['Dvorak', 'KeyH', 'd', 'details'],
    ['Dvorak', 'KeyV', 'k', null],
    ['Dvorak', 'KeyS', 'o', null],
    ['Colemak', 'KeyD', 's', 'screen'],
    ['QWERTY with Caps Lock', 'KeyM', 'M', 'mute'],
    ['Russian', 'KeyV', 'м', 'camera'],
    ['Greek', 'KeyD', 'δ', 'details'],
    ['Hebrew', 'KeyS', 'ד', 'screen'],
    ['Arabic', 'KeyM', 'ة', 'mute'],
    ['a Japanese input method', 'KeyM', 'Process', 'mute'],
    ['Czech', 'Digit2', 'ě', null],
  ])('under %s, the key at %s that types %s means %s', (_, code, key, action) => {
    expect(shortcutFor(press(code, { key }))).toBe(action);
  });

  it.each([
    ['German', '_'],
    ['Dvorak', 'Z'],
    ['AZERTY', '§'],
  ])('don’t open the help for another character on the question mark’s key under %s', (_, key) => {
    expect(shortcutFor(press('Slash', { key, shift: true }))).toBeNull();
  });

  it.each(['KeyM', 'KeyV', 'KeyS', 'KeyD', 'Space', 'Slash'])(
    '%s does nothing while somebody types',
    (code) => {
      expect(shortcutFor(press(code, { typing: true, key: '?' }))).toBeNull();
    },
  );

  it("leave the browser's own combinations alone", () => {
    expect(shortcutFor(press('KeyS', { modified: true }))).toBeNull();
    expect(shortcutFor(press('KeyM', { shift: true }))).toBeNull();
  });

  it('leave the space bar to a control focused by keyboard', () => {
    expect(shortcutFor(press('Space', { onControl: true }))).toBeNull();
    expect(shortcutFor(press('KeyM', { onControl: true }))).toBe('mute');
  });

  it('ignore other keys', () => {
    expect(shortcutFor(press('KeyQ', { key: 'q' }))).toBeNull();
  });

  it('are listed in the help, each once', () => {
    const actions = SHORTCUTS.map(({ action }) => action);
    const expected = ['mute', 'camera', 'screen', 'talk', 'hand', 'react', 'chat', 'people', 'layout'];
    expect(new Set(actions)).toEqual(new Set([...expected, 'details', 'help']));
    expect(actions).toHaveLength(11);
  });
});
