import { fork, type Random } from './random.ts';

/**
 * Signaling of realistic size: an offer with audio, camera and data channel, and the candidates of a machine with two
 * interfaces, STUN and TURN. The content is opaque to the server; only the bytes matter.
 */
export interface CallScript {
  /** About 3.5 KB. */
  offer(): string;
  /** About 2.5 KB. */
  answer(): string;
  /** Batches in the order of sending: host candidates, those from STUN and TURN, the end of candidates. */
  candidates(): readonly (readonly (Candidate | null)[])[];
}

export interface Candidate {
  readonly candidate: string;
  readonly sdpMid: string;
  readonly sdpMLineIndex: number;
  readonly usernameFragment: string;
}

/** @param random chooses ufrag, ports, fingerprint and SSRCs */
export function createScript(random: Random): CallScript {
  const own = fork(random);
  const ufrag = text(own, 4);
  const head = sessionPart(own, ufrag);
  const offer = `${head}${audioPart(own)}${videoPart(own, OFFERED_VIDEO)}${DATA_PART}`;
  const answer = `${head}${audioPart(own)}${videoPart(own, ANSWERED_VIDEO)}${DATA_PART}`;
  return {
    offer: () => offer,
    answer: () => answer,
    candidates: () => [hosts(own, ufrag), gathered(own, ufrag), [null]],
  };
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function text(random: Random, length: number): string {
  return Array.from({ length }, () => LETTERS[Math.floor(random() * LETTERS.length)]).join('');
}

function hex(random: Random, bytes: number): string {
  return Array.from({ length: bytes }, () =>
    Math.floor(random() * 256)
      .toString(16)
      .padStart(2, '0')
      .toUpperCase(),
  ).join(':');
}

function between(random: Random, min: number, max: number): number {
  return min + Math.floor(random() * (max - min + 1));
}

function lines(...all: readonly string[]): string {
  return all.map((line) => `${line}\r\n`).join('');
}

function sessionPart(random: Random, ufrag: string): string {
  return lines(
    'v=0',
    `o=- ${between(random, 1e15, 9e15)} 2 IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    'a=group:BUNDLE 0 1 2',
    'a=extmap-allow-mixed',
    'a=msid-semantic: WMS',
    `a=ice-ufrag:${ufrag}`,
    `a=ice-pwd:${text(random, 24)}`,
    'a=ice-options:trickle',
    `a=fingerprint:sha-256 ${hex(random, 32)}`,
    'a=setup:actpass',
  );
}

function audioPart(random: Random): string {
  const ssrc = between(random, 1e8, 4e9);
  return lines(
    'm=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126',
    'c=IN IP4 0.0.0.0',
    'a=mid:0',
    'a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level',
    'a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
    'a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
    'a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid',
    'a=sendrecv',
    `a=msid:- ${text(random, 36)}`,
    'a=rtcp-mux',
    'a=rtcp-rsize',
    'a=rtpmap:111 opus/48000/2',
    'a=rtcp-fb:111 transport-cc',
    'a=fmtp:111 minptime=10;useinbandfec=1',
    'a=rtpmap:63 red/48000/2',
    'a=fmtp:63 111/111',
    'a=rtpmap:9 G722/8000',
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:13 CN/8000',
    'a=rtpmap:110 telephone-event/48000',
    'a=rtpmap:126 telephone-event/8000',
    `a=ssrc:${ssrc} cname:${text(random, 16)}`,
  );
}

const OFFERED_VIDEO = ['96 VP8', '98 VP9', '102 H264', '104 H264', '106 H264', '45 AV1'];
const ANSWERED_VIDEO = ['96 VP8', '98 VP9', '102 H264'];

function videoPart(random: Random, codecs: readonly string[]): string {
  const types = codecs.flatMap((codec) => {
    const type = Number(codec.split(' ')[0]);
    return [type, type + 1];
  });
  const ssrc = between(random, 1e8, 4e9);
  return lines(
    `m=video 9 UDP/TLS/RTP/SAVPF ${types.join(' ')}`,
    'c=IN IP4 0.0.0.0',
    'a=mid:1',
    'a=extmap:14 urn:ietf:params:rtp-hdrext:toffset',
    'a=extmap:13 urn:3gpp:video-orientation',
    'a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay',
    'a=sendrecv',
    `a=msid:- ${text(random, 36)}`,
    'a=rtcp-mux',
    'a=rtcp-rsize',
    ...codecs.flatMap(codecLines),
    `a=ssrc-group:FID ${ssrc} ${ssrc + 1}`,
    `a=ssrc:${ssrc} cname:${text(random, 16)}`,
    `a=ssrc:${ssrc + 1} cname:${text(random, 16)}`,
  );
}

function codecLines(codec: string): string[] {
  const [type = '', name = ''] = codec.split(' ');
  return [
    `a=rtpmap:${type} ${name}/90000`,
    `a=rtcp-fb:${type} goog-remb`,
    `a=rtcp-fb:${type} transport-cc`,
    `a=rtcp-fb:${type} ccm fir`,
    `a=rtcp-fb:${type} nack`,
    `a=rtcp-fb:${type} nack pli`,
    ...(name === 'H264'
      ? [`a=fmtp:${type} level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f`]
      : []),
    `a=rtpmap:${Number(type) + 1} rtx/90000`,
    `a=fmtp:${Number(type) + 1} apt=${type}`,
  ];
}

const DATA_PART = lines(
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
  'c=IN IP4 0.0.0.0',
  'a=mid:2',
  'a=sctp-port:5000',
  'a=max-message-size:262144',
);

/** Public addresses are represented by documentation addresses (RFC 5737). */
function hosts(random: Random, ufrag: string): Candidate[] {
  return ['192.168.1.23', '10.8.0.6'].flatMap((address) => [
    candidate(random, ufrag, `udp 2122260223 ${address} ${between(random, 49_152, 65_535)} typ host`),
    candidate(random, ufrag, `tcp 1518280447 ${address} 9 typ host tcptype active`),
  ]);
}

function gathered(random: Random, ufrag: string): Candidate[] {
  const related = `raddr 192.168.1.23 rport ${between(random, 49_152, 65_535)}`;
  const port = between(random, 49_152, 65_535);
  return [
    candidate(random, ufrag, `udp 1686052607 203.0.113.57 ${port} typ srflx ${related}`),
    candidate(random, ufrag, `udp 41885695 198.51.100.9 ${port} typ relay raddr 203.0.113.57 rport ${port}`),
    candidate(random, ufrag, `udp 25108479 198.51.100.9 ${port} typ relay raddr 203.0.113.57 rport ${port}`),
  ];
}

function candidate(random: Random, ufrag: string, rest: string): Candidate {
  return {
    candidate: `candidate:${between(random, 1e8, 4e9)} 1 ${rest} generation 0 ufrag ${ufrag} network-id 1`,
    sdpMid: '0',
    sdpMLineIndex: 0,
    usernameFragment: ufrag,
  };
}
