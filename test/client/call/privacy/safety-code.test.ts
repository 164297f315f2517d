import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SAFETY_EMOJI } from '../../../../src/client/call/privacy/emoji.ts';
import { safetyCodeOf } from '../../../../src/client/call/privacy/safety-code.ts';

const { subtle } = globalThis.crypto;
const fingerprint = (name: string) =>
  (createHash('sha256').update(name).digest('hex').toUpperCase().match(/../g) ?? []).join(':');
const [ANN, BOB, EVE] = ['ann', 'bob', 'eve'].map(fingerprint) as [string, string, string];

describe('a safety code', () => {
  it('has six pictures with names, and thirty digits in groups of five', async () => {
    const { emoji, digits } = await safetyCodeOf(subtle, [ANN, BOB]);
    expect(emoji).toHaveLength(6);
    for (const each of emoji) expect(SAFETY_EMOJI).toContainEqual(each);
    expect(digits).toMatch(/^\d{5}( \d{5}){5}$/);
  });

  it('is the same on both sides, however the fingerprints are written, and on every visit', async () => {
    const code = await safetyCodeOf(subtle, [ANN, BOB]);
    expect(await safetyCodeOf(subtle, [BOB, ANN])).toEqual(code);
    expect(await safetyCodeOf(subtle, [ANN.toLowerCase(), BOB])).toEqual(code);
  });

  it('differs if somebody sits in between', async () => {
    const [ann, bob] = await Promise.all([
      safetyCodeOf(subtle, [ANN, EVE]),
      safetyCodeOf(subtle, [EVE, BOB]),
    ]);
    expect(ann.digits).not.toBe(bob.digits);
    expect(ann.emoji).not.toEqual(bob.emoji);
  });
});

describe('the pictures', () => {
  it('are 64, each with a name of its own of one word', () => {
    expect(SAFETY_EMOJI).toHaveLength(64);
    expect(new Set(SAFETY_EMOJI.map(({ emoji }) => emoji)).size).toBe(64);
    expect(new Set(SAFETY_EMOJI.map(({ name }) => name)).size).toBe(64);
    for (const { name } of SAFETY_EMOJI) expect(name).toMatch(/^[a-z]+$/);
  });
});
