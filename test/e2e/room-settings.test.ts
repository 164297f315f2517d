import { describe, expect, it } from 'vitest';
import { en } from '../../src/web/i18n/en.ts';
import { openPeople } from '../support/browser/hosts.ts';
import { peopleOnServer } from '../support/browser/people.ts';

const t = en.rooms.fields;

describe('the settings of a call in the browser', () => {
  const { server, arrive } = peopleOnServer();

  it('[RM5] are chosen at the start, and can be changed later', async () => {
    const ada = await arrive('Ada');
    const { page } = ada;
    await page.goto(server.url);
    await page.getByText(en.home.options, { exact: true }).click();
    await page.getByLabel(en.home.name).fill('Math');
    await page.getByLabel(en.home.max).fill('4');
    // As whoever goes on to the next field does; `selectOption` takes no focus.
    await page.keyboard.press('Tab');
    await page.getByLabel(t.chat, { exact: true }).selectOption('since_join');
    await page.getByText(t.chatHints.since_join).waitFor();
    await page.getByRole('switch', { name: t.relayOnly }).click();
    await page.getByRole('button', { name: en.home.start }).click();
    // This server has no relay that could hide addresses.
    await page.getByText(en.failure.no_relay.title).waitFor();
    await page.getByRole('switch', { name: t.relayOnly }).click();
    await page.getByRole('button', { name: en.home.start }).click();
    await page.waitForURL('**/connect/*');
    await ada.join(page.url());
    await openPeople(ada);
    const settings = page.getByRole('dialog', { name: en.rooms.all.settings });
    const open = () => page.getByRole('button', { name: en.rooms.all.settings }).click();
    const isOn = (name: string) => settings.getByRole('switch', { name }).getAttribute('aria-checked');
    await open();
    expect(await settings.getByLabel(en.home.name).inputValue()).toBe('Math');
    expect(await settings.getByLabel(en.home.max).inputValue()).toBe('4');
    expect(await settings.getByLabel(t.chat, { exact: true }).inputValue()).toBe('since_join');
    expect(await isOn(t.waitingRoom)).toBe('false');

    await settings.getByLabel(en.home.name).fill('Physics');
    await settings.getByLabel(en.home.password, { exact: true }).fill('correct horse');
    await settings.getByLabel(en.home.max).fill('5');
    await page.keyboard.press('Tab');
    await settings.getByLabel(t.chat, { exact: true }).selectOption('none');
    await settings.getByRole('switch', { name: t.waitingRoom }).click();
    await settings.getByRole('button', { name: t.save }).click();
    await settings.waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: 'Physics' }).waitFor();
    await open();
    await settings.getByText(t.passwordSet).waitFor();
    expect(await settings.getByLabel(en.home.max).inputValue()).toBe('5');
    expect(await settings.getByLabel(t.chat, { exact: true }).inputValue()).toBe('none');
    expect(await isOn(t.waitingRoom)).toBe('true');
  });
});
