import { describe, expect, it } from 'vitest';
import { settingsOf } from '../../src/web/server-settings.ts';

const DEFAULTS = { registration: 'open', guests: true, roomCreation: 'everyone', oidcName: null };

describe('what the server tells the page', () => {
  it.each([
    [{}, DEFAULTS],
    [
      { registration: 'invite', guests: 'on', roomCreation: 'users' },
      { ...DEFAULTS, registration: 'invite', roomCreation: 'users' },
    ],
    [
      { registration: 'closed', guests: 'off', roomCreation: 'services', oidcName: 'Example' },
      { registration: 'closed', guests: false, roomCreation: 'services', oidcName: 'Example' },
    ],
    [{ registration: 'later', roomCreation: 'later' }, DEFAULTS],
  ])('by the attributes %j is %j', (attributes, settings) => {
    expect(settingsOf(attributes)).toEqual(settings);
  });
});
