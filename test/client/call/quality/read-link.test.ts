import { describe, expect, it } from 'vitest';
import { readLink } from '../../../../src/client/call/quality/read-link.ts';
import { recorded, reportOf } from './reports.ts';

const NO_KINDS = { sent: new Map(), received: new Map() };

describe('a reading of a connection', () => {
  it('has what Chromium reports', () => {
    const { report, kinds } = recorded('chromium');
    const { sent, received, ...link } = readLink(report, kinds);
    expect(link).toEqual({
      atMs: 1795884437236.007,
      path: 'direct',
      protocol: 'udp',
      roundTripMs: 2,
      pairId: 'CPtobRcNV/_9XANSQNj',
      bytesSent: 227_743,
      bytesReceived: 197_252,
      availableOutgoingBitsPerSecond: 5_236_800,
    });
    expect([...sent.keys()].sort()).toEqual(['camera', 'microphone', 'screen']);
    expect(sent.get('camera')).toEqual({
      bytes: 165_325 + 7_762,
      packets: 222,
      frames: 119,
      keyFrames: 1,
      width: 320,
      height: 240,
      framesPerSecond: 20,
      limitedBy: 'none',
      codec: 'VP8',
      efficient: false,
      lost: 0,
      lostFraction: 0,
      roundTripMs: expect.closeTo(1.205),
      reportedAtMs: 1795884437152.421,
    });
    expect(sent.get('screen')).toMatchObject({ width: 400, height: 300, framesPerSecond: 15 });
    expect(sent.get('microphone')).toMatchObject({ codec: 'opus', height: null, limitedBy: null });
    expect(received).toEqual(
      new Map([
        ['microphone', expect.objectContaining({ samples: 288_480, concealedSamples: 1_964, codec: 'opus' })],
        [
          'camera',
          {
            bytes: 148_564 + 9_258,
            packets: 211,
            lost: 0,
            jitterMs: 1,
            codec: 'VP8',
            framesReceived: 117,
            framesDecoded: 116,
            framesDropped: 0,
            keyFrames: 1,
            width: 320,
            height: 240,
            framesPerSecond: 20,
            freezes: 0,
            freezeSeconds: 0,
            samples: 0,
            concealedSamples: 0,
          },
        ],
      ]),
    );
  });

  it('has what Firefox reports, and null or 0 for the rest', () => {
    const { report, kinds } = recorded('firefox');
    const { sent, received, ...link } = readLink(report, kinds);
    expect(link).toMatchObject({
      path: 'direct',
      protocol: 'udp',
      // Its pair says 0: this is of the peer's reports.
      roundTripMs: 1,
      bytesSent: 193_203,
      bytesReceived: 180_750,
      availableOutgoingBitsPerSecond: null,
    });
    expect(sent.get('camera')).toMatchObject({
      frames: 178,
      keyFrames: 0,
      height: 240,
      limitedBy: null,
      codec: 'VP8',
      efficient: null,
      lostFraction: 0,
      roundTripMs: 1,
    });
    expect(sent.get('screen')).toMatchObject({ height: 225 });
    expect(sent.get('microphone')).toMatchObject({ roundTripMs: null, lost: 0 });
    expect(received.get('camera')).toMatchObject({ framesDecoded: 178, framesDropped: 1, height: 240 });
    expect(received.get('microphone')).toMatchObject({ jitterMs: 5, concealedSamples: 1_008 });
  });

  it.each(['chromium', 'firefox'] as const)('knows the kinds of %s by their tracks too', (browser) => {
    const { report, kinds } = recorded(browser, ['mid']);
    const { sent, received } = readLink(report, kinds);
    const whole = readLink(recorded(browser).report, kinds);
    expect([...received]).toEqual([...whole.received]);
    // Firefox names no source of what it sends.
    if (browser === 'chromium') expect([...sent]).toEqual([...whole.sent]);
  });

  it('leaves out what is of no kind that it knows', () => {
    const { report } = recorded('chromium');
    expect(readLink(report, NO_KINDS)).toMatchObject({
      sent: new Map(),
      received: new Map(),
      path: 'direct',
    });
  });

  it('bears what isn’t as the standard says', () => {
    const report = reportOf(
      { id: 'a', type: 'inbound-rtp', mid: '0', packetsReceived: 'many' },
      { id: 'b', type: 'outbound-rtp', mid: '0', qualityLimitationReason: 'moon', bytesSent: 7 },
      { id: 't', type: 'transport', selectedCandidatePairId: 'nowhere' },
      { id: 'p', type: 'candidate-pair' },
    );
    const kinds = new Map([['0', 'camera' as const]]);
    const { sent, received, path } = readLink(report, { sent: kinds, received: kinds });
    expect(sent.get('camera')).toMatchObject({ bytes: 7, limitedBy: null, lost: null, codec: null });
    expect([received.size, path]).toEqual([0, null]);
  });
});
