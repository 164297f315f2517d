import { describe, expect, it } from 'vitest';
import { createSignIns } from '../../src/accounts/sign-ins.ts';
import { FakeClock } from '../support/fakes/clock.ts';

describe('tries to sign in', () => {
  it('[AC2] are limited per minute and network: IPv4 whole, IPv6 by its /64', () => {
    const clock = new FakeClock();
    const { count } = createSignIns(clock, 2);
    for (const address of ['2001:db8::1', '2001:db8::2']) count(address);
    const limited = expect.objectContaining({ code: 'rate_limited', retryAfterMs: 30_000 });
    expect(() => count('2001:db8::3')).toThrow(limited);
    count('2001:db8:0:1::1');
    for (let n = 0; n < 2; n += 1) count('192.0.2.1');
    expect(() => count('192.0.2.1')).toThrow(limited);
    expect(() => count('::ffff:192.0.2.1')).toThrow(limited);
    count('192.0.2.2');
    clock.advance(30_000);
    count('2001:db8::3');
    expect(() => count('2001:db8::3')).toThrow(limited);
  });
});
