import { describe, expect, it } from 'vitest';
import { pictureHeight } from '../../../../src/client/call/shown/picture-height.ts';

const size = (width: number, height: number) => ({ width, height });

describe('the height of a picture as drawn', () => {
  it.each([
    ['covers a box of its shape', 'cover', size(320, 180), size(1280, 720), 180],
    ['covers a square, cut at its sides', 'cover', size(300, 300), size(1280, 720), 300],
    ['covers a wide box, cut above and below', 'cover', size(640, 200), size(640, 480), 480],
    ['is contained in a square', 'contain', size(320, 320), size(1280, 720), 180],
    ['is contained in a wide box', 'contain', size(1000, 200), size(1280, 720), 200],
    ['is upright, and contained in a wide box', 'contain', size(640, 360), size(720, 1280), 360],
    ['is upright, and covers a wide box', 'cover', size(360, 180), size(720, 1280), 640],
    ['is scaled down', 'scale-down', size(320, 320), size(1280, 720), 180],
    ['fills a box of another shape', 'fill', size(640, 180), size(1280, 720), 360],
    ['isn’t known yet, and covers', 'cover', size(160, 160), size(0, 0), 160],
    ['isn’t known yet, and is contained', 'contain', size(160, 160), size(0, 0), 90],
    ['has no box', 'cover', size(0, 0), size(1280, 720), 0],
    ['has no height', 'contain', size(300, 0), size(0, 0), 0],
  ])('is measured if it %s', (_, fit, box, picture, height) => {
    expect(pictureHeight({ box, picture, fit, devicePixelRatio: 1 })).toBe(height);
    expect(pictureHeight({ box, picture, fit, devicePixelRatio: 2.5 })).toBe(height * 2.5);
  });

  it.each([
    ['has the size of its picture', 'fill', size(640, 360)],
    ['has its size but for rounding', 'contain', size(640, 361)],
    ['draws it pixel by pixel', 'none', size(200, 100)],
  ])('is not known from an element that %s', (_, fit, box) => {
    expect(pictureHeight({ box, picture: size(640, 360), fit, devicePixelRatio: 2 })).toBeUndefined();
  });
});
