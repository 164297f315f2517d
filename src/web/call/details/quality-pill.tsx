import type { Quality } from '../../../client/index.ts';
import { useMessages } from '../../i18n/messages.ts';
import { QualityBars } from '../quality-sign.tsx';

/** How good a connection is, in words. */
export function QualityPill({ quality }: { readonly quality: Quality | null }) {
  const t = useMessages();
  if (quality === null) return null;
  return (
    <span class="quality" data-quality={quality}>
      <QualityBars />
      {t.quality.title[quality]}
    </span>
  );
}
