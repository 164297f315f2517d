import { type ReadonlySignal, signal } from '@preact/signals';
import { type Failure, failureOf } from '../failure.ts';
import { singleFlight } from '../single-flight.ts';

/** A list that the server sends whole and from which hosts take things: invitations, banned people. */
export interface HostList<Item> {
  /** Null until the first answer. */
  readonly items: ReadonlySignal<readonly Item[] | null>;
  readonly failure: ReadonlySignal<Failure | null>;
  /** Loads the list, also again. */
  load(): Promise<void>;
  /** Resolves with whether it is gone; if not, `failure` says why. */
  remove(item: Item): Promise<boolean>;
}

interface HostListDeps<Item> {
  readonly idOf: (item: Item) => string;
  readonly list: () => Promise<readonly Item[]>;
  readonly remove: (id: string) => Promise<void>;
}

export function createHostList<Item>({ idOf, list, remove }: HostListDeps<Item>): HostList<Item> {
  const items = signal<readonly Item[] | null>(null);
  const failure = signal<Failure | null>(null);

  return {
    items,
    failure,
    load: singleFlight(async () => {
      failure.value = null;
      try {
        items.value = await list();
      } catch (error) {
        failure.value = failureOf(error);
      }
    }),
    async remove(item) {
      failure.value = null;
      const id = idOf(item);
      try {
        await remove(id);
      } catch (error) {
        // Removed by another host meanwhile.
        if (failureOf(error).code !== 'not_found') {
          failure.value = failureOf(error);
          return false;
        }
      }
      items.value = items.value?.filter((one) => idOf(one) !== id) ?? null;
      return true;
    },
  };
}
