import { expect, it } from 'vitest';
import { secretKeys } from '../../src/accounts/keys.ts';
import { mintToken } from '../../src/accounts/mint.ts';
import { en } from '../../src/web/i18n/en.ts';
import { ru } from '../../src/web/i18n/ru.ts';
import { enabledMicrophones, keepCaptures } from '../support/browser/page-media.ts';
import { peopleOnServer } from '../support/browser/people.ts';
import { SECRET } from '../support/server/accounts.ts';

const { server, arrive } = peopleOnServer({ JWT_SECRET: SECRET });

/** A backend that shares the server's secret. */
async function backend() {
  const keys = await secretKeys(SECRET);
  const minting = { keys, issuer: 'parley', audience: 'parley', now: Date.now(), lifetimeSeconds: 600 };
  const token = await mintToken({ sub: 'backend', role: 'service' }, minting);
  return async (method: string, path: string, body?: object) => {
    const headers = { Authorization: `Bearer ${token}` };
    const reply = await fetch(server.url + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect(reply.status).toBeLessThan(300);
    return reply.json();
  };
}

it.each([
  ['en', en],
  ['ru', ru],
] as const)(
  '[CT1] the page obeys a backend that mutes, and asks the person for more, in %s',
  async (lang, t) => {
    const ask = await backend();
    const { roomId } = await ask('POST', '/rooms', { name: 'Lesson' });
    const ada = await arrive('Ada', keepCaptures);
    await ada.page.goto(`${server.url}/connect/${roomId}?name=Ada&lang=${lang}&skipLobby`);
    await ada.page.getByRole('button', { name: t.call.mute }).waitFor();
    const state = async () => {
      const { items } = await ask('GET', `/rooms/${roomId}/participants`);
      return { userId: items[0].userId, media: items[0].media };
    };
    await expect.poll(async () => (await state()).media).toEqual({ audio: true, video: true, screen: false });
    const path = `/rooms/${roomId}/users/${(await state()).userId}/produce`;

    await ask('POST', path, { constraints: { audio: false } });
    await ada.page.getByText(t.call.turnedOff.audio).waitFor();
    await ada.page.getByRole('button', { name: t.call.unmute }).waitFor();
    expect(await ada.page.evaluate(enabledMicrophones)).toEqual([false]);

    await ask('POST', path, { constraints: { audio: true } });
    await ada.page.getByText(t.call.turnOnAsked.audio).waitFor();
    expect(await ada.page.evaluate(enabledMicrophones)).toEqual([false]);
    // The others are told what is sent in fact, until the person agrees.
    await expect.poll(async () => (await state()).media.audio).toBe(false);
    await ada.page.getByRole('button', { name: t.call.unmute }).click();
    await expect.poll(async () => (await state()).media.audio).toBe(true);
    expect(await ada.page.evaluate(enabledMicrophones)).toEqual([true]);

    await ask('DELETE', path);
    await ada.page.getByText(t.call.turnedOff.video).waitFor();
    await expect
      .poll(async () => (await state()).media)
      .toEqual({ audio: false, video: false, screen: false });
  },
);
