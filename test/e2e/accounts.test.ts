import type { Page } from 'playwright-core';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { en } from '../../src/web/i18n/en.ts';
import { accounts as t } from '../../src/web/i18n/en-accounts.ts';
import { peopleOnServer } from '../support/browser/people.ts';
import { api } from '../support/server/api.ts';

const PASSWORD = 'correct horse battery';
const Login = v.object({ user: v.object({ id: v.string() }), accessToken: v.string() });

/** The login that this browser keeps. */
async function loginIn(page: Page) {
  return v.parse(Login, JSON.parse(await page.evaluate(() => localStorage.getItem('parley.account') ?? '')));
}

async function fill(page: Page, values: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(values)) await page.locator(`[name=${name}]`).fill(value);
}

async function submit(page: Page): Promise<void> {
  await page.locator('form.account-form button[type=submit]').first().click();
}

const menu = (page: Page) => page.locator('.account-button');

async function choose(page: Page, item: string): Promise<void> {
  await menu(page).click();
  await page.locator('.account-menu').getByText(item, { exact: true }).click();
}

const server = peopleOnServer();

/** A person who has just registered from the home page. */
async function registered(email: string, name = 'Ada Lovelace') {
  const person = await server.arrive(name);
  const { page } = person;
  await page.goto(server.server.url);
  await page.getByRole('link', { name: en.account.register }).click();
  await fill(page, { displayName: name, email, password: PASSWORD });
  await submit(page);
  await menu(page).waitFor();
  return person;
}

describe('an account', () => {
  it('is registered from the home page, left, and signed in to again', async () => {
    const { page } = await registered('ada@example.org');
    await expect.poll(() => new URL(page.url()).pathname).toBe('/');
    expect(await menu(page).textContent()).toContain('Ada Lovelace');

    await choose(page, en.account.signOut);
    await page.getByRole('link', { name: en.account.signIn }).click();
    await page.getByRole('heading', { name: t.signIn.headline }).waitFor();
    await fill(page, { email: 'Ada@Example.org', password: 'wrong horse battery' });
    await page.keyboard.press('Enter');
    await page.getByText(t.problem.credentials).waitFor();
    const password = page.locator('[name=password]');
    await expect.poll(() => password.evaluate((input) => input === document.activeElement)).toBe(true);
    expect(await password.getAttribute('aria-invalid')).toBe('true');

    await fill(page, { password: PASSWORD });
    await page.keyboard.press('Enter');
    await menu(page).waitFor();
    await page.reload();
    await menu(page).waitFor();
  });

  it('is refused for an address that is taken, beside the field', async () => {
    await registered('taken@example.org');
    const { page } = await server.arrive('Eve');
    await page.goto(`${server.server.url}/register`);
    await fill(page, { email: 'TAKEN@example.org', password: PASSWORD });
    await submit(page);
    await page.getByText(t.problem.emailTaken).waitFor();
    const email = page.locator('[name=email]');
    await expect.poll(() => email.evaluate((input) => input === document.activeElement)).toBe(true);
    const described = await email.getAttribute('aria-describedby');
    expect(await page.locator(`[id="${described}"]`).textContent()).toContain(t.problem.emailTaken);
  });

  it('keeps the calls of the guest who registers', async () => {
    const person = await server.arrive('Grace');
    const { page } = person;
    const link = await person.startCall(server.server.url);
    await person.join(link);
    const guest = await loginIn(page);
    await person.leave();
    await page.getByRole('heading', { name: en.ended.left.title }).waitFor();
    await page.locator('.choices').getByRole('button', { name: en.ended.home }).click();
    await page.getByRole('link', { name: en.account.register }).click();
    expect(await page.locator('[name=displayName]').inputValue()).toBe('Grace');
    await fill(page, { email: 'grace@example.org', password: PASSWORD });
    await submit(page);
    await menu(page).waitFor();
    const { user, accessToken } = await loginIn(page);
    expect(user.id).toBe(guest.user.id);
    const path = `/rooms/${link.split('/').at(-1)}`;
    const reply = v.object({ room: v.object({ ownerId: v.string() }) });
    expect((await api(server.server.url, path, { reply, token: accessToken })).room.ownerId).toBe(user.id);
    await person.join(link);
  });

  it('gives the lobby its name, which may differ for one call', async () => {
    const ada = await registered('lobby@example.org', 'Ada in the lobby');
    const { page } = ada;
    const link = await ada.startCall(server.server.url);
    const name = page.getByLabel(en.lobby.name);
    expect(await name.inputValue()).toBe('Ada in the lobby');
    await name.fill('Countess');
    await page.getByRole('button', { name: en.lobby.join }).click();
    await ada.inCall();
    const other = await server.arrive('Bob');
    await other.join(link);
    await other.sees('Countess');
    await page.goto(link);
    expect(await page.getByLabel(en.lobby.name).inputValue()).toBe('Ada in the lobby');
  });

  it('is signed in to from the lobby, which leads back to the call', async () => {
    const owner = await registered('back@example.org', 'Back');
    const link = await owner.startCall(server.server.url);
    const { page } = await server.arrive('Back again');
    await page.goto(link);
    await page.getByRole('link', { name: en.account.signIn }).click();
    await page.getByText(t.signIn.toCall).waitFor();
    await fill(page, { email: 'back@example.org', password: PASSWORD });
    await submit(page);
    await page.waitForURL(link);
    await expect.poll(() => page.getByLabel(en.lobby.name).inputValue()).toBe('Back');
  });

  it('has a profile and a status', async () => {
    const { page } = await registered('profile@example.org');
    await choose(page, en.account.profile);
    const profile = page.locator('.account-section', { has: page.locator('#profile-title') });
    await fill(page, { displayName: 'Countess', username: 'a', bio: 'Mathematician' });
    await profile.getByRole('button', { name: t.save }).click();
    await page.getByText(t.problem.usernameBad).waitFor();
    await fill(page, { username: 'ada_of_test' });
    await profile.getByRole('button', { name: t.save }).click();
    await profile.getByText(t.saved).waitFor();
    await expect.poll(() => menu(page).textContent()).toContain('Countess');

    const status = page.locator('.account-section', { has: page.locator('#status-title') });
    await status.getByText(t.status.dnd).click();
    await status.locator('[name=customStatus]').fill('Writing');
    await status.getByRole('button', { name: t.save }).click();
    await status.getByText(t.saved).waitFor();
    await page.reload();
    await expect.poll(() => status.locator('input[value=dnd]').isChecked()).toBe(true);
    expect(await page.locator('[name=bio]').inputValue()).toBe('Mathematician');
  });

  it('has a picture, which others see while the camera is off, guests too', async () => {
    const picture = 'https://pictures.example.org/ada.png';
    const ada = await registered('picture@example.org', 'Ada with a picture');
    const bob = await server.arrive('Bob');
    for (const { page } of [ada, bob])
      await page.route(picture, (route) => route.fulfill({ path: 'src/web/public/icon-192.png' }));
    await choose(ada.page, en.account.profile);
    const asked: string[] = [];
    ada.page.on('request', (request) => void asked.push(request.url()));
    await ada.page.locator('[name=avatarUrl]').evaluate(typeFast, picture);
    await ada.page.locator('.profile-preview img[data-shown=true]').waitFor();
    expect(asked.filter((url) => url.startsWith('https:'))).toEqual([picture]);
    await submit(ada.page);
    await ada.page.getByText(t.saved).first().waitFor();
    await ada.page.locator('.account-button img[data-shown=true]').waitFor();

    const link = await ada.startCall(server.server.url);
    await ada.page.getByRole('button', { name: en.lobby.turnCameraOff }).click();
    await ada.page.getByRole('button', { name: /^Join/ }).click();
    await ada.inCall();
    await bob.join(link);
    await bob.tile('Ada with a picture').locator(`img[src="${picture}"][data-shown=true]`).waitFor();
  });

  it('changes its password, which signs it out everywhere else', async () => {
    const { page } = await registered('password@example.org');
    const { page: elsewhere } = await server.arrive('Elsewhere');
    await elsewhere.goto(`${server.server.url}/sign-in?to=account`);
    await fill(elsewhere, { email: 'password@example.org', password: PASSWORD });
    await submit(elsewhere);
    await elsewhere.getByRole('heading', { name: t.account.headline }).waitFor();

    await page.goto(`${server.server.url}/account#logins`);
    await page.locator('.logins li').nth(1).waitFor();
    await fill(page, { current: 'not this one', new: 'another horse battery' });
    const button = page.getByRole('button', { name: t.passwords.submit });
    await button.click();
    await page.getByText(t.problem.wrongPassword).waitFor();
    await fill(page, { current: PASSWORD });
    await button.click();
    await page.getByText(t.passwords.done).waitFor();
    await elsewhere.reload();
    await elsewhere.getByRole('heading', { name: t.signIn.endedTitle }).waitFor();
  });

  it('shows where it is signed in, and signs out there', async () => {
    const { page } = await registered('logins@example.org');
    const { page: elsewhere } = await server.arrive('Elsewhere');
    await elsewhere.goto(`${server.server.url}/sign-in`);
    await fill(elsewhere, { email: 'logins@example.org', password: PASSWORD });
    await submit(elsewhere);
    await menu(elsewhere).waitFor();

    await choose(page, en.account.logins);
    await page.locator('.logins li').nth(1).waitFor();
    expect(await page.locator('.logins li').first().textContent()).toContain(t.logins.current);
    await page.getByRole('button', { name: t.logins.endOthers }).click();
    await page.getByText(t.logins.endedOthers).waitFor();
    expect(await page.locator('.logins li').count()).toBe(1);
    await elsewhere.getByRole('button', { name: en.home.start }).click();
    await elsewhere.getByText(en.account.wasSignedOut.title).waitFor();
  });

  it('is left in every tab at once', async () => {
    const { page } = await registered('tabs@example.org');
    const tab = await page.context().newPage();
    await tab.goto(`${server.server.url}/account`);
    await tab.getByRole('heading', { name: t.account.headline }).waitFor();
    await choose(page, en.account.signOut);
    await tab.getByRole('heading', { name: t.signIn.endedTitle }).waitFor();
  });

  it('is deleted with its password, and can’t be signed in to again', async () => {
    const { page } = await registered('deleted@example.org');
    await page.goto(`${server.server.url}/account`);
    await page.getByRole('button', { name: t.remove.open }).click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('[name=password]').fill('wrong horse battery');
    await dialog.getByRole('button', { name: t.remove.submit }).click();
    await dialog.getByText(t.problem.wrongPassword).waitFor();
    await dialog.locator('[name=password]').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: t.remove.doneTitle }).waitFor();
    await page.goto(`${server.server.url}/sign-in`);
    await fill(page, { email: 'deleted@example.org', password: PASSWORD });
    await submit(page);
    await page.getByText(t.problem.credentials).waitFor();
  });
});

/** Types in the page, without a pause that a busy machine could lengthen. */
async function typeFast(input: Element, text: string): Promise<void> {
  if (!(input instanceof HTMLInputElement)) return;
  for (let length = 1; length <= text.length; length += 1) {
    input.value = text.slice(0, length);
    input.dispatchEvent(new Event('input', { bubbles: true }));
    await new Promise((resolve) => setTimeout(resolve));
  }
}

describe('the account pages', () => {
  it('lead back by the browser’s button', async () => {
    const { page } = await server.arrive('Ann');
    await page.goto(server.server.url);
    await page.getByRole('link', { name: en.account.signIn }).click();
    await page.getByRole('heading', { name: t.signIn.headline }).waitFor();
    await page.locator('.further').getByRole('link', { name: t.signIn.register }).click();
    await page.getByRole('heading', { name: t.register.headline }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: t.signIn.headline }).waitFor();
    await page.goBack();
    await page.getByRole('button', { name: en.home.start }).waitFor();
  });

  it('show and hide the password without losing the focus', async () => {
    const { page } = await server.arrive('Ann');
    await page.goto(`${server.server.url}/sign-in`);
    await fill(page, { password: PASSWORD });
    const reveal = page.getByRole('button', { name: t.showPassword });
    await reveal.click();
    expect(await page.locator('[name=password]').getAttribute('type')).toBe('text');
    expect(await reveal.getAttribute('aria-pressed')).toBe('true');
    await reveal.click();
    expect(await page.locator('[name=password]').getAttribute('type')).toBe('password');
    expect(await page.locator('[name=password]').inputValue()).toBe(PASSWORD);
  });

  it('can be filled in by a password manager', async () => {
    const { page } = await server.arrive('Ann');
    const hintsAt = async (path: string) => {
      await page.goto(server.server.url + path);
      await page.locator('[name=password]').waitFor();
      return page
        .locator('form.account-form input')
        .evaluateAll((inputs) =>
          inputs.map((input) => `${input.getAttribute('name')}: ${input.getAttribute('autocomplete')}`),
        );
    };
    expect(await hintsAt('/sign-in')).toEqual(['email: username', 'password: current-password']);
    expect(await hintsAt('/register')).toEqual([
      'displayName: name',
      'email: username',
      'password: new-password',
    ]);
    expect(await hintsAt('/reset#token=x')).toEqual(['password: new-password']);
  });

  it('keep what links carry out of the address bar, over a reload too', async () => {
    const { page } = await server.arrive('Ann');
    await page.goto(`${server.server.url}/reset#token=not-a-token`);
    await page.getByRole('heading', { name: t.reset.headline }).waitFor();
    await expect.poll(() => page.url()).toBe(`${server.server.url}/reset`);
    await page.reload();
    await fill(page, { password: PASSWORD });
    await submit(page);
    await page.getByRole('heading', { name: t.reset.badTitle }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: t.reset.missingTitle }).waitFor();
  });
});
