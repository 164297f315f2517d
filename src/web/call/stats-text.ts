import type { PeerStats } from '../../client/index.ts';
import type { Messages } from '../i18n/shape.ts';

/** Returns a bit rate as whole kbit/s, or from 1,000 kbit/s as Mbit/s with one decimal; '' for null. */
export function bitRateText(bitsPerSecond: number | null, t: Messages): string {
  if (bitsPerSecond === null) return '';
  const kbit = bitsPerSecond / 1_000;
  const number = (value: number, digits: number) =>
    new Intl.NumberFormat(t.lang, { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(
      value,
    );
  return kbit < 999.5 ? t.details.kbit(number(kbit, 0)) : t.details.mbit(number(kbit / 1_000, 1));
}

/** Returns whether the path is direct or relayed, and over which transport. */
export function pathText(stats: PeerStats | null, t: Messages): string {
  if (stats === null || stats.path === null) return t.details.none;
  const path = t.details[stats.path];
  return stats.protocol === null ? path : t.details.over(path, stats.protocol.toUpperCase());
}
