import type { BrowserContext } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { messagesFor } from '../../src/web/i18n/messages.ts';
import { browserOnServer } from '../support/browser/on-server.ts';
import { DEVICES, expectFine } from '../support/browser/screens.ts';
import { createRoom, signIn } from '../support/server/api.ts';

const MINUTE_MS = 60_000;
const on = browserOnServer();

describe.each(DEVICES)('a call that ends soon, on a $device ($locale)', ({ device, locale, ...look }) => {
  const t = messagesFor([locale]);
  const open: BrowserContext[] = [];
  afterEach(() => Promise.all(open.splice(0).map((context) => context.close())));

  it('[CT6] says so, politely and without covering the controls', async () => {
    const { accessToken: token } = await signIn(on.server.url);
    const { id } = await createRoom(on.server.url, token, { name: 'Math 7b' });
    const context = await on.browser.newContext({ ...look, locale, permissions: ['camera', 'microphone'] });
    open.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    await page.goto(`${on.server.url}/connect/${id}`);
    await page.getByLabel(t.lobby.name).fill('Анна Bell');
    await page.locator('form.enter button').click();
    await page.getByRole('button', { name: t.call.leave }).waitFor();
    for (const minutes of [5, 1]) {
      const expiresAt = new Date(Date.now() + minutes * MINUTE_MS).toISOString();
      const changed = await fetch(`${on.server.url}/rooms/${id}`, {
        method: 'PATCH',
        headers: { Authorization: `Bearer ${token}` },
        body: JSON.stringify({ expiresAt, endAtExpiry: true }),
      });
      expect(changed.status).toBe(200);
      const notice = page.locator('.notices .toast', { hasText: t.rooms.ending(minutes) });
      await notice.waitFor();
      expect(await page.locator('.notices').getAttribute('aria-live')).toBe('polite');
      expect(await page.locator('.notices .toast').count()).toBe(1);
      await expectFine(page, `ending-${minutes}-${device}`);
    }
  });
});
