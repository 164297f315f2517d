import { describe, expect, it } from 'vitest';
import { colourOf, initialsOf } from '../../../src/web/components/avatar.tsx';

describe('initials', () => {
  it.each([
    ['Maya Lindqvist', 'ML'],
    ['Ирина Петровна Соколова', 'ИС'],
    ['ken', 'K'],
    ['Adaeze Okafor-Whitfield', 'AW'],
    ['周明', '周'],
    ['  ', ''],
    ['🙂', '🙂'],
    ['👩‍👩‍👧‍👦 🏳️‍🌈', '👩‍👩‍👧‍👦'],
    ['🇺🇦', '🇺🇦'],
    ['🎸 Ann', 'A'],
    ['---', ''],
    ['', ''],
  ])('of "%s" are "%s"', (name, initials) => {
    expect(initialsOf(name)).toBe(initials);
  });

  it('have a colour that depends only on the name', () => {
    expect(colourOf('k1')).toBe(colourOf('k1'));
    expect(new Set(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(colourOf)).size).toBeGreaterThan(4);
  });
});
