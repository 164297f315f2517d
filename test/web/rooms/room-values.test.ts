import { describe, expect, it } from 'vitest';
import {
  changeOf,
  isPasswordShort,
  NEW_ROOM,
  requestOf,
  valuesOf,
} from '../../../src/web/rooms/room-values.ts';
import { ROOM } from '../fakes.ts';

describe('what a person sets about a call', () => {
  it('asks for nothing but the default number of people', () => {
    expect(requestOf(NEW_ROOM)).toEqual({ max: NEW_ROOM.max });
  });

  it('asks for what was typed and turned on', () => {
    const values = { ...NEW_ROOM, name: ' Math ', password: 'correct horse', max: 4, waitingRoom: true };
    expect(requestOf({ ...values, persistent: true, relayOnly: true, chat: 'since_join' })).toEqual({
      name: 'Math',
      password: 'correct horse',
      max: 4,
      waitingRoom: true,
      persistent: true,
      relayOnly: true,
      chat: 'since_join',
    });
  });

  it('changes only what differs', () => {
    expect(changeOf(ROOM, valuesOf(ROOM))).toEqual({});
    const values = { ...valuesOf(ROOM), name: '', relayOnly: true, chat: 'none' as const };
    expect(changeOf(ROOM, values)).toEqual({ name: null, relayOnly: true, chat: 'none' });
  });

  it('removes a password only from a call that has one', () => {
    const values = { ...valuesOf(ROOM), removesPassword: true };
    expect(changeOf(ROOM, values)).toEqual({});
    expect(changeOf({ ...ROOM, hasPassword: true }, values)).toEqual({ password: null });
    expect(changeOf(ROOM, { ...values, password: 'correct horse' })).toEqual({ password: 'correct horse' });
  });

  it('counts a password in code points, as the server does', () => {
    expect(isPasswordShort({ ...NEW_ROOM, password: '😀'.repeat(4) })).toBe(true);
    expect(isPasswordShort({ ...NEW_ROOM, password: '' })).toBe(false);
  });
});
