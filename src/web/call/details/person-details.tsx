import type { CallPeerStats, PictureKind, RemotePeer } from '../../../client/index.ts';
import { Avatar } from '../../components/avatar.tsx';
import { useDetailsMessages } from '../../i18n/details-messages.ts';
import { useMessages } from '../../i18n/messages.ts';
import { nameOf, pictureOf } from '../people.ts';
import { SafetyCode } from '../safety-code.tsx';
import { QualityPill } from './quality-pill.tsx';
import { Stat } from './stat.tsx';
import { bitRateText, limitText, lossText, pathText, pictureText } from './stats-text.ts';

interface PersonDetailsProps {
  readonly peer: RemotePeer;
  /** Null until there are some. */
  readonly stats: CallPeerStats | null;
}

/** The connection to one person: its path, how fast and complete it is, and the pictures that go each way. */
export function PersonDetails({ peer, stats }: PersonDetailsProps) {
  const t = useMessages();
  const words = useDetailsMessages();
  const name = nameOf(peer) || t.guest;
  const roundTripMs = stats?.roundTripMs ?? null;
  return (
    <section
      class="peer-stats"
      aria-label={name}
      data-peer-id={peer.peerId}
      data-path={stats?.path ?? 'none'}
    >
      <h3>
        <Avatar name={name} seed={peer.key} picture={pictureOf(peer)} />
        <span>{name}</span>
        <span class="path" data-path={stats?.path ?? 'none'}>
          {pathText(stats, words)}
        </span>
      </h3>
      <QualityPill quality={stats?.quality ?? null} />
      <dl>
        <Stat term={words.roundTrip} text={roundTripMs === null ? '' : words.ms(Math.round(roundTripMs))} />
        <Stat
          term={words.down}
          text={bitRateText(stats?.receiveBitsPerSecond ?? null, words)}
          more={lossText(stats?.received ?? {}, words)}
        />
        <Stat
          term={words.up}
          text={bitRateText(stats?.sendBitsPerSecond ?? null, words)}
          more={lossText(stats?.sent ?? {}, words)}
        />
      </dl>
      <dl class="pictures">
        {KINDS.map((kind) => {
          const received = stats?.received[kind];
          if (received === undefined || !isSent(peer, kind)) return null;
          const text = peer.held[kind] ? words.held : pictureText(received, words);
          return <Stat key={kind} term={words.theirs[kind]} text={text} />;
        })}
        {KINDS.map((kind) => {
          const sent = stats?.sent[kind];
          if (sent === undefined) return null;
          return (
            <Stat
              key={kind}
              term={words.yours[kind]}
              text={pictureText(sent, words)}
              more={limitText(sent, words)}
            />
          );
        })}
      </dl>
      <SafetyCode peer={peer} />
    </section>
  );
}

const KINDS: readonly PictureKind[] = ['camera', 'screen'];

/** Stats go on after the last frame. */
function isSent({ media }: RemotePeer, kind: PictureKind): boolean {
  return kind === 'camera' ? media.video : media.screen;
}
