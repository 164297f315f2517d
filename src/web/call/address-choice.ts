import { type ReadonlySignal, signal } from '@preact/signals';
import type { Call } from '../../client/index.ts';
import type { Prefs } from '../prefs.ts';

/** Whether this person hides its address from the others. */
export interface AddressChoice {
  readonly hides: ReadonlySignal<boolean>;
  /** Whether it was refused, as the server has no relay. */
  readonly refused: ReadonlySignal<boolean>;
  /** Takes effect at once, and in later calls. */
  choose(hides: boolean): void;
}

export function createAddressChoice(
  call: Pick<Call, 'hidesAddress' | 'setHideAddress'>,
  prefs: Prefs,
): AddressChoice {
  const hides = signal(call.hidesAddress);
  const refused = signal(false);
  return {
    hides,
    refused,
    choose(next) {
      try {
        call.setHideAddress(next);
        rememberHiding(prefs, next);
        refused.value = false;
      } catch {
        refused.value = true;
      }
      hides.value = call.hidesAddress;
    },
  };
}

/** Whether the person chose to hide its address. */
export function remembersHiding(prefs: Pick<Prefs, 'get'>): boolean {
  return prefs.get('hideAddress') === 'yes';
}

export function rememberHiding(prefs: Pick<Prefs, 'set'>, hides: boolean): void {
  prefs.set('hideAddress', hides ? 'yes' : '');
}
