import { describe, expect, it } from 'vitest';
import { emailKeyOf } from '../../src/accounts/email-key.ts';

describe('the key of an e-mail address', () => {
  it('[AC1] is the same in either case, however its letters are written', () => {
    expect(emailKeyOf('ANN@Example.ORG')).toBe('ann@example.org');
    expect(emailKeyOf('K\u030cIM@x.org')).toBe(emailKeyOf('\u01e9im@x.org'));
    // There is no single character for the capital letter.
    expect(emailKeyOf('J\u030cA@x.org')).toBe(emailKeyOf('\u01f0a@x.org'));
  });

  it('[AC1] tells other letters apart, so that nobody signs in as somebody else', () => {
    expect(emailKeyOf('ki\u017fm@x.org')).not.toBe(emailKeyOf('kism@x.org'));
    expect(emailKeyOf('k\u0131m@x.org')).not.toBe(emailKeyOf('kim@x.org'));
  });
});
