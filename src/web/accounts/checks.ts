import { LIMITS } from '../../client/index.ts';
import type { AccountMessages } from '../i18n/account-messages.ts';
import { isPictureAddress } from '../picture-address.ts';

/** What is wrong with an input, in words; '' if nothing is. The server checks again. */

/** The server counts code points. */
function lengthOf(text: string): number {
  return [...text].length;
}

export function emailProblem(email: string, t: AccountMessages): string {
  const typed = email.trim();
  if (typed === '') return t.problem.emailMissing;
  return /^[^\s@]+@[^\s@]+$/.test(typed) ? '' : t.problem.emailBad;
}

/** Checks a password that is to be set. */
export function newPasswordProblem(password: string, t: AccountMessages): string {
  const { min, max } = LIMITS.password;
  if (password === '') return t.problem.passwordMissing;
  const length = lengthOf(password);
  if (length < min) return t.problem.passwordShort(min);
  return length > max ? t.problem.passwordLong(max) : '';
}

/** Checks a password that was set before; it may be from a time of other limits. */
export function passwordProblem(password: string, t: AccountMessages): string {
  return password === '' ? t.problem.passwordMissing : '';
}

export function usernameProblem(username: string, t: AccountMessages): string {
  const { min, max } = LIMITS.username;
  const isFine = /^[A-Za-z0-9_-]+$/.test(username) && username.length >= min && username.length <= max;
  return username === '' || isFine ? '' : t.problem.usernameBad;
}

export function avatarProblem(address: string, t: AccountMessages): string {
  return address === '' || isPictureAddress(address) ? '' : t.problem.avatarBad;
}

export function longProblem(text: string, max: number, problem: string): string {
  return lengthOf(text.trim()) > max ? problem : '';
}

/** Leaves out what is fine. */
export function onlyProblems<Name extends string>(
  problems: Readonly<Record<Name, string>>,
): Readonly<Partial<Record<Name, string>>> {
  return Object.fromEntries(Object.entries(problems).filter(([, problem]) => problem !== '')) as Partial<
    Record<Name, string>
  >;
}
