import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { en } from '../../src/web/i18n/en.ts';
import { createBystanders } from '../support/browser/bystanders.ts';
import { keepCaptures, unplug } from '../support/browser/page-media.ts';
import { peopleOnServer } from '../support/browser/people.ts';

/** What can happen to a page that is open for hours: people, devices and browser features come and go. */

const { server, arrive } = peopleOnServer();
const bystanders = createBystanders(() => server);
afterEach(() => bystanders.leave());

const toLink = (path: string) => new URL(path, server.url).href;

describe('the lobby', () => {
  it('keeps the number of people up to date', async () => {
    const { path } = await bystanders.room({});
    const { page } = await arrive('Ada');
    await page.goto(toLink(path));
    await page.getByText(en.lobby.inside(0)).waitFor();
    await bystanders.come(path, 2);
    await page.getByText(en.lobby.inside(2)).waitFor();
    await bystanders.leave();
    await page.getByText(en.lobby.inside(0)).waitFor();
  });

  it('notices when somebody leaves a full call', async () => {
    const { path } = await bystanders.room({ max: 2 });
    await bystanders.come(path, 2);
    const ada = await arrive('Ada');
    // Doesn't try to join, because that would succeed if somebody left before the reply.
    await ada.page.goto(toLink(path));
    await ada.page.getByText(en.failure.room_full.title).waitFor();
    await bystanders.leave();
    await ada.page.getByText(en.lobby.canJoin).waitFor();
    expect(await ada.page.getByText(en.failure.room_full.title).count()).toBe(0);
    await ada.join(toLink(path));
  });
});

describe('the end of a call', () => {
  it('lets a person join again once, however often the button is pressed', async () => {
    const ada = await arrive('Ada');
    const ben = await arrive('Ben');
    const link = await ada.startCall(server.url);
    await ada.join(link);
    await ben.join(link);
    await ada.sees('Ben');
    await ben.leave();
    await ada.losesSightOf('Ben');
    const again = ben.page.getByRole('button', { name: en.ended.rejoin });
    await again.evaluate((button) => {
      for (let times = 0; times < 3; times += 1) if (button instanceof HTMLElement) button.click();
    });
    await ben.inCall();
    await ada.sees('Ben');
    expect([await ada.tiles().count(), await ben.tiles().count()]).toEqual([1, 1]);
    await ben.leave();
    await ada.losesSightOf('Ben');
  });

  it('lets a person join again if the browser never answers for camera and microphone', async () => {
    const ada = await arrive('Ada');
    await ada.join(await ada.startCall(server.url));
    await ada.leave();
    await ada.page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => new Promise(() => {});
    });
    await ada.page.getByRole('button', { name: en.ended.rejoin }).click();
    await ada.inCall();
  });

  it('says how long the link works', async () => {
    const ada = await arrive('Ada');
    await ada.join(await ada.startCall(server.url));
    await ada.leave();
    await ada.page.getByText(en.ended.stays(en.days(1))).waitFor();
  });

  it('offers to copy the link', async () => {
    const ada = await arrive('Ada', keepCopiedText);
    const link = await ada.startCall(server.url);
    await ada.join(link);
    await ada.leave();
    const copy = ada.page.getByRole('button', { name: en.call.copyLink });
    await copy.focus();
    await ada.page.keyboard.press('Enter');
    await ada.page.getByRole('status').getByText(en.call.copied).waitFor();
    expect(await ada.page.evaluate(copiedText)).toBe(link);
  });

  it('offers to start a new call', async () => {
    const ada = await arrive('Ada');
    const link = await ada.startCall(server.url);
    await ada.join(link);
    await ada.leave();
    await ada.page.getByRole('button', { name: en.ended.startNew }).click();
    await ada.page.getByText(en.lobby.inside(0)).waitFor();
    expect(ada.page.url()).not.toBe(link);
    await ada.join(ada.page.url());
  });

  it('needs a confirmation if the person presses Back', async () => {
    const ada = await arrive('Ada');
    await ada.join(await ada.startCall(server.url));
    const { page } = ada;
    const link = page.url();
    await page.goBack();
    await page.getByRole('dialog', { name: en.call.leaveAsked }).waitFor();
    await expect.poll(() => page.url()).toBe(link);
    await page.getByRole('button', { name: en.call.stay }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await ada.inCall();
    await page.goBack();
    await page.getByRole('dialog').getByRole('button', { name: en.call.leave }).click();
    await page.getByRole('button', { name: en.home.start }).waitFor();
    await expect.poll(() => new URL(page.url()).pathname).toBe('/');
  });

  it('needs a confirmation if the person closes the window, but not after the call', async () => {
    const ada = await arrive('Ada');
    await ada.join(await ada.startCall(server.url));
    const { page } = ada;
    const asked = () => page.evaluate(() => !dispatchEvent(new Event('beforeunload', { cancelable: true })));
    expect(await asked()).toBe(true);
    await ada.leave();
    await page.getByRole('heading', { name: en.ended.left.title }).waitFor();
    expect(await asked()).toBe(false);
  });
});

describe('the clock of a call', () => {
  it('runs in the top bar, and isn’t announced each second', async () => {
    const ada = await arrive('Ada');
    await ada.join(await ada.startCall(server.url));
    const clock = ada.page.getByRole('timer');
    const first = await clock.innerText();
    expect(first).toMatch(/^\d+:\d\d$/);
    await vi.waitFor(async () => expect(await clock.innerText()).not.toBe(first), { timeout: 10_000 });
    expect(await clock.getAttribute('aria-live')).toBe('off');
    // Nor may an ancestor be a live region.
    expect(await clock.evaluate((timer) => timer.parentElement?.closest('[aria-live], [role=status]'))).toBe(
      null,
    );
  });
});

describe('a device lost during a call', () => {
  it.each([
    ['video', en.call.cameraLost],
    ['audio', en.call.microphoneLost],
  ] as const)('is shown, with a button to choose another one (%s)', async (kind, words) => {
    const ada = await arrive('Ada', keepCaptures);
    await ada.join(await ada.startCall(server.url));
    const { page } = ada;
    await page.locator('li.tile[data-self=true][data-camera=on][data-muted=false]').waitFor();
    await page.evaluate(unplug, { kinds: [kind], refusal: 'NotFoundError' });
    await page.locator('.troubles').getByText(words).waitFor();
    await page.locator('.troubles').getByRole('button', { name: en.call.devices }).click();
    await page.getByRole('dialog', { name: en.call.devices }).waitFor();
  });
});

describe('a broken optional feature', () => {
  it.each([
    ['AudioContext is missing', () => Reflect.deleteProperty(window, 'AudioContext')],
    [
      'AudioContext throws',
      () => {
        window.AudioContext = class {
          constructor() {
            throw new DOMException('no sound card', 'NotSupportedError');
          }
        } as unknown as typeof AudioContext;
      },
    ],
    [
      'nothing plays',
      () => {
        HTMLMediaElement.prototype.play = () => {
          throw new Error('broken');
        };
      },
    ],
    [
      'no speaker can be chosen',
      () => {
        HTMLMediaElement.prototype.setSinkId = () => {
          throw new Error('broken');
        };
      },
    ],
    [
      'no lock is given',
      () => {
        Object.defineProperty(navigator, 'wakeLock', {
          value: {
            request() {
              throw new Error('broken');
            },
          },
        });
      },
    ],
    [
      'no permission is told',
      () => {
        navigator.permissions.query = () => {
          throw new TypeError('broken');
        };
      },
    ],
  ] as const)('ends neither a join nor a call: %s', async (_, breakIt) => {
    const ben = await arrive('Ben');
    const link = await ben.startCall(server.url);
    await ben.join(link);
    const ada = await arrive('Ada', breakIt as () => void);
    await ada.join(link);
    await Promise.all([ada.sees('Ben'), ben.sees('Ada')]);
    await ben.hearsAndSees(1);
  });
});

describe('playback paused by the system', () => {
  it('resumes: sound, pictures and the level meter', async () => {
    const ben = await arrive('Ben');
    const link = await ben.startCall(server.url);
    await ben.join(link);
    const ada = await arrive('Ada', keepContexts);
    await ada.join(link);
    await ada.hearsAndSees(1);
    const { page } = ada;
    await page.evaluate(async () => {
      for (const player of document.querySelectorAll<HTMLMediaElement>('video, audio')) player.pause();
      const own: OwnContexts = window;
      for (const context of own.parleyTestContexts ?? [])
        if (context.state === 'running') await context.suspend();
    });
    await vi.waitFor(async () => expect(await page.evaluate(whatRests)).toEqual([]), { timeout: 10_000 });
  });
});

describe('the start of a call', () => {
  it('creates one room, even if the form is submitted twice before the next frame', async () => {
    const { page } = await arrive('Ada');
    let rooms = 0;
    page.on('request', (request) => {
      if (request.method() === 'POST' && new URL(request.url()).pathname === '/rooms') rooms += 1;
    });
    await page.goto(server.url);
    await page.locator('form.start').evaluate((form) => {
      if (!(form instanceof HTMLFormElement)) return;
      form.requestSubmit();
      form.requestSubmit();
    });
    await page.waitForURL('**/connect/*');
    await page.getByText(en.lobby.inside(0)).waitFor();
    expect(rooms).toBe(1);
  });

  it('is explained in a browser without WebRTC', async () => {
    const { path } = await bystanders.room({});
    await bystanders.come(path, 1);
    const ada = await arrive('Ada', () => void Reflect.deleteProperty(window, 'RTCPeerConnection'));
    await ada.tryToJoin(toLink(path));
    await ada.page.getByText(en.failure.unsupported.title).waitFor();
  });
});

describe('full screen', () => {
  it('works for the page and for one tile', async () => {
    const ben = await arrive('Ben');
    const link = await ben.startCall(server.url);
    await ben.join(link);
    const ada = await arrive('Ada');
    await ada.join(link);
    await ada.hearsAndSees(1);
    const { page } = ada;
    const filled = () => page.evaluate(() => document.fullscreenElement?.className ?? null);
    await page.getByRole('button', { name: en.call.fullScreen, exact: true }).click();
    await page.getByRole('button', { name: en.call.exitFullScreen }).click();
    await vi.waitFor(async () => expect(await filled()).toBeNull());
    await ada.tile('Ben').hover();
    await ada
      .tile('Ben')
      .getByRole('button', { name: /full screen/ })
      .click();
    await vi.waitFor(async () => expect(await filled()).toMatch(/tile/));
  });
});

describe('full screen of a tile', () => {
  it('begins and ends within the full screen of the page', async () => {
    const ben = await arrive('Ben');
    const link = await ben.startCall(server.url);
    await ben.join(link);
    const ada = await arrive('Ada');
    await ada.join(link);
    await ada.hearsAndSees(1);
    const { page } = ada;
    const filled = (tag: string) =>
      vi.waitFor(async () =>
        expect(await page.evaluate(() => document.fullscreenElement?.tagName ?? '')).toBe(tag),
      );
    await page.getByRole('button', { name: en.call.fullScreen, exact: true }).click();
    await filled('HTML');
    await ada.tile('Ben').hover();
    await ada
      .tile('Ben')
      .getByRole('button', { name: /full screen/ })
      .click();
    await filled('LI');
    await ada.tile('Ben').getByRole('button', { name: en.call.exitFullScreen }).click();
    await filled('HTML');
  });
});

describe('a page translated by the browser', () => {
  it('stays up to date', async () => {
    const ada = await arrive('Ada');
    const link = await ada.startCall(server.url);
    const { page } = ada;
    await page.getByText(en.lobby.inside(0)).waitFor();
    await translate(page);
    await bystanders.come(new URL(link).pathname, 1);
    await page.getByText(en.lobby.inside(1)).waitFor();
    expect(await page.getByText(en.lobby.inside(0)).count()).toBe(0);
    await ada.join(link);
    const muteLabel = () => page.locator('[data-mutes]').innerText();
    const count = () => page.locator('header .count').innerText();
    for (const inside of [3, 4]) {
      await translate(page);
      await bystanders.come(new URL(link).pathname, 1);
      await page.locator(`ul[data-count="${inside}"]`).waitFor();
      expect(await count()).toBe(en.call.inCall(inside));
    }
    await translate(page);
    await ada.mute();
    await translate(page);
    await ada.unmute();
    expect(await muteLabel()).toContain(en.call.mute);
    await translate(page);
    await bystanders.leave();
    await page.locator('ul[data-count="1"]').waitFor();
    await page.getByText(en.call.alone).waitFor();
    expect(await count()).toBe(en.call.inCall(1));
    await translate(page);
    await ada.leave();
    await translate(page);
    await page.getByRole('button', { name: en.ended.rejoin }).click();
    await ada.inCall();
  });
});

/** Translates as Google Translate does: replaces every text node by two nested `font` elements with its text. */
async function translate(page: Page): Promise<void> {
  await page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts: Node[] = [];
    while (walker.nextNode() !== null) texts.push(walker.currentNode);
    for (const text of texts) {
      const { parentElement } = text;
      if (parentElement === null || parentElement.closest('font, script, option') !== null) continue;
      const outer = document.createElement('font');
      const inner = document.createElement('font');
      inner.textContent = text.textContent;
      outer.append(inner);
      parentElement.replaceChild(outer, text);
    }
  });
}

interface OwnContexts extends Window {
  parleyTestContexts?: AudioContext[];
}

/** Runs in the page before its own scripts. */
function keepContexts(): void {
  const own: OwnContexts = window;
  const kept: AudioContext[] = [];
  own.parleyTestContexts = kept;
  window.AudioContext = class extends AudioContext {
    constructor() {
      super();
      kept.push(this);
    }
  };
}

/** Runs in the page: returns the players that are paused and the audio contexts that are suspended. */
function whatRests(): string[] {
  const own: OwnContexts = window;
  const players = [...document.querySelectorAll<HTMLMediaElement>('video, audio')];
  return [
    ...players.filter(({ paused }) => paused).map(({ tagName }) => tagName),
    ...(own.parleyTestContexts ?? []).map(({ state }) => state).filter((state) => state === 'suspended'),
  ];
}

interface OwnClipboard extends Window {
  parleyTestCopied?: string;
}

/** Runs in the page before its own scripts. */
function keepCopiedText(): void {
  const own: OwnClipboard = window;
  navigator.clipboard.writeText = async (text) => {
    own.parleyTestCopied = text;
  };
}

/** Runs in the page. */
function copiedText(): string | undefined {
  const own: OwnClipboard = window;
  return own.parleyTestCopied;
}
