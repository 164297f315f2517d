import { type ReadonlySignal, signal } from '@preact/signals';
import type { Call, RemotePeer } from '../../client/index.ts';
import { attempt } from '../optional-features.ts';
import type { PersonView } from './people.ts';

/** Raised hands. */
export interface Hands {
  /** When this side raised its hand (ISO 8601); null while it is down. */
  readonly own: ReadonlySignal<string | null>;
  /** Raises this side's hand, or lowers it. */
  toggle(): void;
  /** Lowers somebody's hand; others' for hosts only. */
  lower(person: PersonView): void;
  close(): void;
}

/** @param onRaised somebody else raised a hand */
export function createHands(call: Call, onRaised: (peer: RemotePeer) => void): Hands {
  const own = signal(call.hand);
  const set = (raised: boolean) => attempt(() => call.raiseHand(raised));
  const off = call.on('hand', (peer, hand) => {
    if (peer === undefined) own.value = hand;
    else if (hand !== null) onRaised(peer);
  });
  return {
    own,
    toggle: () => set(own.peek() === null),
    lower(person) {
      if (person.isSelf) set(false);
      else attempt(() => call.lowerHand(person));
    },
    close: off,
  };
}

/** Those who raised a hand, the first one first. */
export function inOrder(people: readonly PersonView[]): readonly PersonView[] {
  return people
    .filter(({ hand }) => hand !== null)
    .sort((a, b) => ((a.hand ?? '') < (b.hand ?? '') ? -1 : 1));
}
