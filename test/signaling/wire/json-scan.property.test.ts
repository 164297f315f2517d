import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf } from '../../../src/lib/ascii.ts';
import { JsonScan } from '../../../src/signaling/wire/json-scan.ts';

/** JSON, and near misses: texts with characters removed, inserted or repeated. */
const scrap = fc.constantFrom(
  ...'{}[]:,"\\ \t\n\r0123456789+-.eEtrufalsn\u0000\u001f\u007fé€😀',
  '\\u00e',
  '\\x',
);
const nearlyJson = fc
  .tuple(
    fc.oneof(fc.json({ maxDepth: 3 }), fc.json({ maxDepth: 1, stringUnit: 'binary' }), numberText()),
    fc.array(fc.tuple(fc.nat(), fc.nat(2), fc.oneof(scrap, fc.constant(''))), { maxLength: 3 }),
    fc.constantFrom(0, 1),
  )
  .map(([json, changes, spaced]) =>
    changes.reduce(
      (text, [at, gone, scrapText]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + scrapText + text.slice(place + gone);
      },
      spaced === 1 ? JSON.stringify(JSON.parse(json), null, 1) : json,
    ),
  );

function numberText(): fc.Arbitrary<string> {
  const digits = fc.stringMatching(/^\d{0,4}$/);
  return fc
    .tuple(
      fc.constantFrom('', '-', '+'),
      digits,
      fc.constantFrom('', '.'),
      digits,
      fc.constantFrom('', 'e', 'E+', 'e-'),
      digits,
    )
    .map((parts) => parts.join(''))
    .filter(isJson);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** One scan for all texts: the rest of an earlier, longer text must not be read as part of a later one. */
const scan = new JsonScan(200_000);

function scanOf(text: string | Uint8Array): JsonScan {
  expect(scan.begin(Buffer.from(text))).toBe(true);
  return scan;
}

/** Whether the whole text is one value, with no whitespace around it. */
function takesAll(text: string | Uint8Array): boolean {
  const begun = scanOf(text);
  return begun.takeValue() && begun.atEnd;
}

describe('JsonScan.takeValue', () => {
  it('takes what JSON.parse takes, and nothing else', () => {
    let [valid, invalid] = [0, 0];
    fc.assert(
      fc.property(nearlyJson, (text) => {
        // Lone surrogates become U+FFFD in UTF-8, as they do on a socket.
        const sent = Buffer.from(text).toString();
        const expected = sent === sent.trim() && isJson(sent);
        if (expected) valid += 1;
        else invalid += 1;
        expect(takesAll(sent)).toBe(expected);
      }),
      { numRuns: 20_000 },
    );
    expect(Math.min(valid, invalid), 'both were seen').toBeGreaterThan(2_000);
  });

  it('finds every byte that ends or breaks a string, wherever it stands', () => {
    for (let length = 0; length < 20; length += 1) {
      for (let place = 0; place <= length; place += 1) {
        for (let byte = 0; byte < 256; byte += 1) {
          const bytes = Buffer.from(`"${'a'.repeat(length + 1)}"`);
          bytes[place + 1] = byte;
          const breaks = byte < 0x20 || byte === 0x22 || byte === 0x5c;
          expect(takesAll(bytes), `${byte} at ${place} of ${length}`).toBe(!breaks);
        }
      }
    }
  });

  it('takes a value that is followed by more, and says where it ended', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 2 }), fc.constantFrom(',', ']', '}', ' ', '\n'), (json, behind) => {
        const bytes = Buffer.from(json + behind);
        expect(scanOf(bytes).takeValue()).toBe(true);
        expect(scan.at).toBe(bytes.length - 1);
      }),
    );
  });

  it('is right about part of a larger buffer', () => {
    const bytes = Buffer.from('["abcdefgh"]');
    expect(takesAll(bytes.subarray(1, -1))).toBe(true);
    expect(takesAll(bytes.subarray(1, -2)), 'the quote lies outside').toBe(false);
  });

  it('refuses what is nested more than 64 deep', () => {
    const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
    expect(takesAll(nested(64))).toBe(true);
    expect(takesAll(nested(65))).toBe(false);
    expect(takesAll(`${'{"a":'.repeat(64)}1${'}'.repeat(64)}`)).toBe(true);
    expect(takesAll(`${'{"a":'.repeat(65)}1${'}'.repeat(65)}`)).toBe(false);
    expect(takesAll('['.repeat(100_000))).toBe(false);
  });
});

describe('JsonScan', () => {
  it('passes nothing where something else comes', () => {
    scanOf('"a\\u0041":1');
    expect([scan.take(bytesOf('"b')), scan.takeName(), scan.takeCount(3)]).toEqual([false, false, 0]);
    expect(scan.at).toBe(0);
    expect(scan.take(bytesOf('"a\\u0041":1,'))).toBe(false);
  });

  it('passes names without escapes, with their colon', () => {
    scanOf('"näme":"value"');
    expect([scan.takeName(), scan.takeValue(), scan.atEnd]).toEqual([true, true, true]);
    expect(scanOf('"name" :1').takeName()).toBe(false);
    expect(scanOf('"name').takeName()).toBe(false);
  });

  it.each([
    ['1,', 1],
    ['987,', 987],
    ['0,', 0],
    ['07,', 0],
    ['1234,', 0],
    ['-1,', 0],
    [',', 0],
    ['', 0],
  ])('takes a count of at most three digits: %s', (text, count) => {
    expect(scanOf(text).takeCount(3)).toBe(count);
  });

  it.each([
    ['"abc"', true],
    ['"abc",', true],
    ['"abcd"', false],
    ['"ab"', false],
    ['"abc', false],
    ['"aBc"', false],
    ['abc', false],
    ['', false],
  ])('takes a string that is known: %s', (text, taken) => {
    scanOf('"abc"'.repeat(9));
    expect(scanOf(text).takeText('abc')).toBe(taken);
    expect(scan.at).toBe(taken ? 5 : 0);
  });

  it('sees nothing behind the end of a text, though an earlier one was longer', () => {
    for (const text of ['"abc', '"abc\\', '"abc\\u00', '"abc\\r\\', '[1', '{"a":', '-', '1e', 'tru']) {
      scanOf(`${text}n","b":1}]2e345","`);
      expect(takesAll(text), text).toBe(false);
    }
  });

  it('takes texts up to its size, and no longer ones', () => {
    const small = new JsonScan(8);
    expect(small.begin(Buffer.from('"abcdef"'))).toBe(true);
    expect(small.takeValue() && small.atEnd).toBe(true);
    expect(Buffer.from(small.part(1, 7)).toString()).toBe('abcdef');
    expect(small.begin(Buffer.from('"abcdefg"'))).toBe(false);
  });
});
