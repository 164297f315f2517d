import { describe, expect, it } from 'vitest';
import { withVoiceCoding } from '../../../../src/client/call/sdp/opus.ts';
import type { TrackKind } from '../../../../src/client/index.ts';

const audio = (mid: string, ...lines: string[]): string[] => [
  'm=audio 9 UDP/TLS/RTP/SAVPF 111 63 0',
  `a=mid:${mid}`,
  'a=rtpmap:111 opus/48000/2',
  ...lines,
  'a=rtpmap:63 red/48000/2',
  'a=fmtp:63 111/111',
  'a=x-unknown:  kept as it is ;',
];
const head = ['v=0', 'o=- 1 2 IN IP4 127.0.0.1', 's=-', 'a=fmtp:111 no media here'];
const text = (...lines: string[]): string => `${lines.join('\r\n')}\r\n`;
const kinds = (entries: Record<string, TrackKind>) => new Map(Object.entries(entries));

describe('Opus in a description', () => {
  it.each<[name: string, before: string[], after: string[]]>([
    [
      'gets DTX and FEC',
      ['a=fmtp:111 minptime=10;useinbandfec=1'],
      ['a=fmtp:111 minptime=10;usedtx=1;useinbandfec=1'],
    ],
    [
      'keeps what Firefox says',
      ['a=fmtp:111 maxplaybackrate=48000;stereo=1;useinbandfec=1'],
      ['a=fmtp:111 maxplaybackrate=48000;stereo=1;usedtx=1;useinbandfec=1'],
    ],
    ['has both switched on', ['a=fmtp:111 usedtx=0; UseInbandFec=0'], ['a=fmtp:111 usedtx=1;useinbandfec=1']],
    ['gets a line if it has none', [], ['a=fmtp:111 usedtx=1;useinbandfec=1']],
    ['gets parameters if its line is empty', ['a=fmtp:111 '], ['a=fmtp:111 usedtx=1;useinbandfec=1']],
  ])('%s', (_, before, after) => {
    const sdp = (lines: string[]) => text(...head, ...audio('0', ...lines));
    expect(withVoiceCoding(sdp(before), new Map())).toBe(sdp(after));
  });

  it('stays as it is on the m-line of a screen, and everywhere but for a microphone', () => {
    const fmtp = 'a=fmtp:111 minptime=10';
    const voice = 'a=fmtp:111 minptime=10;usedtx=1;useinbandfec=1';
    const video = ['m=video 9 UDP/TLS/RTP/SAVPF 111', 'a=mid:1', 'a=rtpmap:111 opus/90000', fmtp];
    const sdp = (first: string, second: string) =>
      text(...head, ...audio('0', first), ...video, ...audio('2', second));
    expect(withVoiceCoding(sdp(fmtp, fmtp), kinds({ 0: 'microphone', 1: 'camera', 2: 'screenAudio' }))).toBe(
      sdp(voice, fmtp),
    );
    expect(withVoiceCoding(sdp(fmtp, fmtp), kinds({ 0: 'screenAudio', 2: 'microphone' }))).toBe(
      sdp(fmtp, voice),
    );
    // A peer that names nothing: the first is the microphone.
    expect(withVoiceCoding(sdp(fmtp, fmtp), new Map())).toBe(sdp(voice, fmtp));
  });

  it.each([
    ['nothing', ''],
    ['no media', text(...head)],
    ['another codec', text('m=audio 9 RTP/AVP 0', 'a=rtpmap:0 PCMU/8000')],
    ['lone line feeds and no last break', 'm=video 9 X 1\na=fmtp:1 x\na=y'],
  ])('%s is left byte for byte', (_, sdp) => {
    expect(withVoiceCoding(sdp, new Map())).toBe(sdp);
  });

  it('is the same after a second time', () => {
    const once = withVoiceCoding(text(...head, ...audio('0'), ...audio('1', 'a=fmtp:111 a=1')), new Map());
    expect(withVoiceCoding(once, new Map())).toBe(once);
  });

  it('keeps the kind of line breaks', () => {
    expect(withVoiceCoding('m=audio 9 X 1\na=rtpmap:1 OPUS/48000/2\na=fmtp:1 a=b', new Map())).toBe(
      'm=audio 9 X 1\na=rtpmap:1 OPUS/48000/2\na=fmtp:1 a=b;usedtx=1;useinbandfec=1',
    );
  });
});
