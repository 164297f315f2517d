import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { CreateRoomRequest, GuestRequest } from '../../src/protocol/bodies.ts';
import { DisplayName, Password, PasswordAttempt } from '../../src/protocol/fields.ts';
import { jsonField, tidyName } from '../../src/protocol/names.ts';
import { RoomName } from '../../src/protocol/room-fields.ts';

const FAMILY = '\u{1F468}\u200D\u{1F469}\u200D\u{1F467}\u200D\u{1F466}';
/** \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645: a Persian word with a non-joiner in it. */
const PERSIAN = '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645';

const fine = [
  'Ann',
  'A',
  'Ann Lee',
  'Žofie',
  '李',
  'عمر',
  'שרה',
  PERSIAN,
  FAMILY,
  '\u{1F3F4}\u{E0067}\u{E007F}',
  '1\uFE0F\u20E3',
  'e\u0301',
];
const invisible: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['blanks', ' \t \u00a0\u3000'],
  ['zero-width characters', '\u200b\u200c\u200d\u2060\ufeff'],
  ['a soft hyphen', '\u00ad'],
  ['direction marks', '\u200e\u200f\u061c'],
  ['Hangul fillers', '\u3164\u115f\u1160\uffa0'],
  ['a braille blank', '\u2800'],
  ['variation selectors', '\ufe0f\u{E0100}'],
  ['tags', '\u{E0041}\u{E007F}'],
  ['a mark without a letter', '\u0301'],
];
const turning = ['\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069'];
const controls = [
  '\0',
  '\u0007',
  '\n',
  '\r',
  '\t',
  '\u001b',
  '\u007f',
  '\u0085',
  '\u009f',
  '\u2028',
  '\u2029',
  '\ud800',
  '\udfff',
];

describe.each([
  ['display name', DisplayName, 64, (name: string) => v.is(GuestRequest, { displayName: name })],
  ['room name', RoomName, 100, (name: string) => v.is(CreateRoomRequest, { name })],
] as const)('a %s', (_, schema, most, inBody) => {
  it.each(fine)('may be %s', (name) => {
    expect(v.parse(schema, name)).toBe(name);
    expect(inBody(name)).toBe(true);
  });

  it.each(invisible)('is not %s', (__, name) => {
    expect(v.is(schema, name)).toBe(false);
    expect(inBody(name)).toBe(false);
  });

  it('contains no control characters and none that change the direction of the surrounding text', () => {
    for (const character of [...turning, ...controls]) {
      expect(v.is(schema, `A${character}b`), JSON.stringify(character)).toBe(false);
    }
  });

  it('is trimmed and counted in code points', () => {
    expect(v.parse(schema, ' \n Ann \t')).toBe('Ann');
    expect(v.is(schema, '\u{1F600}'.repeat(most))).toBe(true);
    expect(v.is(schema, '\u{1F600}'.repeat(most + 1))).toBe(false);
    expect(v.is(schema, ` ${'x'.repeat(most)} `)).toBe(true);
  });
});

describe('a name that came with a token', () => {
  it('is cut down to one that people may choose', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const name = tidyName(text);
        expect(name === null || v.parse(DisplayName, name) === name).toBe(true);
      }),
    );
    for (const name of fine) expect(tidyName(name)).toBe(name);
    for (const [, name] of invisible) expect(tidyName(name)).toBeNull();
    for (const character of turning) expect(tidyName(`A${character}b`)).toBe('Ab');
  });
});

describe('a password', () => {
  it('is counted in code points too', () => {
    expect(v.is(Password, '\u{1F600}'.repeat(7))).toBe(false);
    expect(v.is(Password, '\u{1F600}'.repeat(8))).toBe(true);
    expect(v.is(Password, '\u{1F600}'.repeat(128))).toBe(true);
    expect(v.is(PasswordAttempt, '\u{1F600}'.repeat(128))).toBe(true);
    expect(v.is(PasswordAttempt, 'x'.repeat(129))).toBe(false);
  });
});

it('[RM1] counts the characters of JSON in code points, so that an emoji counts once', () => {
  const field = jsonField(10);
  for (const value of ['😀'.repeat(8), 'x'.repeat(8), null, false, [1, 2, 3]])
    expect(v.is(field, value)).toBe(true);
  for (const value of ['😀'.repeat(9), 'x'.repeat(9), 'x'.repeat(100)])
    expect(v.is(field, value)).toBe(false);
});
