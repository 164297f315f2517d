import { describe, expect, it } from 'vitest';
import { mayStartCalls, settingsOf } from '../../src/web/server-settings.ts';

const DEFAULTS = {
  registration: 'open',
  guests: true,
  roomCreation: 'everyone',
  oidcName: null,
  embedOrigins: [],
};

describe('what the server tells the page', () => {
  it.each([
    [{}, DEFAULTS],
    [
      { registration: 'invite', guests: 'on', roomCreation: 'users' },
      { ...DEFAULTS, registration: 'invite', roomCreation: 'users' },
    ],
    [
      { registration: 'closed', guests: 'off', roomCreation: 'services', oidcName: 'Example' },
      {
        registration: 'closed',
        guests: false,
        roomCreation: 'services',
        oidcName: 'Example',
        embedOrigins: [],
      },
    ],
    [{ registration: 'later', roomCreation: 'later' }, DEFAULTS],
  ])('by the attributes %j is %j', (attributes, settings) => {
    expect(settingsOf(attributes)).toEqual(settings);
  });
});

describe('who may start calls', () => {
  const person = { role: null };
  const admin = { role: 'admin' } as const;
  it.each([
    ['everyone', [true, true, true]],
    ['users', [false, true, true]],
    ['services', [false, false, true]],
  ] as const)('[AC3] is by %s, of guests, people and admins: %j', (roomCreation, allowed) => {
    const settings = settingsOf({ roomCreation });
    expect([null, person, admin].map((user) => mayStartCalls(settings, user))).toEqual(allowed);
  });
});
