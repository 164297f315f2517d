import { describe, expect, it } from 'vitest';
import { createChallenges, MAX_CHALLENGES } from '../../../src/tls/acme/challenges.ts';

describe('challenges', () => {
  it('are answered until they are over', () => {
    const challenges = createChallenges();
    const forget = challenges.add('token', 'token.thumbprint');
    expect(challenges.answer('token')).toBe('token.thumbprint');
    expect(challenges.answer('__proto__')).toBeUndefined();
    forget();
    expect(challenges.answer('token')).toBeUndefined();
  });

  it('are not more than a few', () => {
    const challenges = createChallenges();
    for (let i = 0; i < MAX_CHALLENGES; i++) challenges.add(String(i), 'x');
    expect(() => challenges.add('one more', 'x')).toThrow(RangeError);
  });
});
