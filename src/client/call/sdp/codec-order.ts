import { linesOf, payloadTypesOf, sectionsOf } from './lines.ts';

/**
 * Moves a codec to the front of some m-lines of a peer's offer. Whoever answers sends the first codec that it can, and
 * its answer names them in the offer's order, so that both sides send this one. Without the codec, nothing changes.
 * @param mids the m-lines
 * @param codec such as `VP9`
 */
export function withCodecFirst(sdp: string, mids: ReadonlySet<string>, codec: string): string {
  const lines = linesOf(sdp);
  for (const { mid, start, end } of sectionsOf(lines)) {
    if (mid === undefined || !mids.has(mid)) continue;
    const first = payloadTypesOf(lines.slice(start, end), codec);
    lines[start] = (lines[start] ?? '').replace(
      /^(m=\S+ \S+ \S+ )([\d ]+)/,
      (_, head: string, formats: string) => {
        const types = formats.split(' ');
        const ours = types.filter((type) => first.has(type));
        return `${head}${[...ours, ...types.filter((type) => !first.has(type))].join(' ')}`;
      },
    );
  }
  return lines.join('');
}
