import { beforeAll, describe, expect, it } from 'vitest';
import { browserOnSite } from '../support/browser/on-site.ts';
import { hostPage, siteToken, tells, thirdParty, told } from '../support/browser/site.ts';
import { codeBlock } from '../support/documents.ts';

/** Flags of the browser, by what its frames of other sites may store. */
const STORAGE = [
  ['storage of its own for a site in a frame', []],
  ['no cookies of other sites', ['--test-third-party-cookie-phaseout']],
] as const;

describe.each(STORAGE)('a call in a page of another site, with %s', (_, flags) => {
  const on = browserOnSite(flags);
  let roomId = '';

  beforeAll(async () => {
    roomId = await on.room();
  });

  it('lets a guest and a user of the site meet, and tells each thing once', async () => {
    const ada = await on.visit(`room="${roomId}" name="Ada" skiplobby audio="off"`);
    expect((await tells(ada, 'joined')).detail).toMatchObject({ roomId });
    const token = await siteToken('ben-7', { name: 'Ben of the site' });
    const ben = await on.visit(`url="${on.calls}" room="${roomId}" skiplobby token="${token}"`);
    const { detail } = await tells(ben, 'joined');
    expect((await tells(ada, 'peerjoined')).detail).toEqual({
      peerId: detail['peerId'],
      name: 'Ben of the site',
    });
    await tells(ben, 'peerjoined');
    expect(
      ben
        .frames()
        .map((frame) => frame.url())
        .join(),
    ).not.toContain(token);
    // The camera works through the frame's `allow`.
    const frame = ben.frameLocator('#call iframe');
    await frame.locator('li.tile[data-self=true] video').waitFor();

    const run = (command: string) => ben.evaluate(`document.querySelector('parley-call').${command}`);
    const media = async () => (await told(ben)).filter(({ type }) => type === 'media').at(-1)?.detail;
    const until = (state: object) => expect.poll(media, { timeout: 20_000 }).toEqual(state);
    await until({ audio: true, video: true, screen: false });
    await run('mute(true)');
    await until({ audio: false, video: true, screen: false });
    await run('camera(false)');
    await until({ audio: false, video: false, screen: false });
    await run('camera(true)');
    await run('mute(false)');
    await until({ audio: true, video: true, screen: false });
    await run("layout('speaker')");
    const peerId = (await tells(ada, 'joined')).detail['peerId'];
    await run(`pin('${String(peerId)}')`);
    await run('leave()');
    expect((await tells(ben, 'left')).detail).toEqual({ reason: 'left' });
    expect((await tells(ada, 'peerleft')).detail).toEqual({ peerId: detail['peerId'] });
    expect((await told(ada)).filter(({ type }) => type === 'error')).toEqual([]);
    await ada.context().close();
    await ben.context().close();
  });

  it("ignores what a third origin says to the site's element", async () => {
    const page = await on.visit(`room="${roomId}" name="Ada" skiplobby`);
    await tells(page, 'joined');
    await thirdParty(page, "parent.postMessage({ parley: 1, type: 'left', reason: 'left' }, '*')");
    expect((await told(page)).filter(({ type }) => type === 'left')).toEqual([]);
    await page.context().close();
  });

  it('ignores what a third origin says to the frame', async () => {
    on.site.html = `<!doctype html><title>A site</title>
      <script>
        addEventListener('message', ({ data, source, origin }) => {
          if (data.type === 'ready') source.postMessage({ parley: 1, type: 'hello', token: null }, origin);
        });
      </script>
      <iframe name="call" width="640" height="400" allow="camera ${on.calls}; microphone ${on.calls}"
        src="${on.calls}/connect/${roomId}?name=Ada&skipLobby&embed"></iframe>`;
    const page = await (await on.browser.newContext({ permissions: ['camera', 'microphone'] })).newPage();
    await page.goto(on.siteUrl);
    const leave = page.frameLocator('[name=call]').getByRole('button', { name: 'Leave the call' });
    await leave.waitFor({ timeout: 30_000 });
    await thirdParty(page, "parent.frames.call.postMessage({ parley: 1, type: 'leave' }, '*')");
    expect(await leave.isVisible()).toBe(true);
    // The site itself is obeyed.
    await page.evaluate(
      (origin) => window.frames[0]?.postMessage({ parley: 1, type: 'leave' }, origin),
      on.calls,
    );
    await leave.waitFor({ state: 'detached', timeout: 30_000 });
    await page.context().close();
  });

  it('runs the example of the handbook', async () => {
    const example = codeBlock('src/embed/README.md', 'html');
    on.site.html = example
      .replaceAll('https://call.example.org', on.calls)
      .replace('3f2b8c1e-9d4a-4c57-8b6f-0a1d2e3c4b5a', roomId);
    const page = await (await on.browser.newContext({ permissions: ['camera', 'microphone'] })).newPage();
    const inside = page.waitForEvent('console', { predicate: (line) => line.text() === `inside ${roomId}` });
    await page.goto(on.siteUrl);
    await page
      .frameLocator('iframe')
      .getByRole('button', { name: /^Join the call/ })
      .click();
    await inside;
    await page.context().close();
  });

  it("isn't shown to a site that isn't in EMBED_ORIGINS, which is told", async () => {
    on.site.html = hostPage(on.calls, `room="${roomId}"`);
    const page = await (await on.browser.newContext()).newPage();
    await page.goto(on.siteUrl.replace('127.0.0.1', 'localhost'));
    expect((await tells(page, 'error')).detail).toMatchObject({
      code: 'embed_refused',
      message: expect.stringContaining('EMBED_ORIGINS'),
    });
    expect(await page.frameLocator('#call iframe').locator('#app').count()).toBe(0);
    await page.context().close();
  });

  it("names the word that a frame's allow lacks, in both languages", async () => {
    for (const [lang, words] of [
      ['en', 'lacks allow="camera; microphone"'],
      ['ru', 'не хватает allow="camera; microphone"'],
    ]) {
      on.site.html = `<!doctype html><title>A site</title><iframe width="640" height="400" src="${on.calls}/connect/${roomId}?lang=${lang}"></iframe>`;
      const page = await (await on.browser.newContext({ permissions: ['camera', 'microphone'] })).newPage();
      await page.goto(on.siteUrl);
      await page.frameLocator('iframe').getByText(String(words)).waitFor({ timeout: 30_000 });
      await page.context().close();
    }
  });
});
