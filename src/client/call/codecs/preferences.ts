import type { TrackKind } from '../../types.ts';

/** Max people in a call whose sound is sent with RED (RFC 2198): it doubles the sound's rate toward each of them. */
export const RED_PEOPLE = 4;

/** For shares: much smaller than VP8 where little moves. AV1 costs more to encode than VP9. */
const SHARE_CODECS: readonly string[] = ['video/vp9', 'video/av1'];

type Codec = Pick<RTCRtpCodec, 'mimeType'>;

/**
 * The order in which codecs are offered for a kind; undefined leaves the browser's own.
 * @param codecs those that the browser has, in its order
 * @param people how many are in the call, this side included
 */
export function preferredCodecs<C extends Codec>(
  kind: TrackKind,
  codecs: readonly C[],
  people: number,
): C[] | undefined {
  const names =
    kind === 'screen' ? SHARE_CODECS : kind === 'microphone' && people <= RED_PEOPLE ? ['audio/red'] : [];
  const placeOf = ({ mimeType }: Codec): number => {
    const place = names.indexOf(mimeType.toLowerCase());
    return place === -1 ? names.length : place;
  };
  if (!codecs.some((codec) => placeOf(codec) < names.length)) return undefined;
  return [...codecs].sort((one, other) => placeOf(one) - placeOf(other));
}
