import { describe, expect, it } from 'vitest';
import { settingsOf } from '../../src/web/server-settings.ts';

describe('what the server tells the page', () => {
  it.each([
    [{}, { registration: 'open', guests: true, oidcName: null }],
    [
      { registration: 'invite', guests: 'on' },
      { registration: 'invite', guests: true, oidcName: null },
    ],
    [
      { registration: 'closed', guests: 'off', oidcName: 'Example' },
      { registration: 'closed', guests: false, oidcName: 'Example' },
    ],
    [{ registration: 'later' }, { registration: 'open', guests: true, oidcName: null }],
  ])('by the attributes %j is %j', (attributes, settings) => {
    expect(settingsOf(attributes)).toEqual(settings);
  });
});
