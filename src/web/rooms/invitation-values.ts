import type { InvitationRequest, RoomInvitation, SendKind } from '../../client/index.ts';

/** What a guest of an invitation may send, in the order of the form. */
export const SEND_KINDS: readonly SendKind[] = ['audio', 'video', 'screen', 'chat'];

/** How many people may come by an invitation; `any`: without limit. */
export const USES = ['any', '1', '5', '10', '30', '100'] as const;
export type Uses = (typeof USES)[number];

const HOUR_MS = 3_600_000;
/** How long an invitation is good for, in milliseconds; null for ever. */
const LASTING = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 168 * HOUR_MS, month: 720 * HOUR_MS, ever: null };
export type Lasting = keyof typeof LASTING;
export const LASTINGS: readonly Lasting[] = ['hour', 'day', 'week', 'month', 'ever'];

/** What a host sets about an invitation. */
export interface InvitationValues {
  readonly host: boolean;
  readonly skipKnock: boolean;
  readonly send: readonly SendKind[];
  readonly uses: Uses;
  readonly lasting: Lasting;
}

export const NEW_INVITATION: InvitationValues = {
  host: false,
  skipKnock: true,
  send: SEND_KINDS,
  uses: 'any',
  lasting: 'week',
};

/**
 * Returns the request that makes such an invitation.
 * @param now milliseconds since 1970
 */
export function invitationRequestOf(values: InvitationValues, now: number): InvitationRequest {
  const { host, skipKnock, send, uses, lasting } = values;
  const expiresAt = expiryAfter(lasting, now);
  return {
    ...(host ? { host } : {}),
    // Hosts never wait.
    ...(skipKnock || host ? { skipKnock: true } : {}),
    // An invitation that names everything would give back what a host has taken from somebody.
    ...(send.length === SEND_KINDS.length ? {} : { send }),
    ...(uses === 'any' ? {} : { uses: Number(uses) }),
    ...(expiresAt === null ? {} : { expiresAt }),
  };
}

/** Returns when something expires that is made at `now`; null for never. */
export function expiryAfter(lasting: Lasting, now: number): string | null {
  const lasts = LASTING[lasting];
  return lasts === null ? null : new Date(now + lasts).toISOString();
}

/** Returns what somebody who comes by the invitation may not use. */
export function deniedBy({ send }: Pick<RoomInvitation, 'send'>): readonly SendKind[] {
  return send === null ? [] : SEND_KINDS.filter((kind) => !send.includes(kind));
}

/** Whether as many people have come as may. */
export function isUsedUp({ uses, used }: Pick<RoomInvitation, 'uses' | 'used'>): boolean {
  return uses !== null && used >= uses;
}
