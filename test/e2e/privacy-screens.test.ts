import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, describe, it } from 'vitest';
import { type Messages, messagesFor } from '../../src/web/i18n/messages.ts';
import { browserOnServer } from '../support/browser/on-server.ts';
import { DEVICES, expectFine } from '../support/browser/screens.ts';

const on = browserOnServer();

describe.each(DEVICES)('privacy on a $device ($locale, $colorScheme)', ({ device, locale, ...look }) => {
  const t: Messages = messagesFor([locale]);
  const open: BrowserContext[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((context) => context.close()));
  });

  async function visit(address: string): Promise<Page> {
    const context = await on.browser.newContext({ ...look, locale, permissions: ['camera', 'microphone'] });
    open.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    await page.goto(address);
    return page;
  }

  it('the lobby says what hiding one’s address costs', async () => {
    const ann = await visit(on.server.url);
    await ann.getByRole('button', { name: t.home.start }).click();
    await ann.waitForURL('**/connect/*');
    await ann.getByRole('switch', { name: t.privacy.hide }).scrollIntoViewIfNeeded();
    await expectFine(ann, `hide-address-${device}`);
  });
});
