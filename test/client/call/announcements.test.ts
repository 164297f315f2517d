import { describe, expect, it } from 'vitest';
import { Announcements } from '../../../src/client/call/announcements.ts';
import { Emitter } from '../../../src/client/signaling/emitter.ts';
import type { CallEvents, RemotePeer } from '../../../src/client/types.ts';

describe('announcements', () => {
  it('[CT4] [CT6] [RM6] are reported as they come: a message, the end of the room, the wish to be muted', () => {
    const emitter = new Emitter<CallEvents>();
    const ben = { peerId: 'ben' } as RemotePeer;
    const announcements = new Announcements({ emitter, peers: () => new Map([['ben', ben]]) });
    const heard: unknown[] = [];
    emitter.on('message', (data) => heard.push(data));
    emitter.on('ending', (at) => heard.push(at));
    emitter.on('muterequest', (kind, from) => heard.push(kind, from));
    announcements.handle({
      event: 'room:message',
      re: undefined,
      payload: { data: { bell: true }, from: 'service' },
    });
    announcements.handle({ event: 'room:ending', re: undefined, payload: { atMs: 1_767_225_600_000 } });
    const asked = { from: 'ben', fromUserId: 'ben', kind: 'audio' } as const;
    announcements.handle({ event: 'room:mute', re: undefined, payload: asked });
    announcements.handle({ event: 'pong', re: undefined, payload: { serverTime: '' } });
    expect(heard).toEqual([{ bell: true }, new Date('2026-01-01T00:00:00.000Z'), 'audio', ben]);
  });
});
