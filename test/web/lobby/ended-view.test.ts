import { describe, expect, it } from 'vitest';
import { en } from '../../../src/web/i18n/en.ts';
import { wayBackText } from '../../../src/web/lobby/ended-view.tsx';

describe('the way back into a call', () => {
  it.each([
    [86_400, '1 day'],
    [172_799, '47 hours'],
    [172_800, '2 days'],
    [5_400, '90 minutes'],
    [60, '1 minute'],
    [90, '90 seconds'],
  ])('[RM5] is promised for %i s, as %s', (emptySeconds, words) => {
    expect(wayBackText({ persistent: false, emptySeconds }, en)).toBe(en.ended.stays(words));
  });

  it('[RM5] is promised only while somebody is there, if the room ends with the last one', () => {
    expect(wayBackText({ persistent: false, emptySeconds: 0 }, en)).toBe(en.ended.left.text);
  });

  it('[RM5] is promised without limit if the room is persistent', () => {
    expect(wayBackText({ persistent: true, emptySeconds: 0 }, en)).toBe(en.ended.lasts);
  });
});
