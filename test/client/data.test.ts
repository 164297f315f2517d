import { describe, expect, it } from 'vitest';
import type { SdkWindow } from './support/in-page.ts';
import { meetings } from './support/meeting.ts';
import type { SdkPage } from './support/sdk-page.ts';

const meeting = meetings();

interface DataWindow extends SdkWindow {
  messages?: string[];
  closing?: number;
}

/** Keeps what comes by `call.on('data')`. */
async function listen({ page }: SdkPage): Promise<void> {
  await page.evaluate(() => {
    const own: DataWindow = window;
    const messages: string[] = [];
    own.messages = messages;
    own.call?.on('data', ({ topic, data, from }) =>
      messages.push(`${from.displayName} ${topic} ${JSON.stringify(data)}`),
    );
  });
}

async function arrive(name: string): Promise<SdkPage> {
  const person = await meeting.arrive(name, { camera: false, microphone: 'none' });
  await listen(person);
  return person;
}

/** Resolves with how sending ended: `sent`, or the error's code. */
function send({ page }: SdkPage, topic: string, data: unknown, to?: string): Promise<string> {
  return page.evaluate(
    async ([theTopic, theData, user]) => {
      const own: DataWindow = window;
      const peers = [...(own.call?.peers.values() ?? [])].filter(({ userId }) => userId === user);
      try {
        await own.call?.send(theTopic, theData, user === undefined ? {} : { to: peers });
        return 'sent';
      } catch (error) {
        return error instanceof Error && 'code' in error ? String(error.code) : String(error);
      }
    },
    [topic, data, to] as const,
  );
}

const got = ({ page }: SdkPage): Promise<string[]> =>
  page.evaluate(() => {
    const own: DataWindow = window;
    return [...(own.messages ?? [])];
  });

const hears = (person: SdkPage, expected: string[]): Promise<void> =>
  person.eventually(async () => expect(await got(person)).toEqual(expected));

describe('messages between peers', () => {
  it('go to all, or to some, between three who send no media', async () => {
    const [ann, ben, cem] = [await arrive('ann'), await arrive('ben'), await arrive('cem')];
    expect(await send(ann, 'pointer', { x: 1 })).toBe('sent');
    expect(await send(ann, 'secret', 'for ben', 'ben')).toBe('sent');
    expect(await send(cem, 'answer', null)).toBe('sent');
    await hears(ben, ['ann pointer {"x":1}', 'ann secret "for ben"', 'cem answer null']);
    await hears(cem, ['ann pointer {"x":1}']);
    await hears(ann, ['cem answer null']);
  });

  it('cost no negotiation', async () => {
    const [ann, ben] = [await arrive('ann'), await arrive('ben')];
    await send(ann, 'one', 1);
    await send(ben, 'two', 2);
    await send(ann, 'three', 3);
    await hears(ben, ['ann one 1', 'ann three 3']);
    await hears(ann, ['ben two 2']);
    expect(meeting.offers()).toHaveLength(1);
  });

  it('begin on both sides at once, whatever crosses', async () => {
    const [ann, ben] = [await arrive('ann'), await arrive('ben')];
    await ann.until('connected', ([peer]) => peer?.connectionState === 'connected');
    meeting.server.holdOffers();
    expect(await Promise.all([send(ann, 'a', 1), send(ben, 'b', 2)])).toEqual(['sent', 'sent']);
    await hears(ann, ['ben b 2']);
    await hears(ben, ['ann a 1']);
  });

  it('go on in a resumed session, in a new one, and to a peer who comes back', async () => {
    const [ann, ben] = [await arrive('ann'), await arrive('ben')];
    await send(ann, 'first', 1);
    meeting.server.cut();
    expect(await send(ann, 'cut', 2)).toBe('sent');
    await hears(ben, ['ann first 1', 'ann cut 2']);
    meeting.server.forget();
    expect(await send(ann, 'lost', 3)).toBe('sent');
    await hears(ben, ['ann first 1', 'ann cut 2', 'ann lost 3']);
    meeting.server.forget();
    await ben.go();
    const again = await arrive('ben');
    await again.until('connected', ([peer]) => peer?.connectionState === 'connected');
    expect(await send(ann, 'again', 4)).toBe('sent');
    await hears(again, ['ann again 4']);
  });

  it('slow their sender down rather than fill its memory, and come whole and in order', async () => {
    const [ann, ben] = [await arrive('ann'), await arrive('ben')];
    const most = await ann.page.evaluate(async () => {
      const own: DataWindow = window;
      let buffered = 0;
      const { send: sendRaw } = RTCDataChannel.prototype;
      RTCDataChannel.prototype.send = function (this: RTCDataChannel, frame: string) {
        sendRaw.call(this, frame as never);
        buffered = Math.max(buffered, this.bufferedAmount);
      } as never;
      for (let part = 0; part < 128; part += 1) await own.call?.send('part', `${part}:${'x'.repeat(16_000)}`);
      return buffered;
    });
    expect(most).toBeLessThanOrEqual(262_144);
    await ben.eventually(async () => expect(await got(ben)).toHaveLength(128));
    expect((await got(ben)).map((each) => Number(/part "(\d+):/.exec(each)?.[1]))).toEqual([
      ...Array(128).keys(),
    ]);
  });

  it('are refused at once for a peer who takes none, and reach the others', async () => {
    const ann = await arrive('ann');
    const ben = await arrive('ben');
    const bare = await meeting.open('bare');
    await bare.joinBare(meeting.roomId, { offers: true, asObject: false });
    await ann.until('two others', (peers) => peers.length === 2);
    expect(await send(ann, 'hello', 1)).toBe('unsupported');
    await hears(ben, ['ann hello 1']);
    expect(await send(ann, 'hello', 2, 'ben')).toBe('sent');
  });

  it('are dropped if they are none, and channels that a hostile peer opens are closed', async () => {
    const ann = await meeting.open('ann');
    await ann.page.evaluate(() => {
      const own: DataWindow = window;
      const { createDataChannel } = RTCPeerConnection.prototype;
      RTCPeerConnection.prototype.createDataChannel = function (label, options) {
        if (label !== 'parley') return createDataChannel.call(this, label, options);
        own.closing = 0;
        for (let each = 0; each < 20; each += 1) {
          createDataChannel.call(this, `flood ${each}`).onclose = () => {
            own.closing = (own.closing ?? 0) + 1;
          };
        }
        const channel = createDataChannel.call(this, label, options);
        channel.addEventListener('open', () => {
          channel.send('hello');
          channel.send(new ArrayBuffer(100));
          channel.send(JSON.stringify({ topic: 'long', data: 'x'.repeat(100_000) }));
          channel.send(JSON.stringify({ topic: 'x'.repeat(65), data: 1 }));
        });
        return channel;
      };
    });
    await ann.join(meeting.roomId, { camera: false, microphone: 'none' });
    await listen(ann);
    const ben = await arrive('ben');
    expect(await send(ann, 'good', 1)).toBe('sent');
    await hears(ben, ['ann good 1']);
    await ann.eventually(async () => {
      expect(await ann.page.evaluate('closing')).toBe(20);
    });
    expect(await send(ben, 'still', 'there')).toBe('sent');
    await hears(ann, ['ben still "there"']);
    expect(await ben.heard()).toEqual([]);
  });
});
