import { describe, expect, it } from 'vitest';
import {
  bitRateText,
  limitText,
  lossText,
  pathText,
  pictureText,
} from '../../../../src/web/call/details/stats-text.ts';
import { details as en } from '../../../../src/web/i18n/en-details.ts';
import { details as ru } from '../../../../src/web/i18n/ru-details.ts';

const PATH = { path: 'direct', protocol: 'udp' } as const;
const PICTURE = { bitsPerSecond: 300_000, width: 640, height: 360, framesPerSecond: 23.6 };

describe('connection stats', () => {
  it.each([
    [null, ''],
    [0, '0 kbit/s'],
    [64_400, '64 kbit/s'],
    [999_400, '999 kbit/s'],
    [999_600, '1.0 Mbit/s'],
    [2_345_678, '2.3 Mbit/s'],
  ])('%s bits a second read as "%s"', (rate, words) => {
    expect(bitRateText(rate, en)).toBe(words);
  });

  it('use the decimal comma in Russian', () => {
    expect(bitRateText(2_345_678, ru)).toBe('2,3 Мбит/с');
    expect(lossText({ camera: { lost: 0.0123 } }, ru)).toBe('потеряно 1,2 %');
  });

  it('say whether a path is direct or relayed, and over which transport', () => {
    expect(pathText(PATH, en)).toBe('Direct, over UDP');
    expect(pathText({ path: 'relayed', protocol: 'tls' }, en)).toBe('Relayed, over TLS');
    expect(pathText({ ...PATH, protocol: null }, en)).toBe('Direct');
    expect(pathText({ ...PATH, path: null }, en)).toBe('No connection yet');
    expect(pathText(null, en)).toBe('No connection yet');
  });

  it.each([
    ['nothing is known', {}, ''],
    ['the browser does not tell', { camera: { lost: null } }, ''],
    ['nothing is lost', { camera: { lost: 0 }, microphone: { lost: null } }, '0 % lost'],
    ['a little is lost', { camera: { lost: 0.001 }, microphone: { lost: 0.004 } }, '0.4 % lost'],
    ['much is lost', { camera: { lost: 0.126 }, microphone: { lost: 0 } }, '13 % lost'],
  ])('give the loss of the kind that loses the most: %s', (_, kinds, text) => {
    expect(lossText(kinds, en)).toBe(text);
  });

  it.each([
    ['a picture', PICTURE, '640 × 360, 24 fps'],
    ['one whose frame rate is not told', { ...PICTURE, framesPerSecond: null }, '640 × 360'],
    ['one before its first frame', { ...PICTURE, width: null, height: null, framesPerSecond: null }, ''],
    ['one that is not sent', { ...PICTURE, bitsPerSecond: 0, framesPerSecond: 0 }, 'Not sent right now'],
    ['one that stands still', { ...PICTURE, framesPerSecond: 0 }, '640 × 360, 0 fps'],
  ])('describe %s', (_, picture, text) => {
    expect(pictureText(picture, en)).toBe(text);
  });

  it.each([
    [null, ''],
    ['none', ''],
    ['cpu', 'Reduced because your device is busy'],
    ['bandwidth', 'Reduced because the connection is slow'],
    ['other', 'Reduced by the browser'],
  ] as const)('say in words what limits a picture: %s', (limitedBy, text) => {
    expect(limitText({ limitedBy }, en)).toBe(text);
  });
});
