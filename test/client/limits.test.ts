import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/client/index.ts';
import { Bio, CustomStatus, DisplayName, Password, UserInfo, Username } from '../../src/protocol/fields.ts';
import { RoomMax, RoomName } from '../../src/protocol/room-fields.ts';

describe('the limits', () => {
  it.each([
    ['username', Username],
    ['displayName', DisplayName],
    ['roomName', RoomName],
    ['password', Password],
  ] as const)('are the server’s own: %s', (name, schema) => {
    const { min, max } = LIMITS[name];
    const accepted = [min - 1, min, max, max + 1].map((length) => v.is(schema, 'x'.repeat(length)));
    expect(accepted).toEqual([false, true, true, false]);
  });

  it.each([
    ['bio', Bio],
    ['customStatus', CustomStatus],
  ] as const)('are the server’s own: %s, which may be empty', (name, schema) => {
    const { max } = LIMITS[name];
    expect([0, max, max + 1].map((length) => v.is(schema, 'x'.repeat(length)))).toEqual([true, true, false]);
  });

  it('are the server’s own: people and userInfo', () => {
    const { min, max, default: standard } = LIMITS.people;
    const accepted = [min - 1, min, standard, max, max + 1].map((people) => v.is(RoomMax, people));
    expect(accepted).toEqual([false, true, true, true, false]);
    const json = (length: number) => 'x'.repeat(length - '""'.length);
    expect(v.is(UserInfo, json(LIMITS.userInfo.max))).toBe(true);
    expect(v.is(UserInfo, json(LIMITS.userInfo.max + 1))).toBe(false);
  });
});
