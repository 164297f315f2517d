import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../src/client/index.ts';
import {
  avatarProblem,
  emailProblem,
  longProblem,
  newPasswordProblem,
  onlyProblems,
  usernameProblem,
} from '../../../src/web/accounts/checks.ts';
import { accounts as t } from '../../../src/web/i18n/en-accounts.ts';
import { isPictureAddress } from '../../../src/web/picture-address.ts';

describe('what is typed', () => {
  it.each([
    ['', t.problem.emailMissing],
    ['  ', t.problem.emailMissing],
    ['ada', t.problem.emailBad],
    ['ada@', t.problem.emailBad],
    ['a b@c', t.problem.emailBad],
    [' ada@example.org ', ''],
    ['ада@почта.рф', ''],
  ])('as the e-mail address %j has the problem %j', (email, problem) => {
    expect(emailProblem(email, t)).toBe(problem);
  });

  it('as a password is counted in characters, not in UTF-16 units', () => {
    expect(newPasswordProblem('', t)).toBe(t.problem.passwordMissing);
    expect(newPasswordProblem('🐎'.repeat(LIMITS.password.min - 1), t)).toBe(
      t.problem.passwordShort(LIMITS.password.min),
    );
    expect(newPasswordProblem('🐎'.repeat(LIMITS.password.max), t)).toBe('');
    expect(newPasswordProblem('x'.repeat(LIMITS.password.max + 1), t)).toBe(
      t.problem.passwordLong(LIMITS.password.max),
    );
  });

  it.each([
    ['', ''],
    ['ada', ''],
    ['ada_L-1', ''],
    ['ad', t.problem.usernameBad],
    ['Ада', t.problem.usernameBad],
  ])('as the username %j has the problem %j', (username, problem) => {
    expect(usernameProblem(username, t)).toBe(problem);
  });

  it.each([
    ['https://example.org/ada.png', true],
    ['https://example.org', true],
    ['http://example.org/ada.png', false],
    ['https://ada:secret@example.org/', false],
    ['javascript:alert(1)', false],
    ['https://[', false],
    ['data:image/png;base64,AAAA', false],
  ])('as the address of a picture, %j is accepted: %j', (address, isAccepted) => {
    expect(isPictureAddress(address)).toBe(isAccepted);
    expect(avatarProblem(address, t)).toBe(isAccepted ? '' : t.problem.avatarBad);
  });

  it('as a longer text may be as long as the limit', () => {
    expect([longProblem('xxx', 3, 'long'), longProblem('xxxx', 3, 'long')]).toEqual(['', 'long']);
  });

  it('has only the problems there are', () => {
    expect(onlyProblems({ a: '', b: 'wrong' })).toEqual({ b: 'wrong' });
  });
});
