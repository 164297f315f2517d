import type { Profile } from '../../domain/identity.ts';
import { payloadText } from '../wire/payload-text.ts';
import type { Members } from './participant.ts';

type Said = Pick<Profile, 'id' | 'status' | 'customStatus'>;

/** Whether others see another status [AC4]. What a user says while hidden is seen by nobody. */
export function looksOther(before: Said, after: Said): boolean {
  if (before.status !== after.status) return true;
  return after.status !== 'offline' && before.customStatus !== after.customStatus;
}

/** Sends `user:status` to everybody else in these rooms: once to each, since nobody is in two [AC4]. */
export function tellStatus({ id: userId, status, customStatus }: Said, rooms: ReadonlySet<Members>): void {
  const body = payloadText('user:status', { userId, status, customStatus });
  for (const { members } of rooms) {
    for (const member of members) if (member.userId !== userId) member.deliverText('user:status', body);
  }
}
