import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { CallStats } from '../../../client/index.ts';
import { useDetailsMessages } from '../../i18n/details-messages.ts';
import type { CallModel } from '../call-model.ts';
import { OwnLine } from './own-line.tsx';
import { PersonDetails } from './person-details.tsx';

/** Milliseconds between readings, which are averages over this time. */
const REFRESH_MS = 1_000;

interface ConnectionDetailsProps {
  readonly call: CallModel;
  /** Opens the choice of how much is sent. */
  readonly onChoose: () => void;
}

/** Shows how this person's own line does, and the connection to each other person. */
export function ConnectionDetails({ call, onChoose }: ConnectionDetailsProps) {
  const words = useDetailsMessages();
  const stats = useStats(call);
  // Reading the signal re-renders the panel when somebody joins, leaves or holds a picture back.
  const others = call.others.value;
  return (
    <>
      <p class="soft">{others.length === 0 ? words.nobody : words.intro}</p>
      {others.length > 0 && <OwnLine stats={stats} limit={call.uplink.limit.value} onChoose={onChoose} />}
      {call.peers().map((peer) => (
        <PersonDetails
          key={peer.key}
          peer={peer}
          stats={stats?.peers.find(({ key }) => key === peer.key) ?? null}
        />
      ))}
    </>
  );
}

/** Returns the latest stats of the call; null until there are some. */
function useStats(call: CallModel): CallStats | null {
  const stats = useSignal<CallStats | null>(null);
  useEffect(() => {
    let shown = true;
    const read = async () => {
      const now = await call.stats().catch(() => null);
      if (shown) stats.value = now;
    };
    void read();
    const timer = setInterval(read, REFRESH_MS);
    return () => {
      shown = false;
      clearInterval(timer);
    };
  }, [call]);
  return stats.value;
}
