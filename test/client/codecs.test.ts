import { expect, it } from 'vitest';
import { firstCodecs, joinAll, pretendHardware, senders } from './support/codec-views.ts';
import { meetings } from './support/meeting.ts';
import type { SdkPage } from './support/sdk-page.ts';

const meeting = meetings();

/** @param hardware the codecs that MediaCapabilities calls power-efficient in this page */
async function come(name: string, hardware?: readonly string[]): Promise<SdkPage> {
  const person = await meeting.open(name);
  if (hardware !== undefined) await person.page.evaluate(pretendHardware, hardware);
  await person.join(meeting.roomId);
  return person;
}

it('sends sound with RED among the first four, and plain Opus between them and the fifth', async () => {
  const page = await meeting.open('ann');
  const names = ['ann', 'ben', 'cat', 'dan', 'eve'];
  await page.page.evaluate(joinAll, { roomId: meeting.roomId, names });
  await page.eventually(async () => {
    const codecs = await page.page.evaluate(firstCodecs);
    // Both ends of six pairs, and of four.
    expect(codecs.filter((codec) => codec === 'red')).toHaveLength(12);
    expect(codecs.filter((codec) => codec === 'opus')).toHaveLength(8);
  });
  expect(meeting.offers()).toHaveLength(10);
});

it('encodes with DTX and FEC, sound first, and says what each track is', async () => {
  const ann = await come('ann');
  const ben = await come('ben');
  await ben.receives(1);
  for (const person of [ann, ben]) {
    const [view] = await person.page.evaluate(senders);
    expect(view).toMatchObject({ audio: 'red', video: 'video/VP8', priority: 'high' });
    expect(view?.fmtp).toMatch(/usedtx=1/);
    expect(view?.fmtp).toMatch(/useinbandfec=1/);
    expect(view).toMatchObject({ hints: ['speech', 'motion'], degradation: ['maintain-resolution'] });
  }
  await ann.shareScreen();
  await ben.until('sees the screen', ([peer]) => peer?.screen === true && peer.stats.framesDecoded > 0);
  await ann.eventually(async () => {
    const [view] = await ann.page.evaluate(senders);
    expect(view?.screen).toBe('video/VP9');
    expect(view?.degradation).toEqual(['maintain-resolution', 'maintain-resolution']);
  });
  // The share is the only thing that was negotiated after the entry.
  expect(meeting.offers()).toHaveLength(2);
});

it.each([
  [['VP9', 'H264'], ['VP9'], 'video/VP9'],
  [['H264'], ['H264'], 'video/H264'],
  [['VP9'], ['H264'], 'video/VP8'],
  [['VP8', 'VP9'], ['VP8', 'VP9'], 'video/VP8'],
])('with hardware for %j here and %j there, both send %s', async (here, there, codec) => {
  const ann = await come('ann', here);
  const ben = await come('ben', there);
  await Promise.all([ann.receives(1), ben.receives(1)]);
  for (const person of [ann, ben]) {
    await person.eventually(async () => {
      expect((await person.page.evaluate(senders))[0]?.video).toBe(codec);
    });
  }
  expect(meeting.offers()).toHaveLength(1);
});

it('hears a microphone that comes late, and sees a camera, without another offer', async () => {
  const ann = await meeting.arrive('ann', { microphone: 'none', camera: false });
  const ben = await meeting.arrive('ben');
  await ann.until('connected', ([peer]) => peer?.connectionState === 'connected');
  await ann.changeMicrophone();
  await ann.setCamera(true);
  await ben.hears();
  await ben.receives(1);
  expect(meeting.offers()).toHaveLength(1);
});
