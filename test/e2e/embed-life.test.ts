import { type AddressInfo, createServer, type Server } from 'node:net';
import { describe, expect, it } from 'vitest';
import { en } from '../../src/web/i18n/en.ts';
import { browserOnSite } from '../support/browser/on-site.ts';
import { frameOf, hostPage, run, siteToken, tells, toldOf } from '../support/browser/site.ts';

const on = browserOnSite();
const { room, visit, enter } = on;

describe('a token of a site', () => {
  it('is renewed during a call: the site is asked, and the call goes on', async () => {
    const roomId = await room();
    const ada = await enter(roomId, 'Ada');
    // The server warns at once of so short a life [SE6].
    const shortLived = () => siteToken('ben-1', { room: { id: roomId, name: 'Ben' } }, '20s');
    const ben = await visit(`room="${roomId}" skiplobby token="${await shortLived()}"`);
    await tells(ben, 'joined');
    await tells(ben, 'tokenneeded');
    await run(ben, `token = '${await shortLived()}'`);
    // It has taken the second one, whose end is near too.
    await tells(ben, 'tokenneeded', 2);
    await run(ben, `token = '${await siteToken('ben-1', { room: { id: roomId, name: 'Ben' } })}'`);
    // What is told after a round trip shows that nothing has broken.
    await run(ben, 'mute(true)');
    await expect.poll(async () => (await toldOf(ben, 'media')).at(-1)).toMatchObject({ audio: false });
    for (const type of ['left', 'error']) expect(await toldOf(ben, type)).toEqual([]);
    expect(await toldOf(ada, 'peerleft')).toEqual([]);
  });

  it('can be given anew if it was refused, and the call opens', async () => {
    const roomId = await room();
    const page = await visit(`room="${roomId}" skiplobby token="no token at all"`);
    await tells(page, 'tokenneeded');
    expect((await tells(page, 'error')).detail).toMatchObject({
      code: 'unauthorized',
      message: expect.stringContaining('set `token`'),
    });
    await frameOf(page).getByText(en.failure.refusedToSite.text).waitFor();
    expect(await frameOf(page).getByRole('button', { name: en.lobby.home }).count()).toBe(0);
    await run(page, `token = '${await siteToken('eve-1', { name: 'Eve' })}'`);
    await tells(page, 'joined');
  });

  it('[TK4] for one room and a host opens that room, and all that hosts do there', async () => {
    const roomId = await room();
    const token = await siteToken('host-1', { room: { id: roomId, name: 'Host', admin: true } });
    // The token alone says which room it is.
    const page = await visit(`skiplobby token="${token}"`);
    expect((await tells(page, 'joined')).detail).toMatchObject({ roomId });
    const frame = frameOf(page);
    await frame.getByText(en.call.aloneOnSite).waitFor();
    const controls = frame.getByRole('navigation', { name: en.call.controls });
    await controls.getByRole('button', { name: en.call.more }).click();
    expect(await controls.getByRole('button', { name: en.call.copyLink }).count()).toBe(0);
    await controls.getByRole('button', { name: en.talk.people }).click();
    await frame.getByRole('button', { name: en.rooms.invitations.title }).click();
    await frame.getByText(en.rooms.invitations.none).waitFor();
    await frame.getByRole('button', { name: en.rooms.invitations.make }).click();
    await frame.getByRole('dialog').locator('form button[type=submit]').click();
    const made = await frame.getByLabel(en.rooms.invitations.made).inputValue();
    expect(made).toContain(`/connect/${roomId}?invite=`);
    await page.keyboard.press('Escape');
    await frame.getByRole('button', { name: en.rooms.bans.title }).click();
    await frame.getByText(en.rooms.bans.none).waitFor();
    await page.keyboard.press('Escape');
    await frame.getByRole('button', { name: en.rooms.all.settings }).click();
    await frame.getByLabel(en.home.name).fill('Coffee');
    await frame.getByRole('button', { name: en.rooms.fields.save }).click();
    await frame.getByRole('heading', { name: 'Coffee' }).waitFor();
  });
});

describe('the end of a call in a frame', () => {
  it('is a calm screen with a way back in, and no way to anywhere else', async () => {
    const roomId = await room();
    const page = await enter(roomId, 'Ada');
    await run(page, 'leave()');
    expect((await tells(page, 'left')).detail).toEqual({ reason: 'left' });
    const frame = frameOf(page);
    await frame.getByRole('heading', { name: en.ended.left.title }).waitFor();
    for (const name of [en.ended.home, en.ended.startNew])
      expect(await frame.getByRole('button', { name }).count()).toBe(0);
    expect(await frame.getByRole('link').count()).toBe(0);
    await frame.getByRole('button', { name: en.ended.rejoin }).click();
    await tells(page, 'joined', 2);
  });

  it('is told if the room is closed, and if there is none, in the frame as well', async () => {
    const roomId = await room();
    const page = await enter(roomId, 'Ada');
    await fetch(`${on.server.url}/rooms/${roomId}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${on.owner}` },
    });
    expect((await tells(page, 'left')).detail).toEqual({ reason: 'room_closed' });
    await frameOf(page).getByText(en.ended.room_closed.text).waitFor();
    const late = await visit(`room="${roomId}" name="Ben" skiplobby`);
    expect((await tells(late, 'error')).detail).toMatchObject({
      code: 'room_not_found',
      message: expect.stringContaining('`room`'),
    });
    await frameOf(late).getByText(en.home.missingInFrame).waitFor();
    expect(await frameOf(late).getByRole('button').count()).toBe(0);
  });
});

describe('the element', () => {
  it('opens another call by another room, keeps this one for other attributes, and pairs joined with left', async () => {
    const [first, second] = [await room(), await room()];
    const page = await enter(first, 'Ada');
    const set = (name: string, value: string) => run(page, `setAttribute('${name}', '${value}')`);
    await set('name', 'Eve');
    await set('theme', 'dark');
    await set('layout', 'speaker');
    await run(page, 'token = null');
    expect(await toldOf(page, 'left')).toEqual([]);
    await set('room', second);
    expect((await tells(page, 'left')).detail).toEqual({ reason: 'left' });
    expect((await tells(page, 'joined', 2)).detail).toMatchObject({ roomId: second });
    await frameOf(page).locator('html[data-theme=dark]').waitFor();
    await frameOf(page).getByText('Eve').first().waitFor();
  });

  it('ends its call when it is taken out, opens it again when put back, and lives on in moveBefore()', async () => {
    const roomId = await room();
    const ada = await enter(roomId, 'Ada');
    const ben = await enter(roomId, 'Ben');
    await tells(ada, 'peerjoined');
    await ben.evaluate(() => {
      const element = document.querySelector('#call');
      const place = document.createElement('div');
      document.body.append(place);
      if (element !== null && 'moveBefore' in place && typeof place.moveBefore === 'function')
        place.moveBefore(element, null);
    });
    expect(await toldOf(ben, 'left')).toEqual([]);
    await ben.evaluate(() => {
      const holder: { kept?: Element | null } & Window = window;
      holder.kept = document.querySelector('#call');
      holder.kept?.remove();
    });
    await tells(ada, 'peerleft');
    await ben.evaluate(() => {
      const holder: { kept?: Element | null } & Window = window;
      if (holder.kept) document.body.append(holder.kept);
    });
    await tells(ben, 'joined', 2);
    await tells(ada, 'peerjoined', 2);
  });

  it('takes a token and a layout that were set before its script had loaded', async () => {
    const roomId = await room();
    const token = await siteToken('early-1', { name: 'Early' });
    const page = await visit(
      '',
      `<!doctype html><title>A site</title><parley-call id="call" room="${roomId}"></parley-call>
       <script>
         window.told = [];
         addEventListener('joined', ({ detail }) => told.push({ type: 'joined', detail }), true);
         const call = document.querySelector('#call');
         call.token = '${token}'; call.layout = 'speaker'; call.setAttribute('skiplobby', '');
       </script>
       <script type="module" src="${on.calls}/embed.js"></script>`,
    );
    await tells(page, 'joined');
    expect(await page.locator('#call').getAttribute('layout')).toBe('speaker');
    await frameOf(page).getByText('Early').first().waitFor();
  });

  it('lives beside another one in the same page, each with its own call', async () => {
    const roomId = await room();
    const page = await visit(
      '',
      `${hostPage(on.calls, `room="${roomId}" name="Ada" skiplobby`)}
       <parley-call id="other" room="${roomId}" name="Ben" skiplobby token="${await siteToken('two-1')}"></parley-call>`,
    );
    await tells(page, 'joined', 2);
    await tells(page, 'peerjoined', 2);
    await page.evaluate("document.querySelector('#other').leave()");
    await tells(page, 'left');
    await tells(page, 'peerleft');
    await page.frameLocator('#other iframe').getByRole('button', { name: en.ended.rejoin }).waitFor();
    await frameOf(page).getByRole('button', { name: en.call.leave }).waitFor();
  });

  it('says within bounded time that its server is no address, is down, or is silent', async () => {
    const silent = await listen();
    const down = await listen();
    const { port } = down.address() as AddressInfo;
    await new Promise((resolve) => down.close(resolve));
    const stalled = (silent.address() as AddressInfo).port;
    const page = await visit(
      '',
      `${hostPage(on.calls, 'url="nonsense"')}
       <parley-call url="http://127.0.0.1:${port}"></parley-call>
       <parley-call url="http://127.0.0.1:${stalled}"></parley-call>`,
    );
    await tells(page, 'error', 3);
    const [bad, refused, late] = await toldOf(page, 'error');
    expect(bad).toMatchObject({ code: 'bad_url', message: expect.stringContaining('Set `url`') });
    expect(refused).toMatchObject({
      code: 'embed_refused',
      message: expect.stringContaining(`127.0.0.1:${port} shows no call in this page: it can't be reached`),
    });
    expect(late).toMatchObject({ code: 'embed_refused', message: expect.stringContaining(`:${stalled} `) });
    silent.close();
  });
});

async function listen(): Promise<Server> {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  return silent;
}
