import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { en } from '../../src/web/i18n/en.ts';
import { peopleOnServer } from '../support/browser/people.ts';
import { createRoom, signIn } from '../support/server/api.ts';
import { connectRaw } from '../support/server/ws-client.ts';

describe('admission to a call', () => {
  const { server, arrive } = peopleOnServer();

  it('[RM1] asks for the password, refuses a wrong one, and accepts the right one', async () => {
    const host = await arrive('Ada');
    const link = await host.startCall(server.url, { password: 'correct horse' });
    await host.join(link, 'correct horse');
    const guest = await arrive('Ben');
    await guest.tryToJoin(link, 'wrong horse');
    await guest.page.getByText(en.lobby.passwordWrong).waitFor();
    await guest.join(link, 'correct horse');
    await Promise.all([host.hearsAndSees(1), guest.hearsAndSees(1)]);
  });

  it('[RM1] refuses one person too many, and lets them join when somebody leaves', async () => {
    const host = await arrive('Ada');
    const link = await host.startCall(server.url, { max: 2 });
    await host.join(link);
    const second = await arrive('Ben');
    await second.join(link);
    const third = await arrive('Cem');
    await third.tryToJoin(link);
    // The lobby says that the room is full before the server has refused anybody.
    const metrics = async () => (await fetch(`${server.url}/metrics`)).text();
    await expect.poll(metrics).toContain('parley_joins_refused_total{code="room_full"} 1');
    await third.page.getByText(en.failure.room_full.title).waitFor();
    expect(await host.tiles().count()).toBe(1);
    await second.leave();
    await host.losesSightOf('Ben');
    await third.join(link);
    await Promise.all([host.hearsAndSees(1), third.hearsAndSees(1)]);
  });

  it('[RM6] explains why the call ended for a removed person, and leads home', async () => {
    const { accessToken } = await signIn(server.url, { displayName: 'Ada' });
    const { id: roomId } = await createRoom(server.url, accessToken);
    const owner = connectRaw({ wsUrl: server.wsUrl, path: `/ws/rooms/${roomId}`, token: accessToken });
    await owner.next('room:joined');
    const ways = [
      ['room:kick', { ban: false }, en.ended.kicked.text],
      ['room:kick', { ban: true }, en.ended.banned.text],
      ['room:close', {}, en.ended.room_closed.text],
    ] as const;
    for (const [event, payload, words] of ways) {
      const guest = await arrive('Ben');
      await guest.join(`${server.url}/connect/${roomId}`);
      const { peerId } = (await owner.next('peer:joined')).payload.peer;
      owner.send(event, { ...payload, peerId });
      await guest.page.getByText(words).waitFor();
      await guest.page.locator('.choices').getByRole('button').last().click();
      await guest.page.getByRole('button', { name: en.home.start }).waitFor();
    }
    owner.cut();
  });

  it('leads from an unknown link to the home page and says why', async () => {
    const person = await arrive('Ada');
    await person.page.goto(`${server.url}/connect/${randomUUID()}`);
    await person.page.getByText(en.home.missingTitle).waitFor();
    await expect.poll(() => new URL(person.page.url()).pathname).toBe('/');
  });
});
