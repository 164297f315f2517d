import { afterEach, describe, expect, it } from 'vitest';
import { en } from '../../src/web/i18n/en.ts';
import { launchDoomedBrowser } from '../support/browser/browser.ts';
import { choose, hostCall, openPeople, waits } from '../support/browser/hosts.ts';
import { peopleOnServer } from '../support/browser/people.ts';
import { Person } from '../support/browser/person.ts';

const t = en.rooms;

describe('a host in the browser', () => {
  const { server, arrive } = peopleOnServer();
  const kills: (() => Promise<void>)[] = [];
  afterEach(async () => {
    await Promise.all(kills.splice(0).map((kill) => kill()));
  });

  const host = (person: Person, options = {}) => hostCall(person, server.url, options);

  it('[KN2] [KN3] two hosts see the same three who wait, admit one, refuse one, and admit the rest', async () => {
    const ada = await arrive('Ada');
    const link = await host(ada);
    const ben = await arrive('Ben');
    await ben.join(link);
    await ada.sees('Ben');
    await choose(ada, 'Ben', t.person.makeHost);
    await ben.page.getByText(t.notice.nowHost).waitFor();
    await openPeople(ada);
    await ada.page.getByRole('switch', { name: t.all.waitingRoom }).click();
    await ada.page.locator('[role=switch][aria-checked=true]:not([aria-busy=true])').waitFor();
    const names = ['Cem', 'Dora', 'Eve'];
    const waiting: Person[] = [];
    for (const name of names) {
      const person = await arrive(name);
      await person.tryToJoin(link);
      await waits(person);
      waiting.push(person);
    }
    const [cem, dora, eve] = waiting;
    await ben.page.getByText(t.knocks.more(3)).waitFor();
    expect(await ben.page.title()).toMatch(/^\(3\) /);
    await openPeople(ben);
    for (const person of [ada, ben])
      await expect
        .poll(() => person.page.locator('.knocks .who').allTextContents())
        .toEqual(names.map(guest));
    await ben.page.getByRole('button', { name: t.knocks.admitOf('\u2068Cem\u2069') }).click();
    await cem?.inCall();
    await ada.page.getByRole('button', { name: t.knocks.refuseOf('\u2068Dora\u2069') }).click();
    await dora?.page.getByText(en.failure.knock_refused.title).waitFor();
    await ada.page.getByRole('button', { name: t.knocks.admitOf('\u2068Eve\u2069') }).click();
    await eve?.inCall();
    // The button that had the focus is gone, and the focus is still in the panel.
    await expect
      .poll(() => ada.page.evaluate(() => document.activeElement?.closest('.side-panel') !== null))
      .toBe(true);
    await Promise.all(
      [ada, ben].map((person) => person.page.locator('.knocks').waitFor({ state: 'detached' })),
    );
    expect(await ada.page.title()).not.toMatch(/^\(/);
  });

  it('[KN3] two hosts see three who wait, hear one knock, admit one, and then all at once', async () => {
    const ada = await arrive('Ada', countTones);
    const link = await host(ada);
    const ben = await arrive('Ben', countTones);
    await ben.join(link);
    await ada.sees('Ben');
    await choose(ada, 'Ben', t.person.makeHost);
    await ben.page.getByText(t.notice.nowHost).waitFor();
    await openPeople(ada);
    await ada.page.getByRole('switch', { name: t.all.waitingRoom }).click();
    await ada.page.locator('[role=switch][aria-checked=true]:not([aria-busy=true])').waitFor();
    const waiting: Person[] = [];
    for (const name of ['Cem', 'Dora', 'Eve']) {
      const person = await arrive(name);
      await person.tryToJoin(link);
      await waits(person);
      waiting.push(person);
    }
    const [cem, dora, eve] = waiting;
    for (const { page } of [ada, ben]) await expect.poll(() => page.title()).toMatch(/^\(3\) /);
    await ben.page.getByText(t.knocks.more(3)).waitFor();
    await ada.page.getByRole('button', { name: t.knocks.admitOf('\u2068Cem\u2069') }).click();
    await cem?.inCall();
    await ben.page.getByText(t.knocks.more(2)).waitFor();
    expect(await ben.page.title()).toMatch(/^\(2\) /);
    await openPeople(ben);
    await ben.page.getByRole('button', { name: t.knocks.admitAll }).click();
    await Promise.all([dora?.inCall(), eve?.inCall()]);
    for (const { page } of [ada, ben]) {
      await page.locator('.knocks').waitFor({ state: 'detached' });
      expect(await page.title()).not.toMatch(/^\(/);
      // The two tones of one knock, though three came.
      expect(await page.evaluate(tonesPlayed)).toBe(2);
    }
  });

  it('[KN5] who stops waiting is back in the lobby, and gone from the list', async () => {
    const ada = await arrive('Ada');
    const link = await host(ada, { waitingRoom: true });
    const ben = await arrive('Ben');
    await ben.tryToJoin(link);
    await waits(ben);
    await ada.page.locator('.knocking').waitFor();
    await ben.page.getByRole('button', { name: t.waiting.leave }).click();
    await ben.page.getByRole('button', { name: en.lobby.join }).waitFor();
    await ada.page.locator('.knocking').waitFor({ state: 'detached' });
  });

  it('[RM6] who was removed can come back, and who was blocked only under another login', async () => {
    const ada = await arrive('Ada');
    const link = await host(ada);
    const ben = await arrive('Ben');
    await ben.join(link);
    await ada.sees('Ben');
    await choose(ada, 'Ben', t.person.remove);
    await ada.page.getByRole('dialog').getByRole('button', { name: t.person.remove }).click();
    await ben.page.getByText(en.ended.kicked.text).waitFor();
    await ben.page.getByRole('button', { name: en.ended.rejoin }).click();
    await ben.inCall();
    await ada.sees('Ben');
    await choose(ada, 'Ben', t.person.block);
    await ada.page.getByRole('dialog').getByRole('button', { name: t.person.block }).click();
    await ben.page.getByText(en.ended.banned.text).waitFor();
    await ben.page.goto(link);
    await ben.tryToJoin(link);
    await ben.page.getByText(en.failure.banned.text).waitFor();
    const again = await arrive('Ben');
    await again.join(link);
    await ada.sees('Ben');
  });

  it('[RM6] a locked call lets nobody in until it is unlocked', async () => {
    const ada = await arrive('Ada');
    const link = await host(ada);
    await openPeople(ada);
    const lock = ada.page.getByRole('switch', { name: t.all.lock });
    await lock.click();
    await ada.page.getByText(en.call.locked).waitFor();
    const ben = await arrive('Ben');
    await ben.tryToJoin(link);
    await ben.page.getByText(en.failure.room_locked.title).waitFor();
    await lock.click();
    await ben.page.getByText(en.lobby.canJoin).waitFor();
    await ben.page.getByRole('button', { name: /^Join the call/ }).click();
    await ben.inCall();
  });

  it('[RM6] mutes everyone, limits what one may send, and ends the call for all', async () => {
    const ada = await arrive('Ada');
    const link = await host(ada);
    const ben = await arrive('Ben');
    await ben.join(link);
    await ada.sees('Ben');
    await openPeople(ada);
    await ada.page.getByRole('button', { name: t.all.mute }).click();
    await ben.page.getByText(en.call.muteAsked.audio).waitFor();
    await ada.seesMuted('Ben', true);
    await ada.page.locator('.people-panel .person-menu > .round').click();
    await ada.page.getByRole('menuitemcheckbox', { name: t.person.maySend.audio }).click();
    await ada.page.locator('[role=menuitemcheckbox][aria-checked=false]').waitFor();
    await ada.page.keyboard.press('Escape');
    await ben.unmute();
    await ben.page.getByText(t.notice.audioBlocked).waitFor();
    await ada.seesMuted('Ben', true);
    await ada.page.getByRole('button', { name: t.all.end }).click();
    await ada.page.getByRole('button', { name: t.all.endConfirm, exact: true }).click();
    await ben.page.getByText(en.ended.room_closed.text).waitFor();
  });

  it('[RM6] whose browser was killed is host again when back', async () => {
    const { browser, kill } = await launchDoomedBrowser();
    kills.push(kill);
    const ada = await Person.arrive(browser, { name: 'Ada' });
    const link = await host(ada);
    const storage = await ada.page.context().storageState();
    const ben = await arrive('Ben');
    await ben.join(link);
    await ben.sees('Ada');
    await kill();
    const next = await launchDoomedBrowser();
    kills.push(next.kill);
    const context = await next.browser.newContext({
      storageState: storage,
      permissions: ['camera', 'microphone'],
    });
    const page = await context.newPage();
    await page.goto(link);
    await page.getByLabel(en.lobby.name).fill('Ada');
    await page.getByRole('button', { name: /^Join the call/ }).click();
    await page.getByRole('button', { name: en.talk.openPeople }).click();
    await page.getByRole('switch', { name: t.all.lock }).click();
    await ben.page.getByText(en.call.locked).waitFor();
  });
});

/** As the list names a guest. */
function guest(name: string): string {
  return `${name}${t.knocks.guest}`;
}

/** Runs in the page before its scripts: counts the tones that it plays. */
function countTones(): void {
  const Tone = OscillatorNode;
  let played = 0;
  globalThis.OscillatorNode = class extends Tone {
    override start(when?: number): void {
      document.documentElement.dataset['tones'] = String(++played);
      super.start(when);
    }
  };
}

/** Runs in the page: returns the number of tones that it has played. */
function tonesPlayed(): number {
  return Number(document.documentElement.dataset['tones'] ?? 0);
}
