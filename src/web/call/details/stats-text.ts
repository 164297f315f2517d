import type { PeerStats, SentStats } from '../../../client/index.ts';
import type { DetailsMessages } from '../../i18n/shape.ts';

/** Returns a bit rate as whole kbit/s, or from 1,000 kbit/s as Mbit/s with one decimal; '' for null. */
export function bitRateText(bitsPerSecond: number | null, words: DetailsMessages): string {
  if (bitsPerSecond === null) return '';
  const kbit = bitsPerSecond / 1_000;
  return kbit < 999.5
    ? words.kbit(numberText(kbit, 0, words))
    : words.mbit(numberText(kbit / 1_000, 1, words));
}

/** Returns whether the path is direct or relayed, and over which transport. */
export function pathText(stats: Pick<PeerStats, 'path' | 'protocol'> | null, words: DetailsMessages): string {
  if (stats === null || stats.path === null) return words.none;
  const path = words[stats.path];
  return stats.protocol === null ? path : words.over(path, stats.protocol.toUpperCase());
}

/** Returns the share of lost packets, in percent, of the kind that loses the most; '' if none is known. */
export function lossText(
  kinds: Readonly<Partial<Record<string, { readonly lost: number | null }>>>,
  words: DetailsMessages,
): string {
  const known = Object.values(kinds).flatMap((one) => one?.lost ?? []);
  if (known.length === 0) return '';
  const percent = Math.max(...known) * 100;
  // Zero is zero; below ten percent, a decimal makes a difference.
  return words.lost(numberText(percent, percent > 0 && percent < 9.95 ? 1 : 0, words));
}

type Picture = Pick<SentStats, 'bitsPerSecond' | 'width' | 'height' | 'framesPerSecond'>;

/** Returns the size and frame rate of a picture; '' if they aren't known. */
export function pictureText(picture: Picture, words: DetailsMessages): string {
  const { bitsPerSecond, width, height, framesPerSecond } = picture;
  if (bitsPerSecond === 0 && (framesPerSecond ?? 0) === 0) return words.paused;
  if (width === null || height === null) return '';
  if (framesPerSecond === null) return words.size(width, height);
  return words.picture(width, height, Math.round(framesPerSecond));
}

/** Returns why a picture is sent smaller or slower than the camera's; '' if it isn't. */
export function limitText({ limitedBy }: Pick<SentStats, 'limitedBy'>, words: DetailsMessages): string {
  return limitedBy === null || limitedBy === 'none' ? '' : words.limitedBy[limitedBy];
}

function numberText(value: number, digits: number, { lang }: DetailsMessages): string {
  return new Intl.NumberFormat(lang, {
    maximumFractionDigits: digits,
    minimumFractionDigits: digits,
  }).format(value);
}
