import type { Identity } from '../../domain/identity.ts';

/** Who may call whom without a room [CA6]: registered and external users each other, guests too, or nobody. */
export type DirectCalls = 'users' | 'on' | 'off';

/** [CA6] A token for one room makes and takes no direct calls [TK4]. */
export function mayCallDirectly({ kind, room }: Identity, directCalls: DirectCalls): boolean {
  if (directCalls === 'off' || room !== null) return false;
  return directCalls === 'on' || kind !== 'guest';
}
