import { describe, expect, it } from 'vitest';
import type { PeerStats } from '../../../src/client/index.ts';
import { bitRateText, pathText } from '../../../src/web/call/stats-text.ts';
import { en } from '../../../src/web/i18n/en.ts';
import { ru } from '../../../src/web/i18n/ru.ts';

const STATS: PeerStats = {
  path: 'direct',
  protocol: 'udp',
  roundTripMs: 12,
  sendBitsPerSecond: null,
  receiveBitsPerSecond: null,
  framesDecoded: 0,
  screenFramesDecoded: 0,
  totalSamplesReceived: 0,
  packetsLost: 0,
  sent: {},
  received: {},
};

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
  });

  it('say whether a path is direct or relayed, and over which transport', () => {
    expect(pathText(STATS, en)).toBe('Direct, over UDP');
    expect(pathText({ ...STATS, path: 'relayed', protocol: 'tls' }, en)).toBe('Relayed, over TLS');
    expect(pathText({ ...STATS, protocol: null }, en)).toBe('Direct');
    expect(pathText({ ...STATS, path: null }, en)).toBe('No connection yet');
    expect(pathText(null, en)).toBe('No connection yet');
  });
});
