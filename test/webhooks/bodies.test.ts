import * as v from 'valibot';
import { expect, it } from 'vitest';
import { MESSAGE_CHARACTERS } from '../../src/protocol/chat-events.ts';
import { METADATA_CHARACTERS } from '../../src/protocol/limits.ts';
import {
  BIO_CHARACTERS,
  CUSTOM_STATUS_CHARACTERS,
  DISPLAY_NAME_CHARACTERS,
  ROOM_NAME_CHARACTERS,
} from '../../src/protocol/names.ts';
import { webhookEvents } from '../../src/protocol/webhook-events.ts';
import { ask, minted } from '../over-the-wire/hosting.ts';
import { startStage } from '../over-the-wire/stage.ts';
import { cheapPasswords, SECRET as JWT_SECRET } from '../support/server/accounts.ts';
import { until } from '../support/until.ts';
import { SECRET, said, startReceiver } from './receiver.ts';

/** Bytes that a body stays under [CT5]. */
const BODY_BYTES = 20_000;
/** Four bytes of UTF-8, one character. */
const FACE = '😀';
/** Six bytes of JSON, one character. */
const CONTROL = '\u0001';

it('[CT5] the largest bodies that people can make stay under 20,000 bytes', async () => {
  const receiver = await startReceiver();
  const settings = { WEBHOOK_URLS: receiver.url(), WEBHOOK_SECRET: SECRET, JWT_SECRET };
  const stage = await startStage(settings, { passwords: cheapPasswords() });
  const displayName = FACE.repeat(DISPLAY_NAME_CHARACTERS);
  const owner = await minted(stage, { sub: CONTROL.repeat(255), name: displayName });
  // Its quotes are two of the characters.
  const metadata = FACE.repeat(METADATA_CHARACTERS - 2);
  const reply = await ask(stage, 'POST', '/rooms', owner, {
    name: FACE.repeat(ROOM_NAME_CHARACTERS),
    metadata,
  });
  expect(reply.status).toBe(201);
  const { room } = await reply.json();
  const tooMuch = await ask(stage, 'PATCH', `/rooms/${room.id}`, owner, { metadata: `${metadata}x` });
  expect(tooMuch.status).toBe(400);
  // Escapes are characters of the JSON: as many of them fit as its length allows.
  const escaped = CONTROL.repeat(Math.floor((METADATA_CHARACTERS - 2) / 6));
  expect((await ask(stage, 'PATCH', `/rooms/${room.id}`, owner, { metadata: escaped })).status).toBe(200);
  await owner.inside(room.id);
  const message = `${CONTROL.repeat(MESSAGE_CHARACTERS - 1)}x`;
  const sent = await ask(stage, 'POST', `/rooms/${room.id}/chat`, owner, { message });
  expect(sent.status).toBe(201);

  const guest = await stage.guest(displayName);
  const profile = {
    bio: FACE.repeat(BIO_CHARACTERS),
    customStatus: FACE.repeat(CUSTOM_STATUS_CHARACTERS),
    avatarUrl: `https://a/${CONTROL.repeat(2_038)}`,
  };
  expect((await ask(stage, 'PATCH', `/users/${guest.userId}`, guest, profile)).status).toBe(200);
  const account = { email: 'ada@example.org', password: 'correct horse' };
  expect((await ask(stage, 'POST', '/auth/register', guest, account)).ok).toBe(true);

  const types = [
    'room.created',
    'room.updated',
    'participant.joined',
    'chat.message',
    'user.registered',
  ] as const;
  await until(() => receiver.received.length === types.length);
  const bytes = new Map(receiver.received.map((one) => [said(one).type, Buffer.byteLength(one.body)]));
  expect([...bytes.keys()].sort()).toEqual([...types].sort());
  for (const [type, size] of bytes) expect([type, size < BODY_BYTES]).toEqual([type, true]);
  // These come near: a longer field would not go unnoticed.
  expect(bytes.get('room.created')).toBeGreaterThan(0.9 * BODY_BYTES);
  for (const one of receiver.received) {
    const { type, data } = said(one);
    const schema = webhookEvents[type as keyof typeof webhookEvents];
    expect(v.parse(schema, data)).toEqual(data);
  }
});
