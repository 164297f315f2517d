import { describe, expect, it } from 'vitest';
import {
  deniedBy,
  invitationRequestOf,
  isUsedUp,
  NEW_INVITATION,
} from '../../../src/web/rooms/invitation-values.ts';

const NOW = Date.parse('2026-01-01T00:00:00.000Z');

describe('what a host sets about an invitation', () => {
  it('[RM12] passes the waiting room for a week at first, and takes no rights from anybody', () => {
    expect(invitationRequestOf(NEW_INVITATION, NOW)).toEqual({
      skipKnock: true,
      expiresAt: '2026-01-08T00:00:00.000Z',
    });
  });

  it('[RM12] names everything that was chosen', () => {
    const values = { ...NEW_INVITATION, skipKnock: false, send: ['audio'] as const };
    expect(invitationRequestOf({ ...values, uses: '5', lasting: 'ever' }, NOW)).toEqual({
      send: ['audio'],
      uses: 5,
    });
  });

  it('[RM12] lets hosts pass the waiting room, which never holds them up', () => {
    const values = { ...NEW_INVITATION, host: true, skipKnock: false, lasting: 'ever' as const };
    expect(invitationRequestOf(values, NOW)).toEqual({ host: true, skipKnock: true });
  });

  it('says what an invitation denies, and whether it is used up', () => {
    expect(deniedBy({ send: null })).toEqual([]);
    expect(deniedBy({ send: ['chat', 'audio'] })).toEqual(['video', 'screen']);
    expect(isUsedUp({ uses: null, used: 9 })).toBe(false);
    expect(isUsedUp({ uses: 2, used: 1 })).toBe(false);
    expect(isUsedUp({ uses: 2, used: 2 })).toBe(true);
  });
});
