import { describe, expect, it } from 'vitest';
import { withCodecFirst } from '../../../../src/client/call/sdp/codec-order.ts';

const sdp = (first: string, second: string): string =>
  [
    'v=0',
    `m=video 9 UDP/TLS/RTP/SAVPF ${first}`,
    'a=mid:1',
    'a=rtpmap:96 VP8/90000',
    'a=rtpmap:97 rtx/90000',
    'a=rtpmap:98 VP9/90000',
    'a=rtpmap:100 vp9/90000',
    'a=fmtp:100 profile-id=2',
    `m=video 9 UDP/TLS/RTP/SAVPF ${second}`,
    'a=mid:2',
    'a=rtpmap:96 VP8/90000',
    'a=rtpmap:98 VP9/90000',
    '',
  ].join('\r\n');

describe('the order of the codecs in an offer', () => {
  it.each([
    ['VP9', ['1'], '98 100 96 97', '96 98'],
    ['vp9', ['1', '2'], '98 100 96 97', '98 96'],
    ['VP8', ['1'], '96 97 98 100', '96 98'],
    ['H264', ['1', '2'], '96 97 98 100', '96 98'],
    ['VP9', ['0', '9'], '96 97 98 100', '96 98'],
    ['VP9', [], '96 97 98 100', '96 98'],
  ])('%s first on the m-lines %j', (codec, mids, first, second) => {
    expect(withCodecFirst(sdp('96 97 98 100', '96 98'), new Set(mids), codec)).toBe(sdp(first, second));
  });
});
