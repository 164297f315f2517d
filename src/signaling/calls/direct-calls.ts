import type { Identity } from '../../domain/identity.ts';

/** Who may call whom outside of rooms [CA6]. `users`: registered and external users; `on`: guests too. */
export type DirectCalls = 'users' | 'on' | 'off';

/** Whether one may make and take direct calls [CA6]. A token for one room allows none [TK4]. */
export function mayCallDirectly({ kind, room }: Identity, directCalls: DirectCalls): boolean {
  if (directCalls === 'off' || room !== null) return false;
  return directCalls === 'on' || kind !== 'guest';
}
