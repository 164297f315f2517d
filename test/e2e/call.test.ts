import { describe, expect, it } from 'vitest';
import { launchDoomedBrowser } from '../support/browser/browser.ts';
import { peopleOnServer } from '../support/browser/people.ts';
import { Person } from '../support/browser/person.ts';
import { connectRaw, signIn } from '../support/server/ws-client.ts';

/** Max milliseconds from when the server knows that somebody is gone until the tile disappears. */
const TILE_GOES_MS = 2_000;

describe('a call between browsers', () => {
  const { server, arrive } = peopleOnServer({ RESUME_WINDOW_MS: '2000' });

  async function callOf(...names: [string, ...string[]]): Promise<{ link: string; inside: Person[] }> {
    const [first, ...others] = names;
    const host = await arrive(first);
    const link = await host.startCall(server.url);
    await host.join(link);
    const inside = [host];
    for (const name of others) {
      const person = await arrive(name);
      await person.join(link);
      inside.push(person);
    }
    return { link, inside };
  }

  it('connects two people, from the home page and by link', async () => {
    const { inside } = await callOf('Ada', 'Ben');
    const [ada, ben] = inside as [Person, Person];
    await Promise.all([ada.sees('Ben'), ben.sees('Ada')]);
    await Promise.all(inside.map((person) => person.hearsAndSees(1)));
  });

  it('lets each of four people receive video and sound from the three others', async () => {
    const { inside } = await callOf('Ada', 'Ben', 'Cem', 'Dua');
    await Promise.all(inside.map((person) => person.hearsAndSees(3)));
    for (const person of inside) expect(await person.tiles().count()).toBe(3);
  });

  it('connects a latecomer with everybody', async () => {
    const { link, inside } = await callOf('Ada', 'Ben');
    await Promise.all(inside.map((person) => person.hearsAndSees(1)));
    const late = await arrive('Lea');
    await late.join(link);
    await Promise.all([late, ...inside].map((person) => person.hearsAndSees(2)));
    expect(await late.tiles().count()).toBe(2);
  });

  /** Measures how long a tile stays after a person is gone. A bare client in the room shows when the server knew. */
  async function watchGoing(
    goer: Person,
    stayers: Person[],
    link: string,
    go: () => Promise<void>,
  ): Promise<void> {
    const { accessToken } = await signIn(server.url, 'Witness');
    const path = `/ws/rooms/${link.split('/').at(-1)}`;
    const witness = connectRaw({ wsUrl: server.wsUrl, path, token: accessToken });
    await witness.next('room:joined');
    const left = witness.next('peer:left').then(() => Date.now());
    const gone = Promise.all(stayers.map((person) => person.losesSightOf(goer.name)));
    await go();
    const knownAt = await left;
    for (const goneAt of await gone) expect(goneAt - knownAt).toBeLessThan(TILE_GOES_MS);
    witness.cut();
  }

  it('[RM3] removes the tile when somebody leaves', async () => {
    const { link, inside } = await callOf('Ada', 'Ben', 'Cem');
    const [ada, ben, cem] = inside as [Person, Person, Person];
    await Promise.all(inside.map((person) => person.hearsAndSees(2)));
    await watchGoing(cem, [ada, ben], link, () => cem.leave());
  });

  it('[SE2] removes the tile when somebody closes the tab', async () => {
    const { link, inside } = await callOf('Ada', 'Ben', 'Cem');
    const [ada, ben, cem] = inside as [Person, Person, Person];
    await Promise.all(inside.map((person) => person.hearsAndSees(2)));
    await watchGoing(cem, [ada, ben], link, () => cem.closeTab());
  });

  it('[SE4] removes the tile when the resume window of a killed browser has passed', async () => {
    const doomed = await launchDoomedBrowser();
    const { link, inside } = await callOf('Ada', 'Ben');
    const [ada, ben] = inside as [Person, Person];
    const cem = await Person.arrive(doomed.browser, { name: 'Cem' });
    await cem.join(link);
    await Promise.all([ada, ben, cem].map((person) => person.hearsAndSees(2)));
    await watchGoing(cem, [ada, ben], link, () => doomed.kill());
  });
});
