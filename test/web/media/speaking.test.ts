import { describe, expect, it } from 'vitest';
import { createSpeakingDetector, loudnessOf } from '../../../src/web/media/speaking.ts';

const tone = (amplitude: number) => Array.from({ length: 1_000 }, (_, i) => amplitude * Math.sin(i));

describe('loudness', () => {
  it('is 0 for silence and for inaudible sound', () => {
    expect(loudnessOf(tone(0))).toBe(0);
    expect(loudnessOf(tone(0.0005))).toBe(0);
  });

  it('grows with the amplitude, up to 1', () => {
    expect(loudnessOf(tone(0.01))).toBeGreaterThan(0.2);
    expect(loudnessOf(tone(0.1))).toBeGreaterThan(loudnessOf(tone(0.01)));
    expect(loudnessOf(tone(1))).toBe(1);
  });
});

describe('the speaking detector', () => {
  it('starts at a loud moment, and lasts through the pauses of a sentence', () => {
    const speaks = createSpeakingDetector();
    expect(speaks(0.1, 0)).toBe(false);
    expect(speaks(0.6, 100)).toBe(true);
    expect(speaks(0, 600)).toBe(true);
    expect(speaks(0, 900)).toBe(false);
  });

  it('neither starts nor stops between its two levels', () => {
    const speaks = createSpeakingDetector();
    expect(speaks(0.3, 0)).toBe(false);
    expect(speaks(0.5, 100)).toBe(true);
    expect(speaks(0.3, 700)).toBe(true);
    expect(speaks(0.3, 1_300)).toBe(true);
    expect(speaks(0.1, 2_100)).toBe(false);
    expect(speaks(0.3, 2_200)).toBe(false);
  });
});
