import type { Quality } from '../../client/index.ts';
import { useMessages } from '../i18n/messages.ts';

/** Three bars: all for a good connection, fewer for a worse one. Follows a name, which its hidden text continues. */
export function QualitySign({ quality }: { readonly quality: Quality }) {
  const t = useMessages();
  return (
    <span class="quality" data-quality={quality} title={t.quality.title[quality]}>
      <QualityBars />
      <span class="visually-hidden">, {t.quality.mark[quality]}</span>
    </span>
  );
}

/** The CSS shows how many of them count, by `data-quality`. */
export function QualityBars() {
  return (
    <svg viewBox="0 0 14 14" aria-hidden="true">
      <path d="M1 9.5h3V13H1z" />
      <path d="M5.5 5.5h3V13h-3z" />
      <path d="M10 1.5h3V13h-3z" />
    </svg>
  );
}
