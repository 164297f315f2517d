import { pick, type Random } from '../../src/load/random.ts';

/** Ids that exist on the fuzzed server. */
export interface Names {
  readonly peers: readonly string[];
  readonly users: readonly string[];
  readonly rooms: readonly string[];
  readonly messages: readonly string[];
  readonly knocks: readonly string[];
}

/** Texts that are known to break parsers. */
const NASTY = [
  '',
  'null',
  '-1',
  '0',
  '1e308',
  '9007199254740993',
  '"\\ud800"',
  '"__proto__"',
  '{"__proto__":{"polluted":true}}',
  '"from"',
  '"\\u0066rom":"me",',
  '[[[[[[[[',
  '{}',
  '"constructor"',
  '\u0000',
  '\u2028',
  '}',
  '"}',
  '\\',
];

/** Max levels of nesting, and characters, that a mutation adds. */
const DEEP = 3_000;
const LONG = 5_000;

/** @returns a valid frame of a random kind, with existing ids */
export function validFrame(
  random: Random,
  { peers, users, rooms, messages, knocks }: Names,
  id: number,
): string {
  const to = pick(random, peers);
  const userId = pick(random, users);
  const target = random() < 0.7 ? { to } : random() < 0.5 ? { userId } : {};
  const sdp = random() < 0.5 ? 'v=0\r\n' : { type: 'offer', sdp: 'v=0\r\n' };
  const media = { audio: random() < 0.5, video: random() < 0.5, screen: false };
  const candidate = { candidate: 'candidate:1 1 udp 1 192.0.2.1 9 typ host', sdpMid: '0' };
  const yes = random() < 0.5;
  const message = pick(random, messages);
  const knockId = pick(random, knocks);
  const kinds = yes ? ['audio', 'chat'] : ['audio', 'video', 'screen', 'chat'];
  const frames: readonly (() => readonly [string, unknown])[] = [
    () => ['room:join', { roomId: pick(random, rooms), userInfo: { name: 'ann' }, media }],
    () => [
      'room:join',
      { roomId: pick(random, rooms), ...(yes ? { invite: 'x'.repeat(43), password: 'x' } : {}) },
    ],
    () => ['room:join', { roomId: pick(random, rooms) }],
    () => ['room:leave', undefined],
    () => ['call:offer', { ...target, sdp, custom: 1.0 }],
    () => ['call:offer', { ...target, sdp, from: 'me', fromUserId: 'you' }],
    () => ['call:answer', { ...target, sdp }],
    () => ['call:ice', { ...target, candidate }],
    () => ['call:ice', { ...target, candidates: [candidate, null] }],
    () => ['call:hangup', { ...target, reason: 'user_hangup' }],
    () => ['media:state', media],
    () => ['speaking', { speaking: random() < 0.5 }],
    () => ['typing', { typing: random() < 0.5 }],
    () => ['room:data', { key: pick(random, NASTY), value: random() < 0.3 ? null : media }],
    () => ['hand', { raised: random() < 0.5, peerId: random() < 0.5 ? to : undefined }],
    () => ['react', { emoji: '👍' }],
    () => ['peer:update', { displayName: 'Ann', userInfo: { seat: 3 } }],
    () => ['room:kick', { peerId: to, ban: random() < 0.5 }],
    () => ['room:lock', { locked: random() < 0.5 }],
    () => ['room:mute', { peerId: to, kind: 'audio' }],
    () => ['room:close', {}],
    () => ['room:host', { peerId: to, host: yes }],
    () => ['room:send', { peerId: to, send: kinds }],
    () => ['room:admit', { knockId }],
    () => ['room:admit', { all: true }],
    () => ['room:refuse', { knockId }],
    () => ['chat', { message: `Hello ${id}`, ...(yes ? {} : { replyTo: message }) }],
    () => ['chat', { message: random() < 0.05 ? 'x'.repeat(2_001) : 'é', roomId: pick(random, rooms) }],
    () => ['chat:edit', { id: message, message: 'Better' }],
    () => ['chat:delete', { id: message }],
    () => ['chat:react', { id: message, emoji: pick(random, ['👍', '🎉', '❤️']), on: yes }],
    () => ['chat:clear', {}],
    () => ['session:ack', { seq: Math.floor(random() * 50) }],
    () => ['session:token', { token: userId }],
    () => ['session:bye', {}],
    () => ['ping', {}],
  ];
  const [event, payload] = pick(random, frames)?.() ?? ['ping', {}];
  return JSON.stringify(random() < 0.8 ? { event, id, payload } : { event, payload });
}

/** @returns the frame with one to four changes */
export function mutate(random: Random, frame: string, other: string): string {
  let text = frame;
  for (let changes = 1 + Math.floor(random() * 4); changes > 0; changes--) text = change(random, text, other);
  return text;
}

function change(random: Random, text: string, other: string): string {
  const at = Math.floor(random() * (text.length + 1));
  const end = Math.min(text.length, at + Math.floor(random() * 12));
  const [head, middle, tail] = [text.slice(0, at), text.slice(at, end), text.slice(end)];
  switch (Math.floor(random() * 9)) {
    case 0:
      return head + String.fromCharCode(Math.floor(random() * 128)) + text.slice(at + 1);
    case 1:
      return head + tail;
    case 2:
      return head + middle + middle + tail;
    case 3:
      return head;
    case 4:
      return head + other.slice(Math.floor(random() * other.length));
    case 5:
      return head + (pick(random, NASTY) ?? '') + tail;
    case 6:
      return text.replace(/\d+|true|false|"[^"]*"(?=[,}])/, () => pick(random, NASTY) ?? '');
    case 7:
      return random() < 0.02
        ? head + '[{"a":'.repeat(Math.floor(random() * DEEP)) + tail
        : head + middle + tail;
    default:
      return random() < 0.05 ? head + 'é'.repeat(Math.floor(random() * LONG)) + tail : text.toUpperCase();
  }
}
