import { describe, expect, it } from 'vitest';
import { createEvents } from '../../src/domain/events.ts';
import type { UserId } from '../../src/domain/ids.ts';

const ANN = 'ann' as UserId;

function setUp() {
  const errors: { message: string; fields: Readonly<Record<string, unknown>> }[] = [];
  const events = createEvents({ log: { error: (message, fields) => errors.push({ message, fields }) } });
  return { events, errors };
}

describe('domain events', () => {
  it('reach their subscribers in the order of subscription, before publish returns', () => {
    const { events } = setUp();
    const heard: string[] = [];
    events.subscribe('login.ended', ({ loginId }) => heard.push(`first ${loginId}`));
    events.subscribe('login.ended', ({ loginId }) => heard.push(`second ${loginId}`));
    events.publish('login.ended', { loginId: 'x', userId: ANN });
    expect(heard).toEqual(['first x', 'second x']);
  });

  it('reach nobody who subscribed to another event', () => {
    const { events } = setUp();
    const heard: string[] = [];
    events.subscribe('room.emptied', ({ roomId }) => heard.push(roomId));
    events.publish('login.ended', { loginId: 'x', userId: ANN });
    expect(heard).toEqual([]);
  });

  it('log a subscriber that throws, and stop neither the others nor the publisher', () => {
    const { events, errors } = setUp();
    const heard: string[] = [];
    const error = new Error('database is locked');
    events.subscribe('login.ended', () => {
      throw error;
    });
    events.subscribe('login.ended', ({ loginId }) => heard.push(loginId));
    events.publish('login.ended', { loginId: 'x', userId: ANN });
    expect(heard).toEqual(['x']);
    expect(errors).toEqual([
      {
        message: 'a subscriber to a domain event failed',
        fields: { event: 'login.ended', loginId: 'x', userId: ANN, error },
      },
    ]);
  });
});
