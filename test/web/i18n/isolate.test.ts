import { describe, expect, it } from 'vitest';
import { en } from '../../../src/web/i18n/en.ts';
import { isolate } from '../../../src/web/i18n/isolate.ts';
import { ru } from '../../../src/web/i18n/ru.ts';

describe('a name in a sentence', () => {
  it.each([en, ru])('is isolated, whole and once, in every sentence that has one ($lang)', ({ call }) => {
    const name = isolate('מאיה');
    for (const words of [
      call.joined,
      call.left,
      call.sharesScreen,
      call.screenOf,
      call.muted,
      call.unmuted,
    ]) {
      expect(words(name).split('\u2068מאיה\u2069')).toHaveLength(2);
    }
  });
});
