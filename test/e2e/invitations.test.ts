import { describe, expect, it } from 'vitest';
import { en } from '../../src/web/i18n/en.ts';
import { choose, hostCall, openPeople, waits } from '../support/browser/hosts.ts';
import { peopleOnServer } from '../support/browser/people.ts';
import type { Person } from '../support/browser/person.ts';

const t = en.rooms.invitations;
const PASSWORD = 'correct horse';

describe('hosts in the browser', () => {
  const { server, arrive } = peopleOnServer();

  /** Opens a dialog of the host controls. */
  async function open(person: Person, title: string) {
    await person.page.getByRole('button', { name: title, exact: true }).click();
    return person.page.getByRole('dialog', { name: title });
  }

  /** Makes an invitation with what `fill` sets, and returns its link. */
  async function invite({ page }: Person, fill: () => Promise<unknown> = async () => {}): Promise<string> {
    await page.getByRole('button', { name: t.make }).click();
    await fill();
    await page.getByRole('button', { name: t.create }).click();
    return page.getByLabel(t.made).inputValue();
  }

  it('[RM12] invite a guest by a link that is shown once, works once, and leaves the address bar', async () => {
    const ada = await arrive('Ada');
    const link = await hostCall(ada, server.url, { password: PASSWORD, waitingRoom: true });
    await openPeople(ada);
    const dialog = await open(ada, t.title);
    await dialog.getByText(t.none).waitFor();
    const url = await invite(ada, () => ada.page.getByLabel(t.uses).selectOption('1'));
    expect(url).toMatch(/\?invite=.+/);
    await ada.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await dialog.getByRole('button', { name: en.rooms.mine.copyLink }).click();
    await dialog.getByText(en.rooms.mine.copied).waitFor();
    expect(await ada.page.evaluate(() => navigator.clipboard.readText())).toBe(url);

    const ben = await arrive('Ben');
    await ben.page.goto(url);
    await ben.page.waitForURL(link);
    expect(await ben.page.getByLabel(en.lobby.password).count()).toBe(0);
    await ben.join(link);
    await ada.page.keyboard.press('Escape');
    await ada.sees('Ben');

    await open(ada, t.title);
    await dialog.getByText(t.usedOf(1, 1)).waitFor();
    await dialog.getByText(t.usedUp).waitFor();
    expect(await dialog.getByLabel(t.made).count()).toBe(0);

    const cem = await arrive('Cem');
    await cem.page.goto(url);
    await cem.page.waitForURL(link);
    await cem.tryToJoin(link);
    await cem.page.getByLabel(en.lobby.password).waitFor();
  });

  it('[RM12] say what an invitation gives, and revoke it', async () => {
    const ada = await arrive('Ada');
    const link = await hostCall(ada, server.url, { waitingRoom: true });
    await openPeople(ada);
    const dialog = await open(ada, t.title);
    const forHosts = await invite(ada, () => ada.page.getByRole('switch', { name: t.asHost }).click());
    const forGuests = await invite(ada, async () => {
      await ada.page.getByRole('switch', { name: t.skipKnock }).click();
      await ada.page.getByLabel(en.rooms.person.maySend.screen).uncheck();
    });
    await dialog.getByText(t.forHost).waitFor();
    await dialog.getByText(t.without(en.rooms.person.maySend.screen.toLowerCase())).waitFor();

    const ben = await arrive('Ben');
    await ben.page.goto(forHosts);
    await ben.join(link);
    await openPeople(ben);
    await ben.page.getByRole('switch', { name: en.rooms.all.lock }).waitFor();

    const cem = await arrive('Cem');
    await cem.page.goto(forGuests);
    await cem.tryToJoin(link);
    await waits(cem);
    await ben.page.getByRole('button', { name: en.rooms.knocks.admitOf('\u2068Cem\u2069') }).click();
    await cem.inCall();
    await cem.page.getByRole('button', { name: en.call.share }).click();
    await cem.page.getByText(en.rooms.notice.screenBlocked).waitFor();

    await dialog.locator('li', { hasText: t.forHost }).getByRole('button', { name: t.revoke }).click();
    await ada.page
      .getByRole('dialog', { name: t.revokeAsked })
      .getByRole('button', { name: t.revoke })
      .click();
    await dialog.getByText(t.forHost).waitFor({ state: 'detached' });
    const dora = await arrive('Dora');
    await dora.page.goto(forHosts);
    await dora.tryToJoin(link);
    await dora.page.getByText(en.failure.forbidden.title).waitFor();
  });

  it('[RM6] see whom they have blocked, and let them in again', async () => {
    const ada = await arrive('Ada');
    const link = await hostCall(ada, server.url);
    const ben = await arrive('Ben');
    await ben.join(link);
    await ada.sees('Ben');
    await choose(ada, 'Ben', en.rooms.person.block);
    await ada.page.getByRole('dialog').getByRole('button', { name: en.rooms.person.block }).click();
    await ben.page.getByText(en.ended.banned.text).waitFor();
    await openPeople(ada);
    const dialog = await open(ada, en.rooms.bans.title);
    await dialog.getByRole('button', { name: en.rooms.bans.liftOf('\u2068Ben\u2069') }).click();
    await dialog.getByText(en.rooms.bans.none).waitFor();
    await ben.page.goto(link);
    await ben.join(link);
  });
});
