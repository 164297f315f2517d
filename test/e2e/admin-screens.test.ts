import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest';
import type { LimitItem, ServerStatus } from '../../src/client/admin.ts';
import type { TokensReply } from '../../src/protocol/bodies.ts';
import { admin as en } from '../../src/web/i18n/en-admin.ts';
import { messagesFor } from '../../src/web/i18n/messages.ts';
import { admin as ru } from '../../src/web/i18n/ru-admin.ts';
import { logIn, makeAdmin, register, signedIn } from '../support/browser/admins.ts';
import { createBystanders } from '../support/browser/bystanders.ts';
import { browserOnServer } from '../support/browser/on-server.ts';
import { DEVICES, expectFine } from '../support/browser/screens.ts';
import { SECRET } from '../webhooks/receiver.ts';

/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:9/hook';
const on = browserOnServer({ WEBHOOK_URLS: NOWHERE, WEBHOOK_SECRET: SECRET });
const LONG = 'Hubert Blaine Wolfeschlegelsteinhausenbergerdorff';
const DAY_MS = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString();

let ben: TokensReply;
const bystanders = createBystanders(() => on.server);
beforeAll(async () => {
  await makeAdmin(on.server);
  ben = await register(on.server, 'ben', 'Ben');
  await register(on.server, 'irina', 'Ирина Соколова');
  await register(on.server, `${'verylongname'.repeat(4)}`, LONG);
  const weekly = await bystanders.room({ name: 'Weekly catch-up' });
  await bystanders.come(weekly.path, 3);
  const long = await bystanders.room({
    name: 'Das-sehr-lange-Treffen-aller-Mitarbeiterinnen-und-Mitarbeiter',
  });
  await bystanders.come(long.path, 1, [LONG]);
});
afterAll(() => bystanders.leave());

/** What a server says of itself to which everything has happened. */
const TROUBLED: ServerStatus = {
  version: '1.4.0',
  commit: '3ec787712f0c4b2a9d5e',
  versions: { node: '20.20.2', uWebSockets: '20.51.4', sqlite: '3.50.4', koffi: '3.3.4' },
  startedAt: inDays(-12),
  sessions: { live: 1_240, suspended: 3 },
  rooms: 318,
  certificate: {
    kind: 'acme',
    names: ['calls.example.org'],
    expiresAt: inDays(4.5),
    lastError:
      'acme-v02.api.letsencrypt.org could not reach port 80 of calls.example.org. Open it in the firewall.',
  },
  backup: {
    lastAt: inDays(-9),
    file: '/var/lib/parley/backups/parley-2026-11-19T030000Z.db',
    bytes: 48_230_400,
    nextAt: inDays(0.1),
    lastError: 'There is no space left on the disk of BACKUP_FOLDER.',
  },
  relay: {
    status: 'degraded',
    problems: [{ code: 'tls', message: 'Port 5349 is taken by another program.' }],
  },
  doctor: {
    at: inDays(-0.2),
    status: 'fail',
    lines: [
      { id: 'settings', status: 'ok', tried: 'Read the settings', result: 'All are valid.', todo: '' },
      {
        id: 'clock',
        status: 'warn',
        tried: 'Compared the clock with that of PUBLIC_URL',
        result: 'It is 12 s ahead.',
        todo: 'Install chrony.',
      },
      {
        id: 'udp',
        status: 'fail',
        tried: 'Sent a packet through the relay by UDP',
        result: 'None came back within 3 s.',
        todo: 'Open UDP 3478 and 49152–65535 in the firewall, or set external-ip in turnserver.conf.',
      },
      { id: 'tls', status: 'skip', tried: 'TURN over TLS', result: 'No certificate is set.', todo: '' },
    ],
  },
};

const LIMITS: readonly LimitItem[] = [
  { limit: 'guests', count: 214, lastAt: inDays(-0.01) },
  { limit: 'password_guesses', count: 1, lastAt: inDays(-2) },
  { limit: 'of_a_later_server', count: 3, lastAt: inDays(-3) },
];

describe.each(DEVICES)('the console on a $device ($locale, $colorScheme)', (look) => {
  const { device: _, ...options } = look;
  const t = messagesFor([look.locale]).lang === 'ru' ? ru : en;
  let admins: BrowserContext;
  let context: BrowserContext | undefined;
  beforeAll(async () => {
    admins = await signedIn(on.browser, on.server, await logIn(on.server, 'ada@example.org'), options);
  });
  afterEach(async () => {
    await Promise.all([context?.close(), ...admins.pages().map((page) => page.close())]);
    context = undefined;
  });
  afterAll(() => admins.close());
  const isFine = (page: Page, name: string) => expectFine(page, `admin-${name}-${look.device}`);

  /** @param as the address of who is signed in; null for nobody */
  async function open(path: string, as: string | null = 'ada@example.org'): Promise<Page> {
    if (as === null) context = await on.browser.newContext(options);
    else if (as !== 'ada@example.org')
      context = await signedIn(on.browser, on.server, await logIn(on.server, as), options);
    const page = await (context ?? admins).newPage();
    await page.goto(`${on.server.url}${path}`);
    await page.locator('main:not([aria-busy=true]) h1').waitFor();
    return page;
  }

  /** Goes to a section when what it shows is answered by the test. */
  async function openWith(section: 'overview' | 'limits', answers: Readonly<Record<string, object>>) {
    const page = await open('/admin/keys');
    for (const [path, json] of Object.entries(answers))
      await page.route(`**/admin/${path}`, (route) => route.fulfill({ json }));
    await page.getByRole('link', { name: t.sections[section] }).click();
    await page.getByRole('heading', { name: t.sections[section], level: 1 }).waitFor();
    return page;
  }

  it('shows how the server is doing', async () => {
    const page = await open('/admin');
    await page.getByText(t.overview.versions).waitFor();
    await isFine(page, 'overview');
    await page.getByRole('heading', { name: t.overview.versions }).scrollIntoViewIfNeeded();
    await isFine(page, 'overview-below');
  });

  it('shows what needs attention, and what the doctor found', async () => {
    const page = await openWith('overview', { status: TROUBLED });
    await page.getByText(t.overview.needs(4)).first().waitFor();
    await isFine(page, 'troubled');
    await page.locator('.admin-doctor summary').click();
    await page.locator('.admin-doctor li').last().scrollIntoViewIfNeeded();
    await isFine(page, 'troubled-below');
  });

  it('shows live calls, a person’s menu, and asks before it puts anybody out', async () => {
    const page = await open('/admin/rooms');
    await page.locator('.live-room').nth(1).waitFor();
    await isFine(page, 'rooms');
    await page.locator('.live-room li').first().getByRole('button').click();
    await page.getByRole('menuitem').first().waitFor();
    await isFine(page, 'rooms-menu');
    await page.getByRole('menuitem', { name: t.rooms.ban }).click();
    await page.getByText(t.rooms.banText).waitFor();
    await isFine(page, 'rooms-ban');
  });

  it('shows users, who can be searched', async () => {
    const page = await open('/admin/users');
    await page.locator('.admin-users li').nth(3).waitFor();
    await isFine(page, 'users');
    await page.locator('[name=q]').fill('nobody');
    await page.getByText(t.users.notFound).waitFor();
    await isFine(page, 'users-not-found');
  });

  it('shows one user, and the link for a new password', async () => {
    const page = await open(`/admin/users/${ben.user.id}`);
    await page.getByText(t.users.endLogins).waitFor();
    await isFine(page, 'user');
    await page.getByRole('button', { name: t.users.makeReset }).click();
    await page.locator('.new-invitation').waitFor();
    await isFine(page, 'user-reset');
    await page.getByRole('button', { name: t.users.removeConfirm }).click();
    await page.getByRole('dialog').waitFor();
    await isFine(page, 'user-delete');
  });

  it('shows that there is no such user', async () => {
    const page = await open('/admin/users/nobody');
    await page.getByText(t.failure.user_not_found.title).waitFor();
    await isFine(page, 'user-missing');
  });

  it('shows invitations', async () => {
    const page = await open('/admin/invitations');
    await page.locator('.admin-empty').or(page.locator('.admin-list')).waitFor();
    await isFine(page, 'invitations-none');
    await page.locator('.intro button').click();
    await page.getByRole('dialog').waitFor();
    await isFine(page, 'invitations-new');
    await page.getByRole('dialog').locator('button[type=submit]').click();
    await page.locator('.new-invitation').waitFor();
    await page.locator('.admin-list li').first().waitFor();
    await isFine(page, 'invitations');
  });

  it('shows webhook deliveries', async () => {
    const page = await open('/admin/webhooks');
    await page.locator('[data-event]').nth(3).waitFor();
    await isFine(page, 'webhooks');
    await page.locator('[name=state]').selectOption('dropped');
    await page.getByText(t.webhooks.noneOf).waitFor();
    await isFine(page, 'webhooks-none');
  });

  it('shows limits that were hit, or that none was', async () => {
    const none = await openWith('limits', { 'limits*': { items: [], nextCursor: null } });
    await none.getByText(t.limits.none).waitFor();
    await isFine(none, 'limits-none');
    const page = await openWith('limits', { 'limits*': { items: LIMITS, nextCursor: null } });
    await page.locator('.admin-list li').nth(2).waitFor();
    await isFine(page, 'limits');
  });

  it('shows keys, and asks before it replaces one', async () => {
    const page = await open('/admin/keys');
    await page.getByRole('button', { name: t.keys.rotate }).click();
    await page.getByRole('dialog').waitFor();
    await isFine(page, 'keys-rotate');
    await page.keyboard.press('Escape');
    await isFine(page, 'keys');
  });

  it('shows that the server can’t be reached', async () => {
    const page = await open('/admin/keys');
    await page.route('**/admin/status', (route) => route.abort());
    await page.getByRole('link', { name: t.sections.overview }).click();
    await page.locator('.admin-failed').waitFor();
    await isFine(page, 'unreachable');
  });

  it('says who may see it', async () => {
    const nobody = await open('/admin', null);
    await nobody.getByText(t.gate.nobodyTitle).waitFor();
    await isFine(nobody, 'nobody');
    await context?.close();
    const page = await open('/admin', 'ben@example.org');
    await page.getByText(t.gate.refusedTitle).waitFor();
    await isFine(page, 'refused');
  });
});

/** 320 px is a phone's width at 200 % zoom, or a desktop's at 400 % (WCAG 2.2, 1.4.10). */
describe('the console, narrow and in forced colours', () => {
  it.each(['', '/rooms', '/users', '/invitations', '/webhooks', '/limits', '/keys'])(
    'fits: /admin%s',
    async (section) => {
      const context = await signedIn(on.browser, on.server, await logIn(on.server, 'ada@example.org'), {
        viewport: { width: 320, height: 512 },
        locale: 'ru-RU',
        forcedColors: 'active',
      });
      const page = await context.newPage();
      await page.goto(`${on.server.url}/admin${section}`);
      await page
        .locator('.admin-body main > :not(.intro, .loading, .done, .admin-outcome, search)')
        .first()
        .waitFor();
      await expectFine(page, `admin-narrow${section.replace('/', '-')}`);
      await context.close();
    },
  );
});
