import { expect, it } from 'vitest';
import { en } from '../../src/web/i18n/en.ts';
import { enabledMicrophones, keepCaptures } from '../support/browser/page-media.ts';
import { peopleOnServer } from '../support/browser/people.ts';

const { server, arrive } = peopleOnServer();

it('a microphone muted in the lobby stays muted in the call until it is unmuted', async () => {
  const ben = await arrive('Ben');
  const link = await ben.startCall(server.url);
  await ben.join(link);
  const ada = await arrive('Ada', keepCaptures);
  await ada.page.goto(link);
  await ada.page.locator('.preview video[data-shape=landscape]').waitFor();
  await ada.page.getByRole('button', { name: en.call.mute }).click();
  await ada.join(link);
  await ben.seesMuted('Ada', true);
  expect(await ada.page.evaluate(enabledMicrophones)).toEqual([false]);
  await ada.unmute();
  await ben.seesMuted('Ada', false);
  expect(await ada.page.evaluate(enabledMicrophones)).toEqual([true]);
  await ben.hearsAndSees(1);
});
