import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { PeerStats, RemotePeer } from '../../client/index.ts';
import { Avatar } from '../components/avatar.tsx';
import { useMessages } from '../i18n/messages.ts';
import type { CallModel } from './call-model.ts';
import { nameOf, pictureOf } from './people.ts';
import { bitRateText, pathText } from './stats-text.ts';

/** Milliseconds between readings, which are averages over this time. */
const REFRESH_MS = 1_000;

/** Shows the media path, round-trip time and bit rates for each person. */
export function ConnectionDetails({ call }: { call: CallModel }) {
  const t = useMessages();
  // Reading the signal re-renders the panel when somebody joins or leaves.
  const count = call.others.value.length;
  return (
    <>
      <p class="soft">{count === 0 ? t.details.nobody : t.details.intro}</p>
      {call.peers().map((peer) => (
        <PeerStatsSection key={peer.key} peer={peer} />
      ))}
    </>
  );
}

function PeerStatsSection({ peer }: { peer: RemotePeer }) {
  const t = useMessages();
  const stats = useSignal<PeerStats | null>(null);
  useEffect(() => {
    let shown = true;
    const read = async () => {
      const now = await peer.stats().catch(() => null);
      if (shown) stats.value = now;
    };
    void read();
    const timer = setInterval(read, REFRESH_MS);
    return () => {
      shown = false;
      clearInterval(timer);
    };
  }, [peer]);

  const name = nameOf(peer) || t.guest;
  const { value } = stats;
  return (
    <section
      class="peer-stats"
      aria-label={name}
      data-peer-id={peer.peerId}
      data-path={value?.path ?? 'none'}
    >
      <h3>
        <Avatar name={name} seed={peer.key} picture={pictureOf(peer)} />
        <span>{name}</span>
        <span class="path" data-path={value?.path ?? 'none'}>
          {pathText(value, t)}
        </span>
      </h3>
      <dl>
        <Stat term={t.details.roundTrip} text={roundTripText(value)} />
        <Stat term={t.details.up} text={bitRateText(value?.sendBitsPerSecond ?? null, t)} />
        <Stat term={t.details.down} text={bitRateText(value?.receiveBitsPerSecond ?? null, t)} />
        <Stat
          term={t.details.lost}
          text={value === null ? '' : new Intl.NumberFormat(t.lang).format(value.packetsLost)}
        />
      </dl>
    </section>
  );

  function roundTripText(now: PeerStats | null): string {
    const ms = now?.roundTripMs ?? null;
    return ms === null ? '' : t.details.ms(Math.round(ms));
  }
}

/** @param text '' if not known yet */
function Stat({ term, text }: { term: string; text: string }) {
  const t = useMessages();
  return (
    <div>
      <dt>{term}</dt>
      <dd>{text || <Unknown label={t.details.unknown} />}</dd>
    </div>
  );
}

function Unknown({ label }: { label: string }) {
  return (
    <>
      <span aria-hidden="true">–</span>
      <span class="visually-hidden">{label}</span>
    </>
  );
}
