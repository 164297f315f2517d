import { en } from '../../../src/web/i18n/en.ts';
import type { Person } from './person.ts';

/** What hosts do in the page. */

interface HostOptions {
  readonly waitingRoom?: boolean;
  readonly password?: string;
}

/** Starts a call and enters it. Returns its link. */
export async function hostCall(person: Person, home: string, options: HostOptions = {}): Promise<string> {
  const { waitingRoom = false, password } = options;
  const { page } = person;
  await page.goto(home);
  await page.getByText(en.home.options, { exact: true }).click();
  if (password !== undefined) await page.getByLabel(en.home.password, { exact: true }).fill(password);
  if (waitingRoom) await page.getByRole('switch', { name: en.rooms.fields.waitingRoom }).click();
  await page.getByRole('button', { name: en.home.start }).click();
  await page.waitForURL('**/connect/*');
  const link = page.url();
  await person.join(link);
  return link;
}

export async function openPeople({ page }: Person): Promise<void> {
  await page.getByRole('button', { name: en.talk.openPeople }).click();
}

/** Chooses an item of the menu on somebody's tile, with the mouse. */
export async function choose(person: Person, name: string, item: string): Promise<void> {
  await person.tile(name).hover();
  await person.tile(name).locator('.person-menu > .round').click();
  await person.page.getByRole('menuitem', { name: item, exact: true }).click();
}

export function waits({ page }: Person): Promise<void> {
  return page.getByRole('heading', { name: en.rooms.waiting.headline }).waitFor();
}

/** Presses keys until an element that matches has the focus. */
export async function focusByKey(
  { page }: Person,
  key: 'Tab' | 'ArrowDown',
  selector: string,
): Promise<void> {
  const isFocused = () =>
    page.evaluate((wanted) => document.activeElement?.matches(wanted) === true, selector);
  /** More than there are controls in a call. */
  const MOST_PRESSES = 80;
  for (let presses = 0; !(await isFocused()); presses++) {
    if (presses === MOST_PRESSES) throw new Error(`${key} never reaches ${selector}`);
    await page.keyboard.press(key);
  }
}
