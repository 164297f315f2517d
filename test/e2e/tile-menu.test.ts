import { describe, expect, it } from 'vitest';
import { en } from '../../src/web/i18n/en.ts';
import { focusByKey, hostCall, openPeople } from '../support/browser/hosts.ts';
import { peopleOnServer } from '../support/browser/people.ts';
import type { Person } from '../support/browser/person.ts';

const t = en.rooms.person;

describe('a host with a keyboard only', () => {
  const { server, arrive } = peopleOnServer();

  /** Opens the menu of the only other tile and chooses an item. */
  async function choose(person: Person, item: string): Promise<void> {
    const { keyboard } = person.page;
    await focusByKey(person, 'Tab', '.tile .person-menu > .round');
    await keyboard.press('Enter');
    const wanted = person.page.getByRole('menuitem', { name: item, exact: true });
    await wanted.waitFor();
    const id = 'wanted-item';
    await wanted.evaluate((element, name) => {
      element.id = name;
    }, id);
    await focusByKey(person, 'ArrowDown', `#${id}`);
    await keyboard.press('Enter');
    await person.page.getByRole('menu').waitFor({ state: 'detached' });
  }

  /** Ada hosts, Ben is inside. */
  async function two() {
    const ada = await arrive('Ada');
    const link = await hostCall(ada, server.url);
    const ben = await arrive('Ben');
    await ben.join(link);
    await ada.sees('Ben');
    return { ada, ben, link };
  }

  it('[RM6] asks to mute, to stop the camera and to stop sharing', async () => {
    const { ada, ben } = await two();
    await choose(ada, t.mute);
    await ben.page.getByText(en.call.muteAsked.audio).waitFor();
    await ada.seesMuted('Ben', true);
    await choose(ada, t.stopCamera);
    await ben.page.getByText(en.call.muteAsked.video).waitFor();
    await ben.page.getByRole('button', { name: en.call.cameraOn }).waitFor();
    await ben.shareScreen();
    await ada.seesScreens(1);
    await choose(ada, t.stopShare);
    await ben.page.getByText(en.call.muteAsked.screen).waitFor();
    await ada.seesScreens(0);
  });

  it('[RM6] makes somebody host, ends it, puts them out and blocks them', async () => {
    const { ada, ben, link } = await two();
    await choose(ada, t.makeHost);
    await ben.page.getByText(en.rooms.notice.nowHost).waitFor();
    await choose(ada, t.endHost);
    await ben.page.getByText(en.rooms.notice.noHost).waitFor();
    await choose(ada, t.remove);
    await confirm(ada, t.remove);
    await ben.page.getByText(en.ended.kicked.text).waitFor();
    await ben.page.getByRole('button', { name: en.ended.rejoin }).click();
    await ben.inCall();
    await ada.sees('Ben');
    await choose(ada, t.block);
    await confirm(ada, t.block);
    await ben.page.getByText(en.ended.banned.text).waitFor();
    await ben.page.goto(link);
    await ben.tryToJoin(link);
    await ben.page.getByText(en.failure.banned.text).waitFor();
  });

  it('closes a question of the people panel with Escape, and not the panel', async () => {
    const { ada } = await two();
    await openPeople(ada);
    await focusByKey(ada, 'Tab', '.people-panel .person-menu > .round');
    await ada.page.keyboard.press('Enter');
    await ada.page.getByRole('menuitem', { name: t.remove, exact: true }).waitFor();
    await ada.page.keyboard.press('End');
    await ada.page.keyboard.press('Enter');
    const question = ada.page.getByRole('dialog');
    await question.waitFor();
    await ada.page.keyboard.press('Escape');
    await question.waitFor({ state: 'detached' });
    expect(await ada.page.locator('.people-panel').count()).toBe(1);
  });

  /** Answers the question with the button, not the one that closes it. */
  async function confirm(person: Person, answer: string): Promise<void> {
    const button = person.page.getByRole('dialog').getByRole('button', { name: answer });
    await button.waitFor();
    await button.evaluate((element) => {
      element.id = 'wanted-answer';
    });
    await focusByKey(person, 'Tab', '#wanted-answer');
    await person.page.keyboard.press('Enter');
  }
});
