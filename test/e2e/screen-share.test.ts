import { describe, expect, it } from 'vitest';
import { peopleOnServer } from '../support/browser/people.ts';

const TIMES = 10;

describe('screen sharing', () => {
  const { server, arrive } = peopleOnServer();

  it(`[RM2] survives both sides starting and stopping at the same moment, ${TIMES} times`, async () => {
    const ada = await arrive('Ada');
    const ben = await arrive('Ben');
    const both = [ada, ben];
    const link = await ada.startCall(server.url);
    await ada.join(link);
    await ben.join(link);
    await Promise.all(both.map((person) => person.hearsAndSees(1)));
    for (let time = 0; time < TIMES; time += 1) {
      await Promise.all(both.map((person) => person.shareScreen()));
      await Promise.all(both.map((person) => person.seesScreens(2)));
      await Promise.all(both.map((person) => person.stopSharing()));
      await Promise.all(both.map((person) => person.seesScreens(0)));
    }
    await Promise.all(both.map((person) => person.hearsAndSees(1)));
    for (const person of both) expect((await person.received()).length).toBe(1);
  });
});
