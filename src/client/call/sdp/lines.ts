/** One m-line of an SDP with everything that belongs to it. */
export interface MediaSection {
  /** Such as `audio` or `video`. */
  readonly media: string;
  /** Undefined if the section names none. */
  readonly mid: string | undefined;
  /** Index of its m-line among the lines. */
  readonly start: number;
  /** Index after its last line. */
  readonly end: number;
}

/** An SDP's lines, each with its own line break, so that joining them gives the same text again. */
export function linesOf(sdp: string): string[] {
  return sdp.split(/(?<=\n)/);
}

/** The media sections, in order (RFC 8866, 5). */
export function sectionsOf(lines: readonly string[]): MediaSection[] {
  const starts = lines.flatMap((line, index) => (line.startsWith('m=') ? [index] : []));
  return starts.map((start, place) => {
    const end = starts[place + 1] ?? lines.length;
    const own = lines.slice(start, end);
    const mid = own.map((line) => /^a=mid:(\S+)/.exec(line)?.[1]).find((found) => found !== undefined);
    return { media: /^m=(\S+)/.exec(lines[start] ?? '')?.[1] ?? '', mid, start, end };
  });
}

/** The payload types that carry a codec in a section's lines, such as `opus` (RFC 8866, 6.6). */
export function payloadTypesOf(section: readonly string[], codec: string): ReadonlySet<string> {
  const name = codec.toLowerCase();
  return new Set(
    section.flatMap((line) => {
      const [, type, encoding] = /^a=rtpmap:(\d+) ([^/\s]+)\//.exec(line) ?? [];
      return type !== undefined && encoding?.toLowerCase() === name ? [type] : [];
    }),
  );
}
