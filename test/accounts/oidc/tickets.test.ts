import { describe, expect, it } from 'vitest';
import { Tickets } from '../../../src/accounts/oidc/tickets.ts';
import { randomIds } from '../../../src/domain/ids.ts';
import { FakeClock } from '../../support/fakes/clock.ts';

const LIFETIME_MS = 1_000;

describe('tickets', () => {
  it('are worth their value once, to their browser', () => {
    const { tickets } = setUp();
    const ticket = tickets.issue('browser', 'value');
    expect(ticket).toMatch(/^[\w-]{43}$/);
    expect(tickets.take(ticket, 'another')).toEqual({ is: 'unknown' });
    expect(tickets.take('another', 'browser')).toEqual({ is: 'unknown' });
    expect(tickets.take(ticket, 'browser')).toMatchObject({ is: 'good', value: 'value' });
    expect(tickets.take(ticket, 'browser')).toEqual({ is: 'unknown' });
  });

  it('can be given back if they could not be used', () => {
    const { tickets } = setUp();
    const ticket = tickets.issue('browser', 'value');
    const taken = tickets.take(ticket, 'browser');
    if (taken.is === 'good') taken.giveBack();
    expect(tickets.take(ticket, 'browser').is).toBe('good');
  });

  it('expire, and are told from unknown ones for a while', () => {
    const { tickets, clock } = setUp();
    const [first, second] = [tickets.issue('browser', 'one'), tickets.issue('browser', 'two')];
    clock.advance(LIFETIME_MS - 1);
    expect(tickets.take(first, 'browser').is).toBe('good');
    clock.advance(1);
    expect(tickets.take(second, 'browser')).toEqual({ is: 'expired', value: 'two' });
  });

  it('are at most as many as allowed: the oldest goes first', () => {
    const { tickets } = setUp(3);
    const [oldest, ...others] = ['a', 'b', 'c', 'd'].map((value) => tickets.issue('browser', value));
    expect(tickets.size).toBe(3);
    expect(tickets.take(oldest ?? '', 'browser')).toEqual({ is: 'unknown' });
    expect(others.map((ticket) => tickets.take(ticket, 'browser').is)).toEqual(['good', 'good', 'good']);
  });

  it('leave memory a lifetime after they expired', () => {
    const { tickets, clock } = setUp();
    tickets.issue('browser', 'old');
    clock.advance(2 * LIFETIME_MS);
    tickets.issue('browser', 'new');
    expect(tickets.size).toBe(1);
  });
});

function setUp(max = 10) {
  const clock = new FakeClock();
  return { clock, tickets: new Tickets<string>({ clock, ids: randomIds, lifetimeMs: LIFETIME_MS, max }) };
}
