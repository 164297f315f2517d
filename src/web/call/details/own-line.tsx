import type { CallStats, UplinkLimit } from '../../../client/index.ts';
import { useDetailsMessages } from '../../i18n/details-messages.ts';
import { useMessages } from '../../i18n/messages.ts';
import { UPLINK_OPTIONS } from '../uplink-choice.ts';
import { QualityPill } from './quality-pill.tsx';
import { Stat } from './stat.tsx';
import { bitRateText } from './stats-text.ts';

interface OwnLineProps {
  readonly stats: CallStats | null;
  readonly limit: UplinkLimit;
  readonly onChoose: () => void;
}

/** This person's own line: what goes out and comes in altogether, and how much may go out. */
export function OwnLine({ stats, limit, onChoose }: OwnLineProps) {
  const t = useMessages();
  const words = useDetailsMessages();
  const option = UPLINK_OPTIONS.find((one) => one === limit);
  const name = option === undefined ? bitRateText(Number(limit), words) : t.quality.limits[option].name;
  return (
    <section class="peer-stats" data-line={stats?.line ?? 'none'} aria-label={words.own}>
      <h3 class="own">
        <span>{words.own}</span>
        <QualityPill quality={stats?.line ?? null} />
      </h3>
      <dl>
        <Stat term={words.up} text={bitRateText(stats?.sendBitsPerSecond ?? null, words)} />
        <Stat term={words.down} text={bitRateText(stats?.receiveBitsPerSecond ?? null, words)} />
        <Stat term={t.quality.sending} text={name} />
      </dl>
      <button type="button" class="button quiet" onClick={onChoose}>
        {words.choose}
      </button>
    </section>
  );
}
