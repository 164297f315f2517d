import { describe, expect, it } from 'vitest';
import type { RtcConstructor } from '../../src/client/call/connection-factory.ts';
import { openClient, type Platform } from '../../src/client/client.ts';
import type { Client, ConnectOptions } from '../../src/client/types.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { FakeLine, promised } from './signaling/wire.ts';

const OPTIONS: ConnectOptions = { baseUrl: 'http://test', token: 'jwt' };

function platform(fields: Partial<Platform> = {}) {
  const lines: FakeLine[] = [];
  const clock = new FakeClock();
  const WebSocket = class extends FakeLine {
    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      lines.push(this);
    }
  };
  const all: Platform = {
    clock,
    random: () => 0.5,
    WebSocket,
    RTCPeerConnection: () => undefined,
    onWake: () => () => {},
    ...fields,
  };
  return { all, clock, lines, WebSocket };
}

/** A client whose session is live, and the server's side of it. */
async function live(fields: Partial<Platform> = {}): Promise<{ client: Client; line: FakeLine }> {
  const { all, clock, lines } = platform(fields);
  const opening = openClient(OPTIONS, all);
  clock.advance(0);
  await promised();
  const [line] = lines;
  if (line === undefined) throw new Error('nothing was dialled');
  line.welcome();
  return { client: await opening, line };
}

describe('a runtime without WebSocket', () => {
  it('is named, with what to pass, before anything is tried', async () => {
    const { all } = platform({ WebSocket: undefined });
    await expect(openClient(OPTIONS, all)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('connect({ WebSocket'),
    });
  });

  it('takes the one that is passed', async () => {
    const { all, clock, lines, WebSocket } = platform();
    const opening = openClient({ ...OPTIONS, WebSocket }, { ...all, WebSocket: undefined });
    clock.advance(0);
    await promised();
    lines[0]?.welcome();
    await expect(opening).resolves.toMatchObject({ state: 'live' });
  });
});

describe('a browser without WebRTC', () => {
  const refusing = class {
    constructor() {
      throw new DOMException('not allowed', 'NotAllowedError');
    }
  } as unknown as RtcConstructor;

  it.each([undefined, refusing])(
    'is told at join (%s), and does not enter: nobody sees a ghost',
    async (found) => {
      const { client, line } = await live({ RTCPeerConnection: () => found });
      await expect(client.join('room')).rejects.toMatchObject({ code: 'unsupported' });
      expect(line.sent).toEqual([]);
      // Nothing of the first try is in the way of the next.
      await expect(client.join('room')).rejects.toMatchObject({ code: 'unsupported' });
    },
  );
});
