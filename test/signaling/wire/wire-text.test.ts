import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { Room, User, UserKind, UserStatus } from '../../../src/protocol/fields.ts';
import { listText, roomText, userText } from '../../../src/signaling/wire/wire-text.ts';

const text = fc.string({ unit: 'binary' });
const maybe = fc.option(text);
const uuid = fc.uuid();
const time = fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
const kind = fc.constantFrom(...UserKind.options);
const status = fc.constantFrom(...UserStatus.options);

describe('texts of what newcomers are told', () => {
  it('a user is all that its schema says, in its order', () => {
    const user = fc.record<User>({
      id: text,
      username: maybe,
      displayName: maybe,
      kind,
      status,
      avatarUrl: maybe,
      bio: maybe,
      createdAt: time,
    });
    fc.assert(
      fc.property(user, (made) => {
        expect(userText(made)).toBe(JSON.stringify(v.parse(v.strictObject(User.entries), made)));
      }),
    );
  });

  it('a room is all that its schema says, in its order', () => {
    const room = fc.record<Room>({
      id: uuid,
      name: maybe,
      ownerId: maybe,
      max: fc.nat(),
      hasPassword: fc.boolean(),
      locked: fc.boolean(),
      persistent: fc.boolean(),
      listed: fc.boolean(),
      emptySeconds: fc.nat(),
      createdAt: time,
      participants: fc.nat(),
    });
    fc.assert(
      fc.property(room, (made) => {
        expect(roomText(made, made.participants)).toBe(
          JSON.stringify(v.parse(v.strictObject(Room.entries), made)),
        );
      }),
    );
  });

  it('a list is a list, empty or not', () => {
    expect(listText([])).toBe('[]');
    expect(listText([{ urls: 'stun:example.org' }])).toBe('[{"urls":"stun:example.org"}]');
  });
});
